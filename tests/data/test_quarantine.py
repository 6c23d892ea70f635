from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from gosales.core.errors import DataError
from gosales.data.contract import Contract
from gosales.data.star import ASSETS, CUSTOMERS, TRANSACTIONS

HALF = Contract("lenient", max_row_share=0.5, max_money_share=0.5)


@pytest.fixture
def dirty(lines):
    """Two of seven lines are bad; one of them in two ways."""
    more = pd.DataFrame(
        [("c4", "soon", "SWX_Core", "Solidworks", "7.25", "n1"),
         ("c5", "3024-01-01", None, "Solidworks", "-0.50", "n2")],
        columns=[*lines.columns, "note"],
    )  # fmt: skip
    return pd.concat([lines.astype({"gross_profit": str}), more], ignore_index=True)


def rows(result, name):
    return duckdb.sql(f"SELECT * FROM '{result.star.table(name)}' ORDER BY ALL").df()


def quarantined(tmp_path, table):
    path = tmp_path / "stars" / "violations" / f"parquet.quarantined.{table}.csv"
    return pd.read_csv(path, dtype=str)


def test_the_star_is_that_of_the_good_rows(ingest_frames, dirty, lines):
    assert ingest_frames(dirty, contract=HALF).star.digest == ingest_frames(lines).star.digest


def test_strict_refuses_what_lenient_sets_aside(ingest_frames, dirty, tmp_path):
    with pytest.raises(DataError, match="order_date: 1 row is not a date"):
        ingest_frames(dirty)
    assert not list((tmp_path / "stars").glob("*/star.json"))


def test_rows_and_money_set_aside_are_listed_and_the_books_balance(ingest_frames, dirty):
    result = ingest_frames(dirty, contract=HALF)
    book = result.reconciliation
    (total,) = book.totals()
    assert [total[f"lines_{s}"] for s in ("in", "excluded", "out")] == [7, 2, 5]
    money = [str(total[f"gross_profit_{s}"]) for s in ("in", "excluded", "out")]
    assert money == ["181.7500", "6.7500", "175.0000"]
    assert {r["reason"]: str(r["gross_profit_excluded"]) for r in book.totals("reason")} == {
        "quarantined: order_date: not a date (ISO, YYYY-MM-DD)": "7.2500",
        # The row's sku is missing too; a row is counted once, under its first rule.
        "quarantined: order_date: not between 1970-01-01 and 2100-01-01": "-0.5000",
    }
    notes = "\n".join(result.notes())
    assert "left out, quarantined: order_date: not a date (ISO, YYYY-MM-DD): 1 lines" in notes
    assert "set aside: 2 rows of fact_transactions" in notes
    assert "parquet.quarantined.fact_transactions.csv" in notes


def test_the_file_holds_all_columns_of_the_row_and_every_rule(ingest_frames, dirty, tmp_path):
    result = ingest_frames(dirty, contract=HALF)
    found = quarantined(tmp_path, TRANSACTIONS)
    assert list(found.columns) == [
        "_file", "_row", "_rule", "customer_id", "order_date", "sku", "division", "gross_profit",
        "note",
    ]  # fmt: skip
    assert found["_row"].tolist() == ["6", "7"]
    assert found.loc[0, ["order_date", "gross_profit", "note"]].tolist() == ["soon", "7.25", "n1"]
    assert found.loc[1, "_rule"] == (
        "order_date: not between 1970-01-01 and 2100-01-01; sku: not given (the value is missing)"
    )
    assert result.facts["ignored"] == ["fact_transactions.note"]


def test_a_key_that_stands_twice_is_set_aside_whole(ingest_frames, lines, tmp_path):
    customers = pd.DataFrame({"customer_id": ["c1", "p", "p", "q"], "rep": ["a", "b", "c", "d"],
                              "first_known_date": ["2020-01-01"] * 4})  # fmt: skip
    assets = pd.DataFrame({"asset_id": ["x", "y"], "customer_id": ["c1", "z"], "sku": ["F"] * 2,
                           "purchase_date": ["2022-01-05", "never"]})  # fmt: skip
    result = ingest_frames(lines, customers, assets, contract=HALF)
    # Which row of p is right nobody can tell.
    assert rows(result, CUSTOMERS)["customer_id"].tolist() == ["c1", "c2", "c3", "q"]
    assert rows(result, ASSETS)["asset_id"].tolist() == ["x"]
    assert quarantined(tmp_path, CUSTOMERS)["rep"].tolist() == ["b", "c"]
    assert result.facts["contract"]["quarantined"] == {CUSTOMERS: 2, ASSETS: 1}
    assert result.facts["others"] == {ASSETS: 1}


def test_beyond_its_bounds_lenient_refuses(ingest_frames, dirty, tmp_path):
    few = Contract("lenient", max_row_share=0.2, max_money_share=0.5)
    with pytest.raises(DataError, match=r"2 of 7 rows of fact_transactions \(28.57%, at most 20"):
        ingest_frames(dirty, contract=few)
    # 7.75 of 192.75 in absolute gross profit
    poor = Contract("lenient", max_row_share=0.5, max_money_share=0.04)
    with pytest.raises(DataError, match=r"7.75 of 192.75 in absolute .*4.02%, at most 4.00%"):
        ingest_frames(dirty, contract=poor)
    assert (tmp_path / "stars" / "violations" / "parquet.csv").is_file()
    assert not list((tmp_path / "stars").glob("*/star.json"))


def test_no_row_can_be_blamed_for_a_column_that_is_missing(ingest_frames, dirty):
    everything = Contract("lenient", max_row_share=1.0, max_money_share=1.0)
    with pytest.raises(DataError, match="sku: not present"):
        ingest_frames(dirty.drop(columns="sku"), contract=everything)
    with pytest.raises(DataError, match="the log has no lines"):
        ingest_frames(dirty.assign(order_date="?"), contract=everything)


def test_a_clean_log_is_the_same_under_both(ingest_frames, lines, tmp_path):
    strict, lenient = ingest_frames(lines), ingest_frames(lines, contract=HALF)
    assert strict.star.path == lenient.star.path
    assert not lenient.reused
    assert lenient.facts["contract"] == {
        "mode": "lenient", "breaches": [], "quarantined": {}, "files": [],
    }  # fmt: skip


def test_copies_are_dropped_from_what_is_left(ingest_frames, dirty):
    frame = pd.concat([dirty, dirty.iloc[[0, 0, 5]]], ignore_index=True)
    result = ingest_frames(frame, contract=HALF, drop_duplicates=True)
    left_out = {r["reason"]: r["lines_excluded"] for r in result.reconciliation.totals("reason")}
    assert sum(left_out.values()) == 5
    assert left_out["exact copy of another line"] == 2
    assert result.facts["rows"] == {"in": 10, "out": 5, "dropped_copies": 2}
