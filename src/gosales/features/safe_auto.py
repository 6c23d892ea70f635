"""SAFE mode ``auto``: on or off, left to cross-validation of the training panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from gosales.core.errors import ConfigError
from gosales.features.safe import SafePolicy
from gosales.features.spec import FeatureSpec


@dataclass(frozen=True)
class SafeAuto:
    """Stands in for a `SafePolicy` until training has chosen one.

    Parameters
    ----------
    mode : {"auto"}
        Shown in run names; the chosen policy has a mode of its own.
    min_gain_auc : float, default 0.005
        SAFE is chosen when its AUC is at least so much above that of all columns.
    safe_windows_min_months, guard_days, lite_families
        Of the policies that are compared, as of `SafePolicy`.

    Raises
    ------
    ConfigError
        If a value is out of range.

    Examples
    --------
    >>> SafeAuto().policy("on").mode
    'on'
    """

    mode: str = "auto"
    min_gain_auc: float = 0.005
    safe_windows_min_months: int = 6
    guard_days: int = 30
    lite_families: Sequence[str] = ("als",)

    def __post_init__(self) -> None:
        if self.mode != "auto" or not (np.isfinite(self.min_gain_auc) and self.min_gain_auc >= 0):
            raise ConfigError(
                "the choice of the SAFE policy is malformed",
                got=f"mode={self.mode!r}, min_gain_auc={self.min_gain_auc}",
                allowed="mode auto and a finite min_gain_auc >= 0",
                remedy="mend conf/safe_mode or the override",
                reason_code="bad_safe_policy",
            )
        self.policy("on")

    def policy(self, mode: str) -> SafePolicy:
        """The policy of a mode with this choice's bounds."""
        return SafePolicy(mode, self.safe_windows_min_months, self.guard_days, self.lite_families)

    def decide(self, specs: Sequence[FeatureSpec]) -> NoReturn:
        """Refuse: nothing is decided yet.

        Raises
        ------
        ConfigError
            Always; training puts the chosen policy in this one's place.
        """
        raise ConfigError(
            "safe_mode=auto is decided when a model is trained",
            got=f"{len(specs)} columns before the decision",
            allowed="safe_mode on, lite or off here; auto for train and pipeline",
            remedy="say for example safe_mode=on",
            reason_code="safe_undecided",
        )
