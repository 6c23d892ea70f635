from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import ConfigError, DataError
from gosales.data.contract import Contract


def violations(tmp_path):
    return pd.read_csv(tmp_path / "stars" / "violations" / "parquet.csv", dtype=str)


def test_every_breach_is_gathered_written_out_and_named_at_once(ingest_frames, tmp_path):
    bad = pd.DataFrame(
        {
            "customer_id": ["a", "  ", None, "b"],
            "order_date": ["2024-01-01", "soon", "2024-02-30", "1066-10-14"],
            "sku": ["s", "s", "s", None],
            "division": ["d"] * 4,
            "gross_profit": ["1.5", "much", "inf", "2"],
        }
    )
    customers = pd.DataFrame({"customer_id": ["a", "a", "b"], "size": [1.0, np.inf, 2.0]})
    assets = pd.DataFrame({"asset_id": ["x"], "customer_id": ["a"], "sku": ["s"]})
    with pytest.raises(DataError, match="the log breaks its contract") as caught:
        ingest_frames(
            bad, customers, assets, attributes={"size": {"kind": "static", "dtype": "number"}}
        )
    said = str(caught.value)
    assert "fact_transactions.customer_id: 2 rows are not given" in said
    assert "fact_transactions.order_date: 2 rows are not a date" in said
    assert "parquet.csv" in said
    assert caught.value.exit_code == 2
    found = violations(tmp_path)
    assert list(found.columns) == ["table", "file", "row", "column", "value", "rule", "remedy"]
    rows = {tuple(r) for r in found[["table", "column", "row", "value"]].fillna("").to_numpy()}
    assert rows >= {
        ("fact_transactions", "customer_id", "2", ""),
        ("fact_transactions", "customer_id", "3", ""),
        ("fact_transactions", "order_date", "2", "soon"),
        ("fact_transactions", "order_date", "3", "2024-02-30"),
        ("fact_transactions", "order_date", "4", "1066-10-14"),
        ("fact_transactions", "sku", "4", ""),
        ("fact_transactions", "gross_profit", "2", "much"),
        ("fact_transactions", "gross_profit", "3", "inf"),
        ("dim_customer", "customer_id", "1", "a"),
        ("dim_customer", "customer_id", "2", "a"),
        ("dim_customer", "size", "2", "inf"),
        ("assets", "purchase_date", "", ""),
    }
    assert found["remedy"].notna().all()
    assert not list((tmp_path / "stars").glob("*/star.json"))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"drop": "customer_id"}, r"customer_id: not present \(the column is missing\)"),
        ({"drop": "division"}, r"division: not present"),
        ({"drop": "gross_profit"}, "gross_profit: not present: one of gross_profit, revenue"),
        ({"gross_profit": 1e15}, "5 rows are not an amount"),
        ({"gross_profit": -np.inf}, "5 rows are not an amount"),
        ({"gross_profit": np.nan}, "5 rows are not given: one of gross_profit"),
        ({"division": "\t"}, "division: 5 rows are not given"),
        ({"order_date": "2200-01-01"}, "5 rows are not between 1970-01-01 and 2100-01-01"),
        ({"known_date": "0024-05-01"}, "known_date: 5 rows are not between"),
        ({"quantity": "two"}, "quantity: 5 rows are not a quantity"),
    ],
)
def test_a_breach_of_one_rule(ingest_frames, lines, change, match):
    change = dict(change)
    drop = [change.pop("drop")] if "drop" in change else []
    with pytest.raises(DataError, match=match):
        ingest_frames(lines.drop(columns=drop).assign(**change))


def test_a_single_row_is_said_as_one(ingest_frames, lines):
    lines.loc[3, "customer_id"] = ""
    with pytest.raises(DataError, match="customer_id: 1 row is not given"):
        ingest_frames(lines)


def test_a_row_needs_one_measure_not_all(ingest_frames, lines):
    frame = lines.assign(revenue=[None, 1, 1, 1, 1]).astype({"revenue": "float64"})
    frame.loc[1, "gross_profit"] = np.nan
    assert ingest_frames(frame).facts["rows"]["out"] == 5
    frame.loc[0, "gross_profit"] = np.nan
    with pytest.raises(DataError, match="1 row is not given: one of"):
        ingest_frames(frame)


def test_an_attribute_that_the_table_lacks_is_a_breach(ingest_frames, lines):
    customers = pd.DataFrame({"customer_id": ["c1"]})
    with pytest.raises(DataError, match="dim_customer.industry: not present"):
        ingest_frames(lines, customers, attributes={"industry": {"kind": "static"}})
    with pytest.raises(DataError, match="there is no account table; got industry"):
        ingest_frames(lines, attributes={"industry": {"kind": "static"}})


