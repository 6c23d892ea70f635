"""Blocks laid on a roster: every value in its row, absence filled by declaration."""

import numpy as np
import pandas as pd
import pyarrow as pa

from gosales.core.timeline import Lookback
from gosales.features.feature_block import PlacedBlock
from gosales.features.roster_matrix import RosterMatrix
from gosales.features.spec import FeatureSpec

COUNT = FeatureSpec("f", "count", "all", Lookback(), "x")
DAYS = FeatureSpec("f", "days", "all", Lookback(), "x", nullable=True)
KIND = FeatureSpec("f", "kind", "all", None, "x", dtype="category")
OWN = FeatureSpec("f", "count", "target", Lookback(), "x")
SPECS = [COUNT, DAYS, KIND, OWN]
ROSTER = pd.DataFrame(
    {"cutoff": ["2024-01-31"] * 2 + ["2024-02-29"] * 2, "customer_id": ["a", "b", "a", "c"]}
)


def block(place, customers, count, kind) -> PlacedBlock:
    values = np.array(count, dtype="float64")
    columns = {COUNT.name: values, DAYS.name: values, KIND.name: pa.array(kind, pa.string())}
    names = pa.array(customers, pa.string())
    return PlacedBlock(place, pa.table({"customer_id": names, **columns}), "f")


def own(cutoff, target, customers, count) -> PlacedBlock:
    columns = {"customer_id": pa.array(customers, pa.string()), OWN.name: pa.array(count)}
    return PlacedBlock((cutoff, target), pa.table(columns), "f")


def test_values_absences_and_strangers() -> None:
    matrix = RosterMatrix(ROSTER, SPECS)
    matrix.place(block(("2024-01-31", None), ["b", "z"], [2.0, 9.0], ["near", "far"]))
    matrix.place(block(("2024-02-29", None), list("abc"), [np.nan, 7, 3], [None, "far", "far"]))
    matrix.place(own("2024-02-29", "u", ["c"], [5.0]))
    got = matrix.frame("t")
    assert got[COUNT.name].tolist() == [0.0, 2.0, 0.0, 3.0]
    assert got[DAYS.name].fillna(-1).tolist() == [-1.0, 2.0, -1.0, 3.0]
    assert got[KIND.name].fillna("-").tolist() == ["-", "near", "-", "far"]
    assert got[OWN.name].tolist() == [0.0] * 4
    assert matrix.frame("u")[OWN.name].tolist() == [0.0, 0.0, 0.0, 5.0]


def test_equal_lists_of_other_lengths_and_bytes_are_told_apart() -> None:
    matrix = RosterMatrix(ROSTER, [COUNT])
    matrix.place(block(("2024-01-31", None), ["a", "b"], [1.0, 2.0], [None, None]))
    matrix.place(block(("2024-02-29", None), ["a", "c"], [3.0, 4.0], [None, None]))
    matrix.place(block(("2024-01-31", None), ["ab"], [9.0], [None]))
    assert matrix.frame("t")[COUNT.name].tolist() == [1.0, 2.0, 3.0, 4.0]


def test_columns_that_nobody_wants_and_cutoffs_off_the_roster_are_passed_over() -> None:
    matrix = RosterMatrix(ROSTER, [DAYS])
    matrix.place(block(("2024-01-31", None), ["b"], [2.0], ["near"]))
    matrix.place(block(("2030-01-31", None), ["b"], [8.0], ["near"]))
    assert matrix.frame("t").fillna(-1).to_numpy().tolist() == [[-1.0], [2.0], [-1.0], [-1.0]]


def test_an_empty_block_is_all_absence_and_no_column_is_no_column() -> None:
    matrix = RosterMatrix(ROSTER, SPECS[:3])
    for cutoff in ROSTER["cutoff"].unique():
        matrix.place(block((cutoff, None), [], [], []))
    got = matrix.frame("t")
    assert got[COUNT.name].tolist() == [0.0] * 4
    assert got[[DAYS.name, KIND.name]].isna().all(axis=None)
    assert RosterMatrix(ROSTER, []).frame("t").shape == (4, 0)


def test_targets_share_the_columns_of_all_lines() -> None:
    matrix = RosterMatrix(ROSTER, [COUNT, OWN])
    first, second = (matrix.frame(t)[COUNT.name].to_numpy() for t in ("t", "u"))
    assert np.shares_memory(first, second)
