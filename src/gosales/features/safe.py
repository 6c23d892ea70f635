"""Which columns may be used, decided from each column's window and never from its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.features.spec import FeatureSpec

_MODES: Final = ("off", "on", "lite")


@dataclass(frozen=True)
class SafeDecision:
    """What the policy decided about one column.

    Parameters
    ----------
    spec : FeatureSpec
        The column.
    keep : bool
        Whether models may use it.
    reason : str
        Why, in one clause; shown in the feature catalog.
    """

    spec: FeatureSpec
    keep: bool
    reason: str


@dataclass(frozen=True)
class SafePolicy:
    """Keeps a model from living on what happened just before the cutoff.

    Parameters
    ----------
    mode : {"off", "on", "lite"}, default "on"
        ``off`` keeps every column but the lagged proxies; ``on`` drops near-cutoff columns and
        keeps the lagged proxies in their place; ``lite`` is ``on`` with ``lite_families`` kept.
    safe_windows_min_months : int, default 6
        Shortest window that may end at the cutoff.
    guard_days : int, default 30
        Least lag of a column of an adjacency-heavy family, and of a lagged proxy.
    lite_families : sequence of str, default ("als",)
        Adjacency-heavy families that ``lite`` keeps although they are not lagged.

    Raises
    ------
    ConfigError
        If the mode is unknown or a bound is negative.

    Notes
    -----
    The same decisions hold at training and at scoring: they depend on the declared windows alone.
    A window in days is held against ``safe_windows_min_months`` at 365/12 days a month.

    Examples
    --------
    >>> short = FeatureSpec("rfm", "tx_count", "all", Lookback(months=3), "orders")
    >>> SafePolicy("on").decide([short])[0].reason
    'window of 3m is shorter than 6 months'
    """

    mode: str = "on"
    safe_windows_min_months: int = 6
    guard_days: int = 30
    lite_families: Sequence[str] = ("als",)

    def __post_init__(self) -> None:
        problems = []
        if self.mode not in _MODES or isinstance(self.mode, bool):
            problems.append(f"mode={self.mode!r}")
        problems += [
            f"{key}={value}"
            for key, value in (
                ("safe_windows_min_months", self.safe_windows_min_months),
                ("guard_days", self.guard_days),
            )
            if value < 0
        ]
        if problems:
            raise ConfigError(
                "the SAFE policy is malformed",
                got=", ".join(problems),
                allowed=f'mode one of {", ".join(_MODES)} (text: quote "on" and "off" in YAML);'
                " months and days >= 0",
                remedy="mend conf/safe_mode or the override",
                reason_code="bad_safe_policy",
            )

    def decide(self, specs: Sequence[FeatureSpec]) -> list[SafeDecision]:
        """One decision per column, in the order given.

        Parameters
        ----------
        specs : sequence of FeatureSpec
            Every declared column.
        """
        return [SafeDecision(spec, *self._verdict(spec)) for spec in specs]

    def policy(self, mode: str) -> SafePolicy:
        """The policy of another mode with this one's bounds."""
        return replace(self, mode=mode)

    def kept(self, specs: Sequence[FeatureSpec]) -> tuple[FeatureSpec, ...]:
        """The columns a model may use, in the order given."""
        return tuple(d.spec for d in self.decide(specs) if d.keep)

    def _verdict(self, spec: FeatureSpec) -> tuple[bool, str]:
        if self.mode == "off":
            if spec.is_lag_proxy:
                return False, "lagged proxy: used only while SAFE is on"
            return True, "SAFE is off"
        if spec.lookback is None:
            return True, "static: has no window"
        return self._windowed(spec, spec.lookback)

    def _windowed(self, spec: FeatureSpec, lookback: Lookback) -> tuple[bool, str]:
        near = lookback.lag_days < self.guard_days
        gap = f"window ends {lookback.lag_days} days before the cutoff"
        if spec.is_lag_proxy:
            if near:
                return False, f"{gap}, a lagged proxy needs {self.guard_days}"
            return True, f"lagged proxy: {gap}"
        if spec.adjacency and near:
            if self.mode == "lite" and spec.family in self.lite_families:
                return True, f"family {spec.family} is kept by SAFE lite"
            return False, f"{gap}, an adjacency-heavy column needs {self.guard_days}"
        if self._is_short(lookback):
            minimum = f"{self.safe_windows_min_months} months"
            return False, f"window of {lookback.token} is shorter than {minimum}"
        return True, f"lagged twin: {gap}" if spec.adjacency else "window is long enough"

    def _is_short(self, lookback: Lookback) -> bool:
        if lookback.months is not None:
            return lookback.months < self.safe_windows_min_months
        if lookback.days is not None:
            return lookback.days * 12 < self.safe_windows_min_months * 365
        return False
