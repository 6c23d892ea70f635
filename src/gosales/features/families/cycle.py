"""How regularly a customer buys, and when the next purchase is due."""

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
from gosales.features.pool import pooled
from gosales.features.spec import FeatureSpec

_Scope = Literal["all", "target"]
_SCOPES: tuple[_Scope, ...] = ("all", "target")
_DAYS = 30.0
_OWN = ("_n", "_observed")  # what the prior pools
_MEASURES = {
    "gap_median": "median days between orders",
    "gap_mean": "mean days between orders",
    "gap_last": "days between the last two orders",
    "gap_last_ratio": "last time between orders against the usual one",
    "days_to_next": "days until the next order is due (below zero: overdue)",
    "hazard": "expected orders per 30 days at the account's own pace",
}


@dataclass(frozen=True)
class Cycle:
    """Gaps between a customer's purchase days, and the pace they tell, now and lagged.

    Parameters
    ----------
    lag_days : int, default 30
        The lagged twins see the history as it was so many days before the cutoff; the SAFE
        policy keeps them when it drops the others.
    prior_strength : float, default 2
        Pseudo-count of the pooled prior of ``hazard``, in gaps.

    Notes
    -----
    Lines of one day are one purchase; returns are none. With g_1 ... g_n the gaps in days between
    consecutive distinct purchase days and d the days from the last one to the window's end:

    - ``gap_median``, ``gap_mean``, ``gap_last`` = g_n, in days; ``gap_last_ratio`` = g_n /
      median: above one, the customer slows down;
    - ``days_to_next`` = median - d, below zero when overdue. All null with fewer than two
      purchase days.
    - ``hazard`` = 30 (n + k) / (e + k E / N), with e = g_1 + ... + g_n + d the days observed
      since the first purchase and N = sum n, E = sum e over all customers with a purchase at that
      cutoff (of that target). It is the posterior mean of a rate r under exponential gaps and the
      prior r ~ Gamma(k, k E / N), whose mean N / E is the pooled rate; the open gap d counts as a
      censored one. In purchase days per 30 days; zero where nobody bought twice, null when the
      customer never bought.

    References
    ----------
    Fader, P. & Hardie, B. (2005). "Counting your customers" the easy way. Marketing Science 24.
    """

    lag_days: int = 30
    prior_strength: float = 2.0
    name: str = field(default="cycle", init=False)

    def __post_init__(self) -> None:
        if self.lag_days <= 0 or self.prior_strength <= 0:
            raise ConfigError(
                "the cycle family is malformed",
                got=f"lag_days={self.lag_days}, prior_strength={self.prior_strength}",
                allowed="lag_days >= 1 and prior_strength > 0",
                remedy="mend features.families.cycle",
                reason_code="bad_family",
            )

    @property
    def _windows(self) -> Sequence[Lookback]:
        return [Lookback(), Lookback(lag_days=self.lag_days)]

    def specs(self) -> list[FeatureSpec]:
        """Six measures for each scope, now and lagged."""
        return [s for scope in _SCOPES for w in self._windows for s in self._of(scope, w)]

    def _of(self, scope: _Scope, window: Lookback) -> list[FeatureSpec]:
        return [
            FeatureSpec(
                self.name,
                measure,
                scope,
                window,
                described(words, scope, window),
                nullable=True,
                monotone=1 if measure == "hazard" else 0,
                adjacency=True,
            )
            for measure, words in _MEASURES.items()
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """For each scope, the days of every customer as one list, then a few looks at it."""
        lines = view.transactions()
        return FeatureBlock(
            all=self._measured(view, lines, "all"),
            target=self._measured(view, view.by_target(lines), "target"),
        )

    def _measured(self, view: AsOfView, lines: ibis.Table, scope: _Scope) -> ibis.Table:
        keys, windows = view.keys(lines), list(enumerate(self._windows))
        rows = lines.group_by(keys).aggregate(
            **{f"_ages{i}": _ages(view, lines, w) for i, w in windows}
        )
        rows = rows.mutate(**{f"_gaps{i}": _gaps(rows[f"_ages{i}"]) for i, _ in windows})
        told = {f"{what}{i}": v for i, _ in windows for what, v in _told(rows, i).items()}
        rows = pooled(
            rows.select(*keys, **told), [f"{what}{i}" for i, _ in windows for what in _OWN]
        )
        columns: dict[str, ibis.Value] = {}
        for i, window in windows:
            names = [spec.name for spec in self._of(scope, window)]
            columns.update(zip(names, self._values(rows, i), strict=True))
        return rows.select(*keys, **columns)

    def _values(self, rows: ibis.Table, i: int) -> list[ibis.Value]:
        names = ["_n", "_observed", "_latest", "_median", "_last"]
        n, observed, latest, median, last = (rows[f"{w}{i}"].cast("float64") for w in names)
        mean = (observed - latest) / n.nullif(0.0)
        every_n, every_day = (rows[f"{what}{i}_pool"].cast("float64") for what in _OWN)
        k = float(self.prior_strength)
        # Both sides times N: where nobody bought twice, the pooled rate is zero and not unknown.
        rate = (n + k) * every_n / (observed * every_n + k * every_day).nullif(0.0)
        hazard = observed.notnull().ifelse((_DAYS * rate).fill_null(0.0), None)
        return [median, mean, last, last / median, median - latest, hazard]


def _ages(view: AsOfView, lines: ibis.Table, window: Lookback) -> ibis.Value:
    """Days from each purchase to the window's end, the latest first."""
    bought = view.within(lines, window) & lines[IS_PURCHASE]
    return view.age_days(lines, window).cast("int32").collect(where=bought).sort()


def _gaps(ages: ibis.Value) -> ibis.Value:
    """Differences of neighbours, the latest first; those of one day are no gaps."""
    return ages[1:].map(lambda age, i: age - ages[i]).filter(lambda gap: gap > 0)


def _told(rows: ibis.Table, i: int) -> dict[str, ibis.Value]:
    ages, gaps = rows[f"_ages{i}"], rows[f"_gaps{i}"]
    n, in_order = gaps.length(), gaps.sort()
    # The two middle ones; with an odd number they are one.
    middle = [_at(in_order, index).cast("float64") for index in ((n - 1) // 2, n // 2)]
    return {
        "_n": n.fill_null(0),
        "_observed": _at(ages, ages.length() - 1).cast("int64"),
        "_latest": _at(ages, 0),
        "_median": (middle[0] + middle[1]) / 2.0,
        "_last": _at(gaps, 0),
    }


def _at(days: ibis.Value, index: ibis.Value | int) -> ibis.Value:
    """One of a list; null where the list is empty, which not every engine lets be asked."""
    at = index if isinstance(index, int) else index.cast("int32")
    return (days.length() > 0).ifelse(days[at], None)
