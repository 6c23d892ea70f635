from __future__ import annotations

import json
from decimal import Decimal

import duckdb
import pandas as pd
import pytest

from gosales.core.errors import InternalError
from gosales.data import ingest as ingest_module
from gosales.data.line_writer import LINES
from gosales.data.reconciliation import Entry, Reconciliation
from gosales.data.sku_map import SkuMap


def entry(stage, lines, gp, division="CAD", year=2024, reason=""):
    return Entry(stage, reason, division, year, lines, {"gross_profit": Decimal(gp)})


def test_totals_are_exact_and_by_any_key():
    book = Reconciliation.of(
        ["gross_profit"],
        [entry("in", 3, "0.30"), entry("out", 2, "0.20"), entry("excluded", 1, "0.10", reason="r"),
         entry("in", 1, "5", "Training", 2023), entry("out", 1, "5", "Training", 2023)],
    )  # fmt: skip
    book.require_balance()
    by_year = [(r["year"], str(r["gross_profit_in"])) for r in book.totals("year")]
    assert by_year == [(2023, "5"), (2024, "0.30")]
    assert [(r["reason"], r["lines_excluded"]) for r in book.totals("reason")] == [("r", 1)]
    assert Reconciliation.from_plain(json.loads(json.dumps(book.plain()))) == book


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (entry("out", 2, "0.29"), "CAD 2024: gross_profit off by 0.01"),
        (entry("out", 1, "0.30"), "CAD 2024: lines off by 1"),
        (entry("out", 2, "0.30", year=2023), "CAD 2023: lines off by -2.*CAD 2024: lines off by 2"),
        (entry("out", 2, "0.30", year=None), "CAD without a date: lines off by -2"),
    ],
)
def test_a_line_or_a_cent_off_in_any_year_is_an_error(change, match):
    with pytest.raises(InternalError, match=match) as caught:
        Reconciliation.of(["gross_profit"], [entry("in", 2, "0.30"), change]).require_balance()
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("spoiled", "match"),
    [
        (f"SELECT * FROM {LINES} WHERE customer_id <> 'c3'", "Training 2024: lines off by 1"),
        (f"SELECT * REPLACE (gross_profit + 0.01::DECIMAL(18,4) AS gross_profit) FROM {LINES}",
         "gross_profit off by -0.03"),
        (f"SELECT * REPLACE (CASE sku WHEN 'Training' THEN 'Solidworks' ELSE division END "
         f"AS division) FROM {LINES}", "Solidworks 2024: lines off by -2"),
        (f"SELECT * REPLACE (order_date - 365 AS order_date) FROM {LINES}", "2023: lines off by"),
    ],
)  # fmt: skip
def test_a_writer_that_loses_or_makes_anything_is_caught(
    ingest_frames, lines, tmp_path, monkeypatch, spoiled, match
):
    def write_lines(connection, path, *, drop_copies=False):
        connection.execute(f"COPY ({spoiled}) TO '{path}' (FORMAT parquet)")

    monkeypatch.setattr(ingest_module, "write_lines", write_lines)
    lines["division"] = lines["sku"].replace({"SWX_Core": "Solidworks"})
    with pytest.raises(InternalError, match=match):
        ingest_frames(lines)
    assert not list((tmp_path / "stars").glob("*/star.json"))


def test_an_account_table_row_that_gets_lost_is_caught(ingest_frames, lines, monkeypatch):
    def write_assets(connection, table, path):
        day = "DATE '2024-01-01'"
        nobody = f"SELECT 'c' AS customer_id, {day} AS known_date, {day} AS purchase_date"
        connection.execute(f"COPY ({nobody} WHERE false) TO '{path}'")

    monkeypatch.setattr(ingest_module, "write_assets", write_assets)
    assets = pd.DataFrame({"asset_id": ["x"], "customer_id": ["c1"], "sku": ["F"],
                           "purchase_date": ["2022-01-05"]})  # fmt: skip
    with pytest.raises(InternalError, match="rows of assets were lost or made.*in 1, out 0"):
        ingest_frames(lines, assets=assets)


