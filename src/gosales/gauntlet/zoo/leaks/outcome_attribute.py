"""A static attribute that tells, behind noise, who bought the target later."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from gosales.core.columns import CUSTOMER
from gosales.core.seeds import derive_seed
from gosales.data.star import CUSTOMERS, Attribute
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.outcomes_by_account import outcomes_by_account
from gosales.gauntlet.zoo.rewritten_star import rewritten_star, with_column
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.gauntlet.zoo.with_attribute import with_attribute

_TIER = "account_tier"


@dataclass(frozen=True)
class OutcomeAttribute:
    """A tier that was given to accounts after they had bought.

    Parameters
    ----------
    weak, strong : float
        1 minus twice the share of accounts in the wrong tier: 0 is chance.
    """

    weak: float = 0.8
    strong: float = 1.0
    name: str = field(default="outcome_attribute", init=False)
    caught_by: tuple[str, ...] = field(
        default=("attribute_hindsight", "single_feature"), init=False
    )

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The log with the tier, and a candidate that uses it."""
        table = pq.read_table(habitat.star.table(CUSTOMERS))
        ids = [str(c) for c in table[CUSTOMER].to_pylist()]
        bought = outcomes_by_account(habitat).reindex(ids).fillna(0.0).to_numpy() > 0
        rng = np.random.default_rng(derive_seed(habitat.seed, self.name))
        chance = rng.permutation(bought)
        told = np.where(rng.random(len(ids)) < amount, bought, chance)
        altered = rewritten_star(
            habitat.star,
            habitat.workdir / f"{self.name}-{amount:g}",
            {CUSTOMERS: with_column(table, _TIER, pd.Series(np.where(told, "gold", "blue")))},
            f"{self.name} {amount:g}",
            {_TIER: Attribute("static", "category")},
        )
        return Specimen(with_attribute(habitat.candidate, altered), altered)
