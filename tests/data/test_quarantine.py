from __future__ import annotations

import sqlite3
from contextlib import closing

import duckdb
import pandas as pd
import pytest
from tests.support.frame_source import FrameSource

from gosales.core.errors import DataError
from gosales.core.progress import SilentProgress
from gosales.data.contract import Contract
from gosales.data.ingest import ingest
from gosales.data.sku_map import SkuMap
from gosales.data.sources.csv_source import CsvSource
from gosales.data.sources.sql_source import SqlSource
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS

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


def quarantined(tmp_path, table, source="parquet"):
    path = tmp_path / "stars" / "violations" / f"{source}.quarantined.{table}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


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


LOG = """\
customer_id,order_date,sku,division,gross_profit,note
c1,01.06.2024,SWX_Core,Solidworks,"1.000,50",fine
c2,2024-06-31,SWX_Core,Solidworks,"7,25",no day
"c 3",02.06.2024,SWX_Core,Solidworks,1.5,no comma
"""
EUROPEAN = {"dates": "day_first", "decimal": ",", "thousands": "."}


def taken(source, tmp_path):
    return ingest(source, SkuMap(), tmp_path / "stars", SilentProgress(), Contract("lenient", 1, 1))


def test_a_csv_row_is_named_by_its_own_file_and_row_and_written_as_it_was(tmp_path):
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    result = taken(CsvSource(str(tmp_path / "log.csv"), **EUROPEAN), tmp_path)
    assert result.facts["money"] == {"gross_profit": {"in": "1007.7500", "out": "1000.5000"}}
    date, amount = (
        "order_date: not a date (day first, DD.MM.YYYY)",
        "gross_profit: not an amount (finite, below 10^14, decimal ',', thousands '.'); "
        "gross_profit: not given: one of gross_profit",
    )
    found = quarantined(tmp_path, TRANSACTIONS, "csv")
    file = str(tmp_path / "log.csv")
    assert list(found.columns) == ["_file", "_row", "_rule", *LOG.split("\n")[0].split(",")]
    # Rows are counted as the file's reader counts them: without the header.
    assert found.to_numpy().tolist() == [
        [file, "2", date, "c2", "2024-06-31", "SWX_Core", "Solidworks", "7,25", "no day"],
        [file, "3", amount, "c 3", "02.06.2024", "SWX_Core", "Solidworks", "1.5", "no comma"],
    ]


def test_a_databases_row_is_named_by_its_table(tmp_path, lines):
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection:
        lines.assign(order_date=["?", *lines["order_date"][1:]]).to_sql("sales", connection)
    result = taken(SqlSource("sales", url=f"sqlite:///{tmp_path / 'log.db'}"), tmp_path)
    found = quarantined(tmp_path, TRANSACTIONS, "sql")
    assert found[["_file", "_row", "order_date"]].to_numpy().tolist() == [["sales", "1", "?"]]
    assert list(found.columns) == ["_file", "_row", "_rule", "index", *lines.columns]
    assert result.facts["rows"] == {"in": 5, "out": 4, "dropped_copies": 0}


def test_a_wide_logs_cell_is_named_by_its_row_and_its_sku(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(
        "customer_id,order_date,FDM,FDM_Qty,SAF,SAF_Qty,Odd,Odd_Qty\n"
        "c1,2024-06-01,10,1,20.25,1,,\nc2,2024-06-02,,,much,2,7.25,1\n",
        encoding="utf-8",
    )
    pair = ["printers", "printer"]
    sku_map = SkuMap({"Hardware": {"FDM": pair, "SAF": pair}})
    terms = Contract("lenient", max_row_share=0.5, max_money_share=0)
    source = CsvSource(str(path), layout="wide")
    result = ingest(source, sku_map, tmp_path / "stars", SilentProgress(), terms)
    found = quarantined(tmp_path, TRANSACTIONS, "csv")
    assert found[["_file", "_row"]].to_numpy().tolist() == [[f"{path} [SAF]", "2"]]
    assert found[["customer_id", "order_date", "sku", "gross_profit", "quantity"]].to_numpy(
    ).tolist() == [["c2", "2024-06-02", "SAF", "much", "2"]]  # fmt: skip
    assert not [name for name in found if name.startswith("__")]
    (total,) = result.reconciliation.totals()
    assert [total[f"lines_{s}"] for s in ("in", "excluded", "out")] == [4, 2, 2]
    money = {r["reason"]: str(r["gross_profit_excluded"]) for r in result.reconciliation.totals(
        "reason")}  # fmt: skip
    assert money.pop("columns Odd are no SKU of the map") == "7.2500"
    (why,) = money
    assert why.startswith("quarantined: gross_profit: not an amount")


def test_contacts_deals_and_circles_are_set_aside_like_any_row(tmp_path, lines):
    def frame(columns, *found):
        return pd.DataFrame(found, columns=columns.split())

    frames = {
        "customers": frame(
            "customer_id parent_account_id", ("c1", "c2"), ("c2", "c1"), ("c3", "c2"), ("p", None)
        ),
        "contacts": frame("customer_id contact_date", ("c1", "2024-06-01"), ("c2", "soon")),
        "deals": frame(
            "deal_id customer_id opened_date closed_date stage",
            ("d1", "c1", "2024-06-01", None, "open"), ("d2", "c1", "2024-06-01", None, "won"),
            ("d3", "c1", "2024-06-01", None, "ajar"), ("d4", "c1", "2024-06-01", None, "open"),
            ("d4", "c1", "2024-06-02", None, "open"),
        ),
    }  # fmt: skip
    result = taken(FrameSource({"transactions": lines, **frames}), tmp_path)
    assert result.facts["contract"]["quarantined"] == {CUSTOMERS: 2, CONTACTS: 1, DEALS: 4}
    assert quarantined(tmp_path, CUSTOMERS, "frames")["customer_id"].tolist() == ["c1", "c2"]
    deals = quarantined(tmp_path, DEALS, "frames")
    assert deals["_rule"].tolist() == [
        "closed_date: not given where the stage is won or lost",
        "stage: not one of open, won, lost",
        *["deal_id: not unique (the key stands twice)"] * 2,
    ]
    assert [row[0] for row in rows(result, DEALS).to_numpy()] == ["d1"]
    assert result.facts["others"] == {CONTACTS: 1, DEALS: 1}
    # They still buy, so they are accounts; only their rows are gone, and what hangs on them.
    known = rows(result, CUSTOMERS).set_index("customer_id")["parent_account_id"]
    assert known.dropna().to_dict() == {"c3": "c2"}
    assert result.facts["orphans"][TRANSACTIONS]["accounts"] == 2


def test_values_put_right_are_counted_of_what_is_left(ingest_frames, lines):
    wrong = "Größe".encode().decode("cp1252")
    frame = lines.assign(division=[wrong, wrong, *lines["division"][2:]])
    frame.loc[1, "order_date"] = "?"
    result = ingest_frames(frame, contract=HALF, repair_mojibake=True)
    assert result.facts["repaired"] == {"fact_transactions.division": 1}
    assert {r["division"] for r in result.reconciliation.totals("division")} >= {"Größe"}
