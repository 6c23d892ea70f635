"""Sums over all customers beside each customer's own."""

from __future__ import annotations

import ibis
import pandas as pd

from gosales.features.pool import pooled


def test_the_sums_are_those_of_the_rows_cutoff_and_target() -> None:
    frame = pd.DataFrame(
        [("c1", "a", "t", 1), ("c2", "a", "t", 2), ("c1", "a", "u", 4), ("c1", "b", "t", 8)],
        columns=["customer_id", "cutoff", "target", "n"],
    )
    got = pooled(ibis.memtable(frame), ["n"]).to_pandas().sort_values("n")
    assert got["n_pool"].tolist() == [3, 3, 4, 8]
    assert set(got.columns) == {*frame.columns, "n_pool"}


def test_without_targets_they_are_those_of_the_cutoff() -> None:
    frame = pd.DataFrame([("c1", "a", 1), ("c2", "a", 2)], columns=["customer_id", "cutoff", "n"])
    got = pooled(ibis.memtable(frame), ["n"]).to_pandas()
    assert got["n_pool"].tolist() == [3, 3]
