"""A status as of the day of extraction, declared as if it never changed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from gosales.core.columns import CUSTOMER, ORDER_DATE
from gosales.core.seeds import derive_seed, stable_buckets
from gosales.core.timeline import Cutoff, Window
from gosales.data.star import CUSTOMERS, TRANSACTIONS, Attribute
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.raw_table import raw_table
from gosales.gauntlet.zoo.rewritten_star import rewritten_star, with_column
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.gauntlet.zoo.with_attribute import with_attribute

_STATUS = "account_status"
_PARTS = 1000


@dataclass(frozen=True)
class CurrentState:
    """Active or inactive on the log's last day: whether the account ordered in its last months.

    Parameters
    ----------
    weak, strong : float
        Share of the accounts whose status is kept up; the others' says nothing.
    months : int
        Without an order for so long an account is inactive.
    """

    weak: float = 0.7
    strong: float = 1.0
    months: int = 6
    name: str = field(default="current_state", init=False)
    caught_by: tuple[str, ...] = field(
        default=("attribute_hindsight", "attribute_vintage"), init=False
    )

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The log with the status, and a candidate that uses it."""
        star = habitat.star
        last = Cutoff(star.last_date)
        lines = raw_table(star, TRANSACTIONS, [CUSTOMER, ORDER_DATE])
        recent = Window(last.minus_months(self.months).day, last.day).predicate(lines[ORDER_DATE])
        table = pq.read_table(star.table(CUSTOMERS))
        ids = [str(c) for c in table[CUSTOMER].to_pylist()]
        active = np.isin(ids, lines.loc[recent, CUSTOMER].unique().astype(str))
        rng = np.random.default_rng(derive_seed(habitat.seed, self.name))
        any_state = rng.random(len(ids)) < active.mean()
        kept = stable_buckets(ids, _PARTS, habitat.seed) < round(amount * _PARTS)
        says = np.where(np.where(kept, active, any_state), "active", "inactive")
        altered = rewritten_star(
            star,
            habitat.workdir / f"{self.name}-{amount:g}",
            {CUSTOMERS: with_column(table, _STATUS, pd.Series(says, dtype=object))},
            f"{self.name} {amount:g}",
            {_STATUS: Attribute("static", "category")},
        )
        return Specimen(with_attribute(habitat.candidate, altered), altered)
