from __future__ import annotations

import datetime

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gosales.core.errors import DataError
from gosales.data.sku_map import SkuMap
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS


def table(result, name, order="ALL"):
    return duckdb.sql(f"SELECT * FROM '{result.star.table(name)}' ORDER BY {order}").df()


def types(result, name):
    rows = duckdb.sql(f"DESCRIBE SELECT * FROM '{result.star.table(name)}'").fetchall()
    return {r[0]: r[1] for r in rows}


def test_tables_have_the_exact_types_even_when_the_log_has_few_columns(ingest_frames, lines):
    result = ingest_frames(lines)
    assert types(result, TRANSACTIONS) == {
        "customer_id": "VARCHAR", "order_date": "DATE", "known_date": "DATE",
        "invoice_id": "VARCHAR", "sku": "VARCHAR", "sku_key": "VARCHAR", "division": "VARCHAR",
        "division_key": "VARCHAR", "family": "VARCHAR", "sale_type": "VARCHAR",
        "quantity": "DECIMAL(18,3)", "revenue": "DECIMAL(18,4)", "gross_profit": "DECIMAL(18,4)",
        "is_purchase": "BOOLEAN",
    }  # fmt: skip
    assert types(result, ASSETS) == {
        "asset_id": "VARCHAR", "customer_id": "VARCHAR", "sku": "VARCHAR", "sku_key": "VARCHAR",
        "rollup": "VARCHAR", "purchase_date": "DATE", "known_date": "DATE", "expiry_date": "DATE",
        "is_subscription": "BOOLEAN", "quantity": "DOUBLE",
    }  # fmt: skip
    assert types(result, CUSTOMERS) == {
        "customer_id": "VARCHAR", "first_known_date": "DATE", "parent_account_id": "VARCHAR",
        "rep": "VARCHAR",
    }  # fmt: skip
    assert result.star.manifest.rows == {
        TRANSACTIONS: 5, CUSTOMERS: 3, ASSETS: 0, CONTACTS: 0, DEALS: 0,
    }  # fmt: skip
    assert result.star.last_date == datetime.date(2024, 8, 1)


def test_division_names_are_matched_on_a_key(ingest_frames, lines):
    keys = table(ingest_frames(lines), TRANSACTIONS)["division_key"].value_counts().to_dict()
    assert keys == {"solidworks": 3, "training": 2}


def test_two_lines_of_one_customer_on_one_day_are_both_kept_and_copies_are_reported(ingest_frames):
    frame = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a"],
            "order_date": ["2024-01-01"] * 3,
            "sku": ["s"] * 3,
            "division": ["d"] * 3,
            "gross_profit": [5.0, 7.0, 7.0],
        }
    )
    result = ingest_frames(frame)
    assert result.star.manifest.rows[TRANSACTIONS] == 3
    assert result.facts["duplicates"] == 1
    assert result.facts["money"]["gross_profit"] == {"in": "19.0000", "out": "19.0000"}
    assert "1 lines are exact copies of another; all are kept" in result.notes()

    dropped = ingest_frames(frame, drop_duplicates=True)
    assert dropped.facts["rows"] == {"in": 3, "out": 2, "dropped_copies": 1}
    assert dropped.facts["money"]["gross_profit"] == {"in": "19.0000", "out": "12.0000"}
    assert dropped.star.digest != result.star.digest


def test_ids_stay_text(ingest_frames):
    guid = "0f8fad5b-d9cb-469f-a165-70867728950e"
    frame = pd.DataFrame(
        {
            "customer_id": [guid, "00123", " 7e5 "],
            "order_date": ["2024-01-01"] * 3,
            "sku": ["s"] * 3,
            "division": ["d"] * 3,
            "quantity": [1, 1, -1],
        }
    )
    lines_ = table(ingest_frames(frame), TRANSACTIONS, "customer_id")
    assert lines_["customer_id"].tolist() == ["00123", guid, "7e5"]
    assert lines_["is_purchase"].tolist() == [True, True, False]


def test_an_integer_id_that_pandas_made_a_float_loses_its_point_zero(ingest_frames, lines):
    lines["customer_id"] = [12346.0, 12346.0, 7.0, 7.0, 8.0]
    assert set(table(ingest_frames(lines), CUSTOMERS)["customer_id"]) == {"12346", "7", "8"}