def test_bounds_are_the_users(ingest_frames, lines):
    with pytest.raises(DataError, match="between 2020-01-01 and 2024-07-31"):
        ingest_frames(lines, date_bounds=["2020-01-01", "2024-07-31"])
    assert ingest_frames(lines, date_bounds=["2020-01-01", "2024-08-01"]).facts["rows"]["out"] == 5


def test_the_row_is_counted_in_its_own_file(ingest_frames, lines, tmp_path):
    second = lines.iloc[3:].reset_index(drop=True)
    second.loc[1, "order_date"] = "?"
    with pytest.raises(DataError, match="1 row is not a date"):
        ingest_frames([lines.iloc[:3], second])
    row = violations(tmp_path).iloc[0]
    assert (row["file"].endswith("1.parquet"), row["row"]) == (True, "2")


def test_a_mended_log_leaves_no_violations_behind(ingest_frames, lines, tmp_path):
    with pytest.raises(DataError, match="not a date"):
        ingest_frames(lines.assign(order_date="?"))
    ingest_frames(lines)
    assert not list((tmp_path / "stars" / "violations").glob("*"))


def test_a_mapping_to_or_from_nowhere_is_refused(ingest_frames, lines):
    with pytest.raises(DataError, match="revenue: not present: it is mapped to Umsatz"):
        ingest_frames(lines, columns={"revenue": "Umsatz"})
    with pytest.raises(ConfigError, match="does not have; got revenu=gross_profit"):
        ingest_frames(lines, columns={"revenu": "gross_profit"})


def test_counts_are_complete_where_the_listed_rows_are_not(ingest_frames, lines, tmp_path):
    with pytest.raises(DataError, match="order_date: 5 rows are not a date"):
        ingest_frames(lines.assign(order_date="?"), contract=Contract(listed_rows=2))
    assert violations(tmp_path)["row"].tolist() == ["1", "2"]
    rules = pd.read_csv(tmp_path / "stars" / "violations" / "parquet.rules.csv")
    columns = ["table", "column", "rows", "listed", "refuses"]
    assert rules[columns].to_numpy().tolist() == [["fact_transactions", "order_date", 5, 2, True]]


def test_assets_that_end_before_they_begin_are_refused(ingest_frames, lines):
    assets = pd.DataFrame({"asset_id": ["x", "y"], "customer_id": ["c1"] * 2, "sku": ["FDM"] * 2,
                           "purchase_date": ["2024-01-05"] * 2, "quantity": [1, -1],
                           "expiry_date": ["2024-01-05", "2024-01-04"]})  # fmt: skip
    with pytest.raises(
        DataError, match="expiry_date: 1 row is not on or after purchase_date.*1 row is not zero"
    ):
        ingest_frames(lines, assets=assets)


def test_what_may_be_right_is_reported_and_kept(ingest_frames, tmp_path):
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(6)],
            "order_date": ["2024-01-05"] * 6,
            "known_date": ["2024-01-05"] * 5 + ["2024-01-04"],
            "sku": ["s"] * 6,
            "division": ["d"] * 6,
            "quantity": [1.0, 0.0, 0.0, -1.0, -1.0, np.nan],
            "revenue": [0.0, 9.0, 0.0, 9.0, -9.0, 9.0],
        }
    )
    result = ingest_frames(frame)
    assert result.facts["rows"]["out"] == 6
    found = {(b["column"], b["rule"]): b["rows"] for b in result.facts["contract"]["breaches"]}
    assert found == {
        ("known_date", "on or after order_date"): 1,
        ("revenue", "other than zero in any of revenue, quantity"): 1,
        ("quantity", "other than zero where money moves"): 1,
        ("quantity", "of the same sign as revenue"): 1,
    }
    notes = "\n".join(result.notes())
    assert "look at fact_transactions.quantity: 1 rows are not of the same sign" in notes
    listed = pd.read_csv(tmp_path / "stars" / "violations" / "parquet.reported.csv")
    assert listed[["column", "row"]].to_numpy().tolist() == [
        ["known_date", 6], ["revenue", 3], ["quantity", 2], ["quantity", 4],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"mode": "loose"}, "got mode=loose"),
        ({"max_row_share": 1.5}, "max_row_share=1.5"),
        ({"max_money_share": float("nan")}, "max_money_share=nan"),
        ({"max_row_share": "1 %"}, "max_row_share=1 %"),
        ({"listed_rows": 0}, "listed_rows=0"),
    ],
)
def test_a_malformed_contract_is_refused(wrong, match):
    with pytest.raises(ConfigError, match=match):
        Contract(**wrong)


@pytest.mark.parametrize("bounds", [["2024-01-01", "2023-01-01"], ["x", "2023-01-01"]])
def test_malformed_bounds_are_refused(ingest_frames, lines, bounds):
    with pytest.raises(ConfigError, match="the date bounds are malformed"):
        ingest_frames(lines, date_bounds=bounds)
