"""What the zoo's detection matrix must reach."""

from __future__ import annotations

from dataclasses import dataclass

from gosales.core.errors import ConfigError


@dataclass(frozen=True)
class Targets:
    """Point estimates, with the intervals shown beside.

    Parameters
    ----------
    strong, weak : float
        Least share of cells of each leak that some gating check about leaks must fail.
    clean : float
        Most share of clean worlds, and of clean twins, on which a check may find a leak.

    Raises
    ------
    ConfigError
        If one is not a share.
    """

    strong: float = 0.95
    weak: float = 0.80
    clean: float = 0.02

    def __post_init__(self) -> None:
        wrong = [f"{k}={v}" for k, v in vars(self).items() if not 0.0 <= v <= 1.0]
        if wrong:
            raise ConfigError(
                "a target of the self-test is no share",
                got=", ".join(wrong),
                allowed="0 to 1",
                remedy="mend selftest.targets",
                reason_code="bad_target_share",
            )
