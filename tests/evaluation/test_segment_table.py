from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.support.small_panel import small_panel

from gosales.core.errors import ConfigError, InternalError
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.segment_table import SegmentTable
from gosales.features.panel import Panel

BOOTSTRAP = CustomerBootstrap(replicates=60)
BY = SegmentTable(attributes=["industry", "region"], k_pct=[10, 50])


@pytest.fixture(scope="module")
def panel() -> Panel:
    return small_panel(n=400, cutoffs=("2024-06-30",))


@pytest.fixture(scope="module")
def levels() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    industry = rng.choice(["auto", "aero", "rare"], 400, p=[0.55, 0.43, 0.02]).astype(object)
    industry[:5] = None
    return pd.DataFrame({"industry": industry})


def scored(panel: Panel) -> np.ndarray:
    return 1 / (1 + np.exp(1.5 - panel.X.iloc[:, 0].to_numpy()))


def of(table: pd.DataFrame, level: str, metric: str = "auc") -> pd.Series:
    return table[(table["level"] == level) & (table["metric"] == metric)].iloc[0]


def test_each_level_is_measured_on_its_own_rows(panel: Panel, levels: pd.DataFrame) -> None:
    from sklearn.metrics import roc_auc_score

    table = BY.table(panel, scored(panel), levels, BOOTSTRAP)
    mask = (levels["industry"] == "auto").to_numpy()
    row = of(table, "auto")
    assert row["value"] == pytest.approx(roc_auc_score(panel.y[mask], scored(panel)[mask]))
    assert row["lo"] < row["value"] < row["hi"]
    assert row["base_rate"] == pytest.approx(panel.y[mask].mean())
    assert of(table, "(all)")["n"] == 400
    assert table[table["level"] != "(all)"].groupby("level")["n"].first().sum() == 400
    assert set(table["level"]) == {"(all)", "(unknown)", "aero", "auto", "rare"}


def test_few_buyers_are_insufficient_and_one_class_is_undefined(
    panel: Panel, levels: pd.DataFrame
) -> None:
    table = BY.table(panel, scored(panel), levels, BOOTSTRAP)
    rare = of(table, "rare", "capture_at_50pct")
    assert np.isnan(rare["lo"]) and rare["note"].startswith(("insufficient", "undefined"))
    silent = BY.table(panel.with_labels(np.zeros(400)), scored(panel), levels, BOOTSTRAP)
    assert silent["value"].isna().all()
    assert silent["note"].str.startswith("undefined: needs").all()


def test_gains_grow_with_the_top_and_ties_are_chance(panel: Panel, levels: pd.DataFrame) -> None:
    table = BY.table(panel, scored(panel), levels, BOOTSTRAP)
    assert of(table, "auto", "capture_at_50pct")["value"] > of(table, "auto", "capture_at_10pct")[
        "value"
    ]  # fmt: skip
    tied = BY.table(panel, np.full(400, 0.2), levels, BOOTSTRAP)
    assert of(tied, "auto")["value"] == 0.5


def test_identical_twice_and_row_order_changes_nothing(panel: Panel, levels: pd.DataFrame) -> None:
    p, order = scored(panel), np.random.default_rng(1).permutation(400)
    a = BY.table(panel, p, levels, BOOTSTRAP)
    assert a.equals(BY.table(panel, p, levels, BOOTSTRAP))
    b = BY.table(panel.take(order), p[order], levels.iloc[order], BOOTSTRAP)
    np.testing.assert_allclose(a[["value", "lo"]], b[["value", "lo"]], rtol=1e-9)


def test_many_levels_are_joined_and_absent_attributes_named(
    panel: Panel, levels: pd.DataFrame
) -> None:
    small = SegmentTable(attributes=["industry", "region"], k_pct=[10], max_levels=2)
    table = small.table(panel, scored(panel), levels, BOOTSTRAP)
    assert set(table["level"]) == {"(all)", "aero", "auto", "(other)"}
    assert small.absent(levels) == ["region"]


def test_refusals(panel: Panel, levels: pd.DataFrame) -> None:
    with pytest.raises(InternalError, match="segments and rows differ"):
        BY.table(panel, scored(panel), levels.head(3), BOOTSTRAP)
    with pytest.raises(ConfigError, match="number of segments is malformed"):
        SegmentTable(max_levels=0)
    with pytest.raises(ConfigError, match="size of a top is malformed"):
        SegmentTable(k_pct=[0])
