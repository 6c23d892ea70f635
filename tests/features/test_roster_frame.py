"""Blocks laid on a roster: every value in its row, absence filled by declaration."""

import numpy as np
import pandas as pd

from gosales.core.timeline import Lookback
from gosales.features.roster_frame import RosterFrame
from gosales.features.spec import FeatureSpec

COUNT = FeatureSpec("f", "count", "all", Lookback(), "x")
DAYS = FeatureSpec("f", "days", "all", Lookback(), "x", nullable=True)
KIND = FeatureSpec("f", "kind", "all", None, "x", dtype="category")
SPECS = [COUNT, DAYS, KIND]
ROSTER = pd.DataFrame(
    {"cutoff": ["2024-01-31"] * 2 + ["2024-02-29"] * 2, "customer_id": ["a", "b", "a", "c"]}
)


def block(customers: list[str], count: list[float | None], kind: list[str | None]) -> pd.DataFrame:
    values = np.array(count, dtype="float64")
    return pd.DataFrame(
        {
            "customer_id": customers,
            COUNT.name: values,
            DAYS.name: values,
            KIND.name: pd.array(kind, dtype="str"),
        }
    )


def test_values_absences_and_strangers() -> None:
    blocks = {
        ("2024-01-31", None): block(["z", "b"], [9.0, 2.0], ["far", "near"]),
        ("2024-02-29", None): block(["a", "b", "c"], [None, 7.0, 3.0], [None, "far", "far"]),
    }
    got = RosterFrame(ROSTER).columns([(SPECS, blocks)], None)
    assert got[COUNT.name].tolist() == [0.0, 2.0, 0.0, 3.0]
    assert got[DAYS.name].fillna(-1).tolist() == [-1.0, 2.0, -1.0, 3.0]
    assert got[KIND.name].fillna("-").tolist() == ["-", "near", "-", "far"]


def test_an_empty_block_is_all_absence_and_no_column_is_no_column() -> None:
    empty = block([], [], [])
    blocks = {("2024-01-31", "t"): empty, ("2024-02-29", "t"): empty}
    got = RosterFrame(ROSTER).columns([(SPECS, blocks)], "t")
    assert got[COUNT.name].tolist() == [0.0] * 4
    assert got[[DAYS.name, KIND.name]].isna().all(axis=None)
    assert RosterFrame(ROSTER).columns([([], {})], None).shape == (4, 0)
