"""How long a customer has been buying, and how steadily."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import ibis

from gosales.core.columns import IS_PURCHASE, ORDER_DATE
from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.month_windows import month_windows
from gosales.features.spec import FeatureSpec

# Mean Gregorian month; tenure is a span of days, told in months.
_DAYS_PER_MONTH = 365.25 / 12.0


@dataclass(frozen=True)
class Tenure:
    """Months since the first purchase, as a number and as a bucket, and active months.

    Parameters
    ----------
    bucket_edges_months : sequence of int, default (3, 6, 12, 24)
        Edges of the buckets, ascending; a tenure equal to an edge belongs to the bucket above.
    active_months_window : int, default 24
        Window of ``active_months``, in months.

    Notes
    -----
    ``months_since_first`` = days from the first purchase line to the cutoff / 30.4375, null when
    never. ``bucket`` is its bucket, for example ``lt_3m``, ``3m_6m``, ``ge_24m``.
    ``active_months`` = number of calendar months with a purchase line in the window; when the
    cutoff is not a month end, one more month than the window is long can be touched.
    """

    bucket_edges_months: Sequence[int] = (3, 6, 12, 24)
    active_months_window: int = 24
    name: str = field(default="tenure", init=False)

    def __post_init__(self) -> None:
        month_windows(self.name, [self.active_months_window])
        edges = list(self.bucket_edges_months)
        if not edges or edges[0] <= 0 or any(a >= b for a, b in pairwise(edges)):
            raise ConfigError(
                "the buckets of family tenure are malformed",
                got=f"bucket_edges_months={edges}",
                allowed="ascending whole numbers of months, each >= 1",
                remedy="mend features.families.tenure.bucket_edges_months",
                reason_code="bad_family",
            )

    @property
    def _active(self) -> Lookback:
        return month_windows(self.name, [self.active_months_window])[0]

    def specs(self) -> list[FeatureSpec]:
        """Months, bucket and active months."""
        ever, active = Lookback(), self._active
        months = described("months since the first order", "all", ever)
        return [
            FeatureSpec(self.name, "months_since_first", "all", ever, months, nullable=True),
            FeatureSpec(
                self.name,
                "bucket",
                "all",
                ever,
                described("span of months since the first order", "all", ever),
                dtype="category",
                nullable=True,
            ),
            FeatureSpec(
                self.name,
                "active_months",
                "all",
                active,
                described("months with an order", "all", active),
                monotone=1,
            ),
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the lines."""
        lines = view.transactions()
        keys, ever, day = view.keys(lines), Lookback(), lines[ORDER_DATE]
        bought = view.within(lines, ever) & lines[IS_PURCHASE]
        active = view.within(lines, self._active) & lines[IS_PURCHASE]
        month = (day.year() * 12 + day.month()).cast("int32")
        rows = lines.group_by(keys).aggregate(
            _age=view.age_days(lines, ever).max(where=bought),
            # A list per customer is cheaper than a distinct count.
            _active=month.collect(where=active).unique().length().fill_null(0),
        )
        months = rows["_age"].cast("float64") / _DAYS_PER_MONTH
        values = [months, self._bucket(months), rows["_active"].cast("float64")]
        names = [spec.name for spec in self.specs()]
        return FeatureBlock(all=rows.select(*keys, **dict(zip(names, values, strict=True))))

    def _bucket(self, months: ibis.Value) -> ibis.Value:
        edges = list(self.bucket_edges_months)
        labels = [f"lt_{edges[0]}m", *(f"{a}m_{b}m" for a, b in pairwise(edges))]
        branches = [(months < e, label) for e, label in zip(edges, labels, strict=True)]
        return months.isnull().ifelse(None, ibis.cases(*branches, else_=f"ge_{edges[-1]}m"))