@pytest.mark.parametrize(
    ("quantity", "revenue", "gp", "expected"),
    [(2, -1, -1, True), (0, 5, 5, False), (None, 5, -1, True), (None, None, -1, False),
     (None, -5, 3, True)],
)  # fmt: skip
def test_what_counts_as_a_purchase(ingest_frames, lines, quantity, revenue, gp, expected):
    row = lines.head(1).assign(quantity=quantity, revenue=revenue, gross_profit=gp)
    row = row.astype({"quantity": "float64", "revenue": "float64"})
    assert table(ingest_frames(row), TRANSACTIONS)["is_purchase"].tolist() == [expected]


def test_when_a_customer_was_first_known(ingest_frames, lines):
    lines["known_date"] = ["2024-06-20", None, None, None, "2024-07-30"]
    customers = pd.DataFrame(
        {
            "customer_id": ["c1", "c2", "c3", "c4", "c5", "c6"],
            "first_known_date": ["2025-01-01", "2020-02-02", None, "2024-03-03", None, None],
        }
    )
    assets = pd.DataFrame({"asset_id": ["x"], "customer_id": ["c6"], "sku": ["FDM"],
                           "purchase_date": ["2022-01-05"]})  # fmt: skip
    result = ingest_frames(lines, customers, assets)
    known = table(result, CUSTOMERS).set_index("customer_id")["first_known_date"]
    assert known.dt.strftime("%Y-%m-%d").fillna("never").to_dict() == {
        "c1": "2024-06-20",  # the first line's known date, before the table's
        "c2": "2020-02-02",  # the table's, before its first line
        "c3": "2024-07-30",
        "c4": "2024-03-03",  # a prospect
        "c5": "never",  # never shown by any view
        "c6": "2022-01-05",  # owns something, never bought
    }
    assert result.facts["accounts"] == {
        "known from other tables alone": 0,
        "without any date": 1,
    }


def test_assets_get_their_defaults(ingest_frames, lines):
    assets = pd.DataFrame({"asset_id": ["x"], "customer_id": ["c1"], "sku": ["FDM"],
                           "purchase_date": ["2022-01-05"],
                           "expiry_date": ["2222-01-05"]})  # fmt: skip
    row = table(ingest_frames(lines, assets=assets), ASSETS).iloc[0]
    assert row["rollup"] == "FDM"
    assert row["known_date"] == row["purchase_date"]
    assert (row["quantity"], row["is_subscription"]) == (1.0, False)


def test_attributes_are_kept_by_declaration_and_the_rest_is_reported(ingest_frames, lines):
    customers = pd.DataFrame({"customer_id": ["c1"], "size": [0.00012345], "kind": ["x"],
                              "city": ["y"], "rep": [7]})  # fmt: skip
    attributes = {"size": {"kind": "static", "dtype": "number"}, "kind": {"kind": "snapshot"}}
    result = ingest_frames(lines, customers, attributes=attributes)
    row = table(result, CUSTOMERS, "customer_id").iloc[0]
    assert (row["size"], row["kind"], row["rep"]) == (0.00012345, "x", "7")
    assert result.facts["ignored"] == ["dim_customer.city"]
    assert result.facts["accounts"]["known from other tables alone"] == 2
    assert [a.usable for a in result.star.manifest.attributes.values()] == [False, True]


@pytest.mark.parametrize(
    ("drop", "expected"),
    [([], "gp"), (["gross_profit"], "quantity"), (["gross_profit", "quantity"], "revenue")],
)
def test_the_label_measure_is_found(ingest_frames, lines, drop, expected):
    frame = lines.assign(quantity=1, revenue=5.0).drop(columns=drop)
    assert ingest_frames(frame).star.manifest.label_measure == expected


def test_a_label_measure_that_the_log_lacks_is_refused(ingest_frames, lines):
    frame = lines.assign(quantity=[None, None, None, None, None]).astype({"quantity": "float64"})
    with pytest.raises(DataError, match="label_measure=quantity, but quantity is never given"):
        ingest_frames(frame, label_measure="quantity")


def test_the_map_decides_and_unmapped_skus_are_reported_with_their_share(ingest_frames):
    frame = pd.DataFrame(
        {
            "customer_id": ["a"] * 5,
            "order_date": ["2024-01-01"] * 5,
            "sku": ["AM_Support", "am_support ", "FDM", "Odd", "Odder"],
            "division": ["scanning", "Whatever", None, "Own", None],
            "gross_profit": [10.0, 20.0, 30.0, 25.0, 15.0],
        }
    )
    sku_map = SkuMap(
        {"Hardware": {"AM_Support": ["am", "maintenance"], "FDM": ["printers", "printer"]}},
        {"AM_Support": {"Scanning": "Scanning"}},
    )
    result = ingest_frames(frame, sku_map=sku_map)
    got = table(result, TRANSACTIONS, "gross_profit")[["division", "family"]]
    assert got["division"].tolist() == ["Scanning", "Unmapped", "Hardware", "Own", "Hardware"]
    assert got["family"].isna().tolist() == [False, True, False, True, False]
    assert result.facts["unmapped"] == ["Odd", "Odder"]
    assert result.facts["unmapped_share"] == pytest.approx(0.4)


