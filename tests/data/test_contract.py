from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import ConfigError, DataError


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


@pytest.mark.parametrize("bounds", [["2024-01-01", "2023-01-01"], ["x", "2023-01-01"]])
def test_malformed_bounds_are_refused(ingest_frames, lines, bounds):
    with pytest.raises(ConfigError, match="the date bounds are malformed"):
        ingest_frames(lines, date_bounds=bounds)
