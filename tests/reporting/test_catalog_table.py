"""The catalog on a screen says what its file says, and fits."""

import io

import pandas as pd
from rich.console import Console as RichConsole
from rich.table import Table

from gosales.core.timeline import Lookback
from gosales.features.description import described
from gosales.features.families.recency import Recency
from gosales.features.families.rfm import Rfm
from gosales.features.safe import SafePolicy
from gosales.features.spec import FeatureSpec
from gosales.reporting.catalog_table import CatalogTable

REGION = FeatureSpec("profile", "region", "all", None, "region", dtype="category", nullable=True)


def frame(mode="on"):
    specs = [*Rfm(months=(3, 12)).specs(), *Recency((30,)).specs(), REGION]
    rows = [
        {
            "name": d.spec.name,
            "family": d.spec.family,
            "measure": d.spec.measure,
            "scope": d.spec.scope,
            "window": "static" if d.spec.lookback is None else d.spec.lookback.token,
            "coverage": 0.254 if d.keep else None,
            "monotone": d.spec.monotone,
            "safe_decision": "keep" if d.keep else "drop",
            "safe_reason": d.reason,
            "description": d.spec.description,
        }
        for d in SafePolicy(mode).decide(specs)
    ]
    return pd.DataFrame(rows)


def row_of(table, family, measure, scope, window):
    at = next(i for i, row in enumerate(table.rows) if row[0] == family)
    inside = [row for row in table.rows[at + 1 :] if row[:3] == (f"  {measure}", scope, window)]
    return inside[0][3:]


def test_each_column_has_its_row_under_its_family() -> None:
    catalog = frame()
    table = CatalogTable.of(catalog)
    heads = [row[0] for row in table.rows if not any(row[1:])]
    assert heads == ["rfm", "recency", "profile"]
    assert len(table.rows) == len(catalog) + len(heads)
    assert row_of(table, "rfm", "tx_count", "target", "3m") == (
        "0", "–", "+", "drop 1", "order lines",
    )  # fmt: skip
    # The first of that measure is the column up to the cutoff, the second its lagged twin.
    assert row_of(table, "recency", "days_since_last", "all", "ever") == (
        "0", "–", "-", "drop 3", "days since the last order",
    )  # fmt: skip
    twin = next(row for row in table.rows if row[3] == "30 d")
    assert twin[4:7] == ("25%", "-", "keep 4")
    assert row_of(table, "profile", "region", "all", "static") == (
        "", "25%", "", "keep 5", "region",
    )  # fmt: skip


def test_every_reason_is_told_once_with_its_number() -> None:
    assert CatalogTable.of(frame()).reasons == (
        "1: drop, window of 3m is shorter than 6 months (8 columns)",
        "2: keep, window is long enough (8 columns)",
        "3: drop, window ends 0 days before the cutoff, an adjacency-heavy column needs 30"
        " (6 columns)",
        "4: keep, lagged twin: window ends 30 days before the cutoff (6 columns)",
        "5: keep, static: has no window (1 columns)",
    )
    assert CatalogTable.of(frame("off")).reasons == ("1: keep, SAFE is off (29 columns)",)


def test_the_file_read_back_gives_the_same_table(tmp_path) -> None:
    path = tmp_path / "feature_catalog.csv"
    frame().to_csv(path, index=False)
    assert CatalogTable.of(pd.read_csv(path)) == CatalogTable.of(frame())


def test_words_that_do_not_end_with_the_window_stay_whole() -> None:
    catalog = frame().head(1).assign(description="lines, by our own count")
    assert CatalogTable.of(catalog).rows[1][-1] == "lines, by our own count"
    year = Lookback(months=12)
    shared = frame().head(1).assign(scope="target", window="12m")
    shared = shared.assign(description=described("rate of the target", "all", year))
    assert CatalogTable.of(shared).rows[1][-1] == "rate of the target"


def test_it_fits_eighty_columns() -> None:
    table = CatalogTable.of(frame())
    drawn = Table(*table.COLUMNS, box=None, pad_edge=False)
    for row in table.rows:
        drawn.add_row(*row)
    screen = RichConsole(width=80, file=io.StringIO())
    assert screen.measure(drawn).minimum <= 80
