"""How long ago a customer last bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import ibis

from gosales.core.columns import IS_PURCHASE
from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.spec import FeatureSpec

_Scope = Literal["all", "target"]


@dataclass(frozen=True)
class Recency:
    """Days since the last purchase and its decays, at the cutoff and at an earlier day.

    Parameters
    ----------
    half_lives_days : sequence of int, default (30, 90, 180)
        Half-lives of the decays.
    lag_days : int, default 30
        The lagged twins see the history as it was so many days before the cutoff; the SAFE
        policy keeps them when it drops the others.

    Notes
    -----
    With d the whole days from the last purchase line (returns do not count) to the window's end:
    ``days_since_last`` = d, ``log_days_since_last`` = ln(1 + d), both null when never;
    ``decay_<h>d`` = 2^(-d / h), zero when never.
    """

    half_lives_days: Sequence[int] = (30, 90, 180)
    lag_days: int = 30
    name: str = field(default="recency", init=False)

    def __post_init__(self) -> None:
        lives = list(self.half_lives_days)
        if any(h <= 0 for h in lives) or len(set(lives)) != len(lives) or self.lag_days <= 0:
            raise ConfigError(
                "the recency family is malformed",
                got=f"half_lives_days={lives}, lag_days={self.lag_days}",
                allowed="distinct half-lives >= 1 and lag_days >= 1",
                remedy="mend features.families.recency",
                reason_code="bad_family",
            )

    @property
    def _windows(self) -> tuple[Lookback, ...]:
        return (Lookback(), Lookback(lag_days=self.lag_days))

    def specs(self) -> list[FeatureSpec]:
        """Days, log days and decays for each scope, now and lagged."""
        scopes: tuple[_Scope, ...] = ("all", "target")
        return [s for scope in scopes for w in self._windows for s in self._of(scope, w)]

    def _of(self, scope: _Scope, window: Lookback) -> list[FeatureSpec]:
        days = [("days_since_last", "days since the last order")]
        days.append(("log_days_since_last", "log of days since the last order"))
        return [
            *(
                FeatureSpec(
                    self.name,
                    measure,
                    scope,
                    window,
                    described(words, scope, window),
                    nullable=True,
                    monotone=-1,
                    adjacency=True,
                )
                for measure, words in days
            ),
            *(
                FeatureSpec(
                    self.name,
                    f"decay_{life}d",
                    scope,
                    window,
                    described(f"freshness of the last order (half-life {life} d)", scope, window),
                    monotone=1,
                    adjacency=True,
                )
                for life in self.half_lives_days
            ),
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the lines for each scope."""
        lines = view.transactions()
        return FeatureBlock(
            all=self._measured(view, lines, "all"),
            target=self._measured(view, view.by_target(lines), "target"),
        )

    def _measured(self, view: AsOfView, lines: ibis.Table, scope: _Scope) -> ibis.Table:
        columns: dict[str, ibis.Value] = {}
        for window in self._windows:
            bought = view.within(lines, window) & lines[IS_PURCHASE]
            last = view.age_days(lines, window).min(where=bought).cast("float64")
            names = [spec.name for spec in self._of(scope, window)]
            columns.update(zip(names, self._values(last), strict=True))
        return lines.group_by(view.keys(lines)).aggregate(**columns)

    def _values(self, days: ibis.Value) -> list[ibis.Value]:
        two = ibis.literal(2.0)
        decays = [(two ** (days / -float(h))).fill_null(0.0) for h in self.half_lives_days]
        return [days, (days + 1.0).ln(), *decays]
