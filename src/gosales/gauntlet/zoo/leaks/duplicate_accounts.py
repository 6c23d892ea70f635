"""Accounts that stand in the log twice, under two ids."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gosales.core.columns import ASSET_ID, CUSTOMER, INVOICE, PARENT_ACCOUNT
from gosales.core.seeds import stable_buckets
from gosales.data.star import ASSETS, CUSTOMERS, TRANSACTIONS
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.rewritten_star import rewritten_star, with_column
from gosales.gauntlet.zoo.specimen import Specimen

_PARTS = 1000
_OWN_IDS = (INVOICE, ASSET_ID)


@dataclass(frozen=True)
class DuplicateAccounts:
    """A merge of two systems that left some accounts in both.

    Parameters
    ----------
    weak, strong : float
        Share of the accounts that have a copy.
    """

    weak: float = 0.05
    strong: float = 0.2
    name: str = field(default="duplicate_accounts", init=False)
    caught_by: tuple[str, ...] = field(default=("duplicates",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The log with the copies."""
        star = habitat.star
        tables = {n: pq.read_table(star.table(n)) for n in (TRANSACTIONS, CUSTOMERS, ASSETS)}
        ids = sorted(str(c) for c in tables[CUSTOMERS][CUSTOMER].to_pylist())
        drawn = stable_buckets(ids, _PARTS, habitat.seed) < round(amount * _PARTS)
        copies = {old: f"C9{i:06d}" for i, old in enumerate(np.array(ids)[drawn])}
        altered = rewritten_star(
            star,
            habitat.workdir / f"{self.name}-{amount:g}",
            {name: _with_copies(table, copies) for name, table in tables.items()},
            f"{self.name} {amount:g}",
        )
        return Specimen(habitat.candidate, altered)


def _with_copies(table: pa.Table, copies: dict[str, str]) -> pa.Table:
    some = table.filter(pc.is_in(table[CUSTOMER], pa.array(list(copies), type=pa.string())))
    ids = pd.Series([copies[str(c)] for c in some[CUSTOMER].to_pylist()], dtype=object)
    some = with_column(some, CUSTOMER, ids)
    for name in _OWN_IDS:
        if name in some.column_names:
            own = pd.Series([f"{v}-2" for v in some[name].to_pylist()], dtype=object)
            some = with_column(some, name, own)
    if PARENT_ACCOUNT in some.column_names:
        nobody = pd.Series([None] * len(some), dtype=object)
        some = with_column(some, PARENT_ACCOUNT, nobody)
    return pa.concat_tables([table, some.cast(table.schema)])
