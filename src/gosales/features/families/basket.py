"""What an account's other purchases say about the target: lifts of the SKUs it bought."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import ibis

from gosales.core.columns import CUSTOMER, CUTOFF, DIVISION_KEY, SKU_KEY, TARGET
from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.co_purchase import co_purchase
from gosales.features.description import described
from gosales.features.exact_parts import PARTS, exact_parts
from gosales.features.family import FeatureBlock
from gosales.features.month_windows import month_windows
from gosales.features.spec import FeatureSpec

_PAIR: Final = [DIVISION_KEY, SKU_KEY]
_OWN: Final = [CUSTOMER, CUTOFF, TARGET]


@dataclass(frozen=True)
class Basket:
    """Market-basket lift of the target given the SKUs an account bought, lagged.

    Parameters
    ----------
    months : int, default 12
        Length of the exposure window.
    lag_days : int, default 60
        Days between the window's end and the cutoff: the embargo. Both the lifts and what an
        account is taken to have bought end there.
    min_support : int, default 10
        Least number of accounts that bought a SKU for its lift to count.
    top : int, default 3
        Lifts that ``lift_top`` adds up.

    Notes
    -----
    Among the accounts with a purchase in the window, P(target) is the share that bought the
    target and P(target | SKU) that share among those who bought the SKU::

        lift(SKU) = P(target | SKU) / P(target)

    Over the different SKUs that an account bought in the window, the target's own left out and
    only those with support: ``lift_max``, ``lift_mean``, and ``lift_top<n>``, the sum of the
    largest n. Null without such a SKU, or when nobody bought the target. A SKU that the source
    routes to two divisions is two.

    References
    ----------
    Brin, Motwani, Ullman & Tsur (1997). Dynamic itemset counting and implication rules. SIGMOD.
    """

    months: int = 12
    lag_days: int = 60
    min_support: int = 10
    top: int = 3
    name: str = field(default="basket", init=False)

    def __post_init__(self) -> None:
        month_windows(self.name, [self.months])
        if self.lag_days < 0 or self.min_support < 1 or self.top < 1:
            raise ConfigError(
                "the basket family is malformed",
                got=f"lag_days={self.lag_days}, min_support={self.min_support}, top={self.top}",
                allowed="lag_days >= 0, min_support >= 1 and top >= 1",
                remedy="mend features.families.basket",
                reason_code="bad_family",
            )

    @property
    def _window(self) -> Lookback:
        return month_windows(self.name, [self.months], self.lag_days)[0]

    def specs(self) -> list[FeatureSpec]:
        """Largest, mean and top lift."""
        told = [
            ("lift_max", "strongest pull of another product towards this division"),
            ("lift_mean", "mean pull of other products towards this division"),
            (
                f"lift_top{self.top}",
                f"pull of the {self.top} strongest other products towards this division",
            ),
        ]
        return [
            FeatureSpec(
                self.name,
                measure,
                "target",
                self._window,
                described(words, "all", self._window),
                nullable=True,
                monotone=1,
            )
            for measure, words in told
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """Count who bought what, then look the lifts up for every account."""
        counts, bought = co_purchase(view, self._window)
        counts = counts.filter(counts["n_item"] >= self.min_support)
        share = counts["n_both"].cast("float64") / counts["n_item"].cast("float64")
        base = counts["n_target"].cast("float64") / counts["n_all"].cast("float64")
        lifts = counts.mutate(_parts=exact_parts(share), _base=base)
        rows = bought.join(
            lifts.select(CUTOFF, TARGET, *_PAIR, "_parts", "_base"), [CUTOFF, *_PAIR]
        )
        ranked = rows.mutate(
            _place=ibis.row_number().over(group_by=_OWN, order_by=rows["_parts"].desc())
        )
        top = ranked["_place"] < self.top
        scale = ranked["_base"].max() * float(PARTS)
        values = [
            ranked["_parts"].max().cast("float64") / scale,
            ranked["_parts"].sum().cast("float64") / ranked.count().cast("float64") / scale,
            ranked["_parts"].sum(where=top).cast("float64") / scale,
        ]
        named = dict(zip((s.name for s in self.specs()), values, strict=True))
        return FeatureBlock(target=ranked.group_by(_OWN).aggregate(**named))
