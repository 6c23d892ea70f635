"""The same star with the undated values of its accounts swapped among them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from gosales.core.columns import CUSTOMER, FIRST_KNOWN_DATE
from gosales.core.digests import digest_json
from gosales.data.star import CUSTOMERS, TABLES, Star


def swapped_star(star: Star, dest: Path, seed: int) -> Star:
    """Write the star with every account's undated values given to another account.

    Parameters
    ----------
    star : Star
        The original; it is not touched.
    dest : pathlib.Path
        Directory of the copy; replaced if it exists.
    seed : int
        Who gets whose.

    Returns
    -------
    Star
        Attributes, representative and parent of an account are those of one other account,
        together; nothing with a date differs. What changes in a panel hangs on undated values.
    """
    shutil.rmtree(dest, ignore_errors=True)
    dest.mkdir(parents=True)
    for name in TABLES:
        if name != CUSTOMERS:
            shutil.copyfile(star.table(name), dest / f"{name}.parquet")
    table = pq.read_table(star.table(CUSTOMERS))
    order = np.random.default_rng(seed).permutation(len(table))
    giver = np.empty_like(order)
    giver[order] = np.roll(order, 1)  # one round: nobody keeps its own
    for place, name in enumerate(table.column_names):
        if name not in (CUSTOMER, FIRST_KNOWN_DATE):
            table = table.set_column(place, table.schema.field(name), table[name].take(giver))
    pq.write_table(table, dest / f"{CUSTOMERS}.parquet")
    old = star.manifest
    manifest = replace(
        old,
        source=f"{old.source} (undated values swapped)",
        digest=digest_json([old.digest, "swapped", seed]),
        table_digests={n: digest_json([d, "swapped", seed]) for n, d in old.table_digests.items()},
    )
    return Star.seal(dest, manifest)
