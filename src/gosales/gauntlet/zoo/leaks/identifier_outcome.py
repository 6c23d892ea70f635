"""Account ids handed out in the order of what the accounts were to buy."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gosales.core.columns import CUSTOMER
from gosales.core.seeds import derive_seed
from gosales.data.star import CUSTOMERS, TABLES
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.outcomes_by_account import outcomes_by_account
from gosales.gauntlet.zoo.rewritten_star import rewritten_star, with_column
from gosales.gauntlet.zoo.specimen import Specimen


@dataclass(frozen=True)
class IdentifierOutcome:
    """Ids from a system in which buyers were entered apart from the others.

    Parameters
    ----------
    weak, strong : float
        Share of the accounts whose place in the order is that of their outcome; the others'
        places are drawn.
    """

    weak: float = 0.5
    strong: float = 1.0
    name: str = field(default="identifier_outcome", init=False)
    caught_by: tuple[str, ...] = field(default=("identifier_order",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The log under the new ids."""
        tables = {name: pq.read_table(habitat.star.table(name)) for name in TABLES}
        ids = sorted(str(c) for c in tables[CUSTOMERS][CUSTOMER].to_pylist())
        bought = outcomes_by_account(habitat).reindex(ids).fillna(0.0).to_numpy()
        rng = np.random.default_rng(derive_seed(habitat.seed, self.name))
        told = rng.random(len(ids)) < amount
        place = np.where(told, bought, rng.permutation(bought)) + rng.random(len(ids))
        order = np.argsort(np.argsort(place))
        new = {old: f"K{rank:06d}" for old, rank in zip(ids, order, strict=True)}
        altered = rewritten_star(
            habitat.star,
            habitat.workdir / f"{self.name}-{amount:g}",
            {name: _renamed(table, new) for name, table in tables.items()},
            f"{self.name} {amount:g}",
        )
        return Specimen(habitat.candidate, altered)


def _renamed(table: pa.Table, new: dict[str, str]) -> pa.Table:
    ids = pd.Series([new[str(c)] for c in table[CUSTOMER].to_pylist()], dtype=object)
    return with_column(table, CUSTOMER, ids)
