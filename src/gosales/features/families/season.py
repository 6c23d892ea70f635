"""At what time of the year a customer buys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import ibis

from gosales.core.columns import IS_PURCHASE, ORDER_DATE
from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.month_windows import month_windows
from gosales.features.pool import pooled
from gosales.features.spec import FeatureSpec

_Scope = Literal["all", "target"]
_SCOPES: tuple[_Scope, ...] = ("all", "target")
_QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Season:
    """Share of the customer's purchase lines in each quarter of the calendar year.

    Parameters
    ----------
    months : int, default 24
        Window; a multiple of 12, so that it holds each quarter equally often.
    prior_strength : float, default 5
        Pseudo-count of the target's shares, in purchase lines.

    Notes
    -----
    With n the purchase lines of the window and n_q those of quarter q:

    - all lines: ``q<q>_share`` = n_q / n;
    - target: (n_q + k m_q) / (n + k), with k the prior strength and m_q the quarter's share in
      all customers' lines of that target at that cutoff: an account with two lines of a target
      says little about its season, the target's other customers say more.

    Null without a purchase line in the window. The quarter is that of the order date, in any
    year: the columns mean the same at every cutoff.

    References
    ----------
    Robinson, D. (2017). Introduction to Empirical Bayes, ch. 3 (Beta prior of a proportion).
    """

    months: int = 24
    prior_strength: float = 5.0
    name: str = field(default="season", init=False)

    def __post_init__(self) -> None:
        month_windows(self.name, [self.months])
        if self.months % 12 or self.prior_strength <= 0:
            raise ConfigError(
                "the season family is malformed",
                got=f"months={self.months}, prior_strength={self.prior_strength}",
                allowed="months a multiple of 12 and prior_strength > 0",
                remedy="mend features.families.season",
                reason_code="bad_family",
            )

    @property
    def _window(self) -> Lookback:
        return Lookback(months=self.months)

    def specs(self) -> list[FeatureSpec]:
        """Four shares for each scope."""
        return [s for scope in _SCOPES for s in self._of(scope)]

    def _of(self, scope: _Scope) -> list[FeatureSpec]:
        return [
            FeatureSpec(
                self.name,
                f"q{quarter}_share",
                scope,
                self._window,
                described(f"share of order lines in quarter {quarter}", scope, self._window),
                nullable=True,
            )
            for quarter in _QUARTERS
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the lines for each scope."""
        lines = view.recent(view.transactions())
        return FeatureBlock(
            all=self._shares(view, lines, "all"),
            target=self._shares(view, view.by_target(lines), "target"),
        )

    def _shares(self, view: AsOfView, lines: ibis.Table, scope: _Scope) -> ibis.Table:
        keys = view.keys(lines)
        bought = view.within(lines, self._window) & lines[IS_PURCHASE]
        quarter = lines[ORDER_DATE].quarter()
        counts = {f"_n{q}": lines.count(where=bought & (quarter == q)) for q in _QUARTERS}
        rows = lines.group_by(keys).aggregate(**counts)
        rows = rows.mutate(_n=sum(rows[c] for c in counts))
        if scope == "target":
            rows = pooled(rows, [*counts, "_n"])
        names = [spec.name for spec in self._of(scope)]
        shares = {n: self._share(rows, c, scope) for n, c in zip(names, counts, strict=True)}
        return rows.select(*keys, **shares)

    def _share(self, rows: ibis.Table, count: str, scope: _Scope) -> ibis.Value:
        part, n = rows[count].cast("float64"), rows["_n"].cast("float64").nullif(0.0)
        if scope == "all":
            return part / n
        k = float(self.prior_strength)
        prior = rows[f"{count}_pool"].cast("float64") / rows["_n_pool"].cast("float64").nullif(0.0)
        return (part + k * prior) / (n + k)