def test_an_unchanged_input_is_not_read_again_and_a_changed_one_is(ingest_frames, lines):
    first = ingest_frames(lines)
    again = ingest_frames(lines)
    assert (first.reused, again.reused) == (False, True)
    assert again.star.path == first.star.path
    assert again.facts == first.facts
    changed = ingest_frames(lines.assign(gross_profit=1.0))
    assert not changed.reused
    assert changed.star.digest != first.star.digest


def test_other_content_gives_another_digest(ingest_frames, lines):
    customers = pd.DataFrame({"customer_id": ["c1"], "rep": ["r"], "kind": ["x"]})
    digests = [
        ingest_frames(lines, customers, attributes=a).star.digest
        for a in ({}, {"kind": {"kind": "static"}}, {"kind": {"kind": "snapshot"}})
    ]
    moved = lines.assign(order_date=lines["order_date"].replace("2024-06-01", "2024-06-02"))
    doubled = pd.concat([lines, lines.head(1)])
    digests += [ingest_frames(f).star.digest for f in (moved, doubled, lines)]
    assert len(set(digests)) == len(digests)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(range(5)), cut=st.integers(1, 4), swap=st.booleans())
def test_no_order_of_rows_or_files_changes_the_digest(ingest_frames, lines, order, cut, swap):
    mixed = lines.iloc[list(order)]
    parts = [mixed.iloc[:cut], mixed.iloc[cut:]]
    if swap:
        parts = [p[list(reversed(p.columns))] for p in reversed(parts)]
    assert ingest_frames(parts).star.digest == ingest_frames(lines).star.digest


def test_case_16_owners_first_or_last_in_the_file_are_the_same_log(ingest_frames, lines):
    owns = lines["customer_id"] == "c1"
    first, last = (
        pd.concat([lines[mask], lines[~mask]], ignore_index=True) for mask in (owns, ~owns)
    )
    one, two = ingest_frames(first).star, ingest_frames(last).star
    assert not first.equals(last)
    # One star: whatever is built on it, the ranking too, cannot differ.
    assert (one.digest, one.path) == (two.digest, two.path)


def test_a_killed_ingest_leaves_no_star_and_its_scratch_is_cleared(ingest_frames, lines, tmp_path):
    wreck = tmp_path / "stars" / ".tmp-killed" / "star"
    wreck.mkdir(parents=True)
    result = ingest_frames(lines)
    assert [p.name for p in (tmp_path / "stars").glob(".tmp-*")] == []
    half = result.star.path
    (half / "star.json").unlink()
    assert not ingest_frames(lines).reused
    assert (half / "star.json").is_file()


def test_a_log_without_lines_is_refused_and_leaves_nothing(ingest_frames, lines, tmp_path):
    with pytest.raises(DataError, match="the log has no lines"):
        ingest_frames(lines.iloc[:0])
    assert not list((tmp_path / "stars").glob("*/star.json"))
    assert not list((tmp_path / "stars").glob(".tmp-*"))


def test_a_real_log_keeps_every_line_and_cent(shared_data, tmp_path):
    from gosales.core.progress import SilentProgress
    from gosales.data.ingest import ingest
    from gosales.data.sources.parquet_source import ParquetSource

    folder = shared_data / "adventureworks_reseller"
    source = ParquetSource(
        str(folder / "transactions.parquet"), str(folder / "customers.parquet"),
        attributes={"industry": {"kind": "static"}}, label_measure="quantity",
    )  # fmt: skip
    result = ingest(source, SkuMap(), tmp_path, SilentProgress())
    raw = pd.read_parquet(folder / "transactions.parquet")
    star = table(result, TRANSACTIONS)
    assert len(star) == len(raw) == 57_851
    assert star["gross_profit"].sum() == pytest.approx(raw["gross_profit"].sum(), abs=1e-3)
    expected = raw.groupby("division")["quantity"].sum().to_dict()
    assert star.groupby("division")["quantity"].sum().to_dict() == pytest.approx(expected)
