from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gosales.features.panel import Panel
from gosales.gauntlet.panel_difference import bits_differ, panel_differences


@pytest.fixture
def panel() -> Panel:
    rows = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "cutoff": "2024-06-30",
            "group": ["a", "b", "c"],
            "segment": ["warm", "cold", None],
            "y": [1.0, 0.0, np.nan],
            "first_event_days": [3.0, np.nan, np.nan],
        }
    )
    X = pd.DataFrame({"f": [0.3, np.nan, 2.0], "g": ["x", None, "z"]})
    return Panel("t", rows, X, (), pd.DataFrame())


def changed(panel, frame, column, row, value):
    copy = getattr(panel, frame).copy()
    copy.loc[row, column] = value
    return replace(panel, **{frame: copy})


def test_equal_panels(panel):
    assert panel_differences(panel, panel, "all") == []


@pytest.mark.parametrize(
    ("frame", "column", "row", "value"),
    [
        ("X", "f", 0, 0.1 + 0.2),
        ("X", "f", 1, 0.0),
        ("X", "f", 2, np.nan),
        ("X", "g", 1, "x"),
        ("X", "g", 0, None),
        ("rows", "segment", 2, "warm"),
        ("rows", "group", 1, "a"),
    ],
)
def test_one_changed_cell_is_found(panel, frame, column, row, value):
    other = changed(panel, frame, column, row, value)
    customer = "abc"[row]
    expected = [{"column": column, "rows": 1, "customer_id": customer}]
    assert panel_differences(panel, other, "features") == expected
    assert panel_differences(panel, other, "all") == expected
    assert panel_differences(panel, other, "outcome") == []


@pytest.mark.parametrize("column", ["y", "first_event_days"])
def test_outcome_columns_are_compared_apart(panel, column):
    other = changed(panel, "rows", column, 1, 1.0)
    assert [d["column"] for d in panel_differences(panel, other, "outcome")] == [column]
    assert panel_differences(panel, other, "features") == []


def test_a_missing_or_added_customer_is_a_difference_of_the_roster(panel):
    fewer = panel.take(np.array([0, 2]))
    expected = [{"column": "(roster)", "rows": 1, "customer_id": "b"}]
    assert panel_differences(panel, fewer, "features") == expected
    assert panel_differences(fewer, panel, "outcome") == expected


def test_another_order_or_a_repeated_row_is_a_difference_too(panel):
    assert panel_differences(panel, panel.take(np.array([1, 0, 2])), "features")
    assert panel_differences(panel, panel.take(np.array([0, 1, 2, 2])), "features")


def test_columns_added_dropped_or_moved(panel):
    dropped = replace(panel, X=panel.X[["f"]])
    assert [d["column"] for d in panel_differences(panel, dropped, "features")] == ["g"]
    moved = replace(panel, X=panel.X[["g", "f"]])
    assert panel_differences(panel, moved, "features")[0]["column"] == "(order of columns)"
    assert panel_differences(panel, replace(panel, rows=panel.rows.drop(columns="y")), "outcome")


def test_bits():
    assert bits_differ(np.array([0.0]), np.array([-0.0])).all()
    assert not bits_differ(np.array([np.nan]), np.array([np.nan])).any()
    assert bits_differ(np.zeros(2), np.zeros(3)).any()