@pytest.mark.parametrize("wrong", ["WHERE customer_id <> 'p'", "UNION ALL SELECT 'p', NULL"])
def test_an_account_that_gets_lost_or_stands_twice_is_caught(
    ingest_frames, lines, monkeypatch, wrong
):
    def write_customers(connection, table, attributes, path):
        every = "SELECT customer_id FROM account_signs UNION SELECT customer_id FROM "
        every = f"SELECT customer_id, NULL::DATE AS first_known_date FROM ({every}"
        connection.execute(f"COPY ({every}staged_dim_customer) {wrong}) TO '{path}'")

    monkeypatch.setattr(ingest_module, "write_customers", write_customers)
    with pytest.raises(InternalError, match="rows of dim_customer were lost or made.*in 4, out"):
        ingest_frames(lines, pd.DataFrame({"customer_id": ["c1", "p"]}))


def test_the_report_is_by_division_and_year_of_the_star(ingest_frames, tmp_path):
    frame = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "c"],
            "order_date": ["2023-01-01", "2024-01-01", "2024-02-01", "2024-02-01"],
            "sku": ["AM_Support", "AM_Support", "Odd", "Odd"],
            "division": ["scanning", "other", "Own", "Own"],
            "gross_profit": [0.1, 0.2, 7.0, 7.0],
            "revenue": [None, 1.0, 9.0, 9.0],
        }
    )
    sku_map = SkuMap({"Hardware": {"AM_Support": ["am", "maintenance"]}},
                     {"AM_Support": {"Scanning": "Scanning"}})  # fmt: skip
    result = ingest_frames(frame, sku_map=sku_map, drop_duplicates=True)
    result.write_report(tmp_path / "report")
    rows = pd.read_csv(tmp_path / "report" / "reconciliation.csv", dtype=str).fillna("")
    assert rows.to_numpy().tolist() == [
        ["in", "", "Hardware", "2024", "1", "0.2000", "1.0000"],
        ["out", "", "Hardware", "2024", "1", "0.2000", "1.0000"],
        ["in", "", "Own", "2024", "2", "14.0000", "18.0000"],
        ["excluded", "exact copy of another line", "Own", "2024", "1", "7.0000", "9.0000"],
        ["out", "", "Own", "2024", "1", "7.0000", "9.0000"],
        ["in", "", "Scanning", "2023", "1", "0.1000", "0"],
        ["out", "", "Scanning", "2023", "1", "0.1000", "0"],
    ]
    said = json.loads((tmp_path / "report" / "reconciliation.json").read_text("utf-8"))
    assert said["total"]["gross_profit_in"] == "14.3000"
    assert [d["division"] for d in said["by_division"]] == ["Hardware", "Own", "Scanning"]
    assert [y["year"] for y in said["by_year"]] == [2023, 2024]
    assert said["unmapped_skus"] == [{"sku": "Odd", "lines": 1, "money": "7.0000"}]
    assert said["unmapped_share"] == pytest.approx(7.0 / 7.3)
    assert str(tmp_path) not in json.dumps(said)


def test_measures_without_any_value_have_no_books(ingest_frames, lines):
    frame = lines.assign(quantity=1, revenue=None).astype({"revenue": "float64"})
    assert ingest_frames(frame).reconciliation.measures == ("gross_profit", "quantity")


def test_accounts_that_the_table_does_not_have_are_told(ingest_frames, lines):
    customers = pd.DataFrame({"customer_id": ["c1", "p"], "first_known_date": ["2020-01-01"] * 2})
    assets = pd.DataFrame({"asset_id": ["x", "y"], "customer_id": ["c1", "z"], "sku": ["F"] * 2,
                           "purchase_date": ["2022-01-05"] * 2})  # fmt: skip
    result = ingest_frames(lines, customers, assets)
    assert result.facts["orphans"] == {
        "fact_transactions": {"accounts": 2, "rows": 3},
        "assets": {"accounts": 1, "rows": 1},
    }
    assert "fact_transactions: 3 rows are of 2 accounts" in "\n".join(result.notes())
    # Legal: they are accounts like any other.
    found = duckdb.sql(f"SELECT customer_id FROM '{result.star.table('dim_customer')}'").fetchall()
    assert sorted(c for (c,) in found) == ["c1", "c2", "c3", "p", "z"]
