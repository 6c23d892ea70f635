"""A wide log and the long log it stands for give one star."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from gosales.core.errors import ConfigError, DataError
from gosales.core.progress import SilentProgress
from gosales.data.ingest import ingest
from gosales.data.sku_map import SkuMap
from gosales.data.sources.csv_source import CsvSource
from gosales.data.sources.parquet_source import ParquetSource
from gosales.data.star import TRANSACTIONS

MAP = {
    "Solidworks": {"SWX_Core": ["swx_seats", "licence"]},
    "Hardware": {"FDM": ["printers", "printer"], "AM_Support": ["am_support", "maintenance"]},
}
ROUTING = {"AM_Support": {"Scanning": "Scanning"}}
WIDE = """\
customer_id,order_date,division,SWX_Core,SWX_Core_Qty,FDM,FDM_Qty,AM_Support,Odd,Odd_Qty,note
c1,2024-06-01,,100.50,2,,,,,,x
c1,2024-06-01,,100.50,2,0,0,,7.25,1,x
c2,2024-05-15,Scanning,0,3,-5.25,0,40,,,x
c3,2024-07-10,,,,,,,,,x
c4,2024-07-11,,0.00,0,( 0 ),,0,-2.00,0,x
"""
# Every cell of WIDE that holds anything, and nothing else.
LONG = pd.DataFrame(
    [
        ("c1", "2024-06-01", None, "SWX_Core", 100.50, 2.0),
        ("c1", "2024-06-01", None, "SWX_Core", 100.50, 2.0),
        ("c2", "2024-05-15", "Scanning", "SWX_Core", 0.0, 3.0),
        ("c2", "2024-05-15", "Scanning", "FDM", -5.25, 0.0),
        ("c2", "2024-05-15", "Scanning", "AM_Support", 40.0, None),
    ],
    columns=["customer_id", "order_date", "division", "sku", "gross_profit", "quantity"],
)


def star(source, tmp_path, sku_map=None):
    mapped = SkuMap(MAP, ROUTING) if sku_map is None else sku_map
    return ingest(source, mapped, tmp_path / "stars", SilentProgress())


def written(tmp_path: Path, text: str, name: str = "wide.csv") -> str:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def twin(tmp_path):
    LONG.to_parquet(tmp_path / "long.parquet")
    return star(ParquetSource(str(tmp_path / "long.parquet")), tmp_path)


def test_every_cell_that_holds_anything_is_a_line_and_no_other(tmp_path, twin):
    result = star(CsvSource(written(tmp_path, WIDE), layout="wide"), tmp_path)
    assert result.star.digest == twin.star.digest
    assert result.facts["rows"] == {"in": 7, "out": 5, "dropped_copies": 0}  # two are no SKU's
    assert result.facts["money"]["gross_profit"]["out"] == "235.7500"
    got = duckdb.sql(f"SELECT sku, division FROM '{result.star.table(TRANSACTIONS)}'").fetchall()
    assert ("AM_Support", "Scanning") in got


def test_pairs_that_are_no_sku_are_reported_to_the_cent(tmp_path):
    result = star(CsvSource(written(tmp_path, WIDE), layout="wide"), tmp_path)
    assert result.facts["left_out"] == {
        "Odd": {"lines": 2, "gross_profit": "5.2500", "quantity": "1.000"}
    }
    assert result.facts["ignored"] == ["fact_transactions.note"]
    said = "left out, columns Odd are no SKU of the map: 2 lines, gross_profit 5.2500"
    assert any(said in n for n in result.notes())


def test_declared_columns_are_lines_wherever_the_map_puts_them(tmp_path):
    source = CsvSource(written(tmp_path, WIDE), layout="wide", skus=["Odd", "FDM"])
    result = star(source, tmp_path)
    assert result.facts["money"]["gross_profit"]["out"] == "0.0000"
    assert result.facts["unmapped"] == ["Odd"]
    assert set(result.facts["left_out"]) == {"SWX_Core"}


def test_parquet_cells_need_no_format_and_text_ones_take_it(tmp_path, twin):
    frame = pd.DataFrame(
        {
            "who": ["c1", "c1", "c2", "c3"],
            "Tag": ["01.06.2024", "01.06.2024", "15.05.2024", "10.07.2024"],
            "division": [None, None, "Scanning", None],
            "SWX_Core": [100.5, 100.5, 0.0, float("nan")],
            "SWX_Core_Qty": pd.array([2, 2, 3, None], dtype="Int64"),
            "FDM": ["", "0,00 €", "-5,25 €", None],
            "FDM_Qty": [None, 0.0, 0.0, None],
            "AM_Support": ["", "", "40", ""],
        }
    )
    frame.to_parquet(tmp_path / "wide.parquet")
    source = ParquetSource(
        str(tmp_path / "wide.parquet"), layout="wide", dates="day_first", decimal=",",
        thousands=".", currency="€", columns={"customer_id": "who", "order_date": "Tag"},
    )  # fmt: skip
    assert star(source, tmp_path).star.digest == twin.star.digest


def test_files_of_a_folder_may_have_other_skus(tmp_path, twin):
    head = "customer_id,order_date,division,"
    written(tmp_path, head + "SWX_Core_Qty,SWX_Core\nc1,2024-06-01,,2,100.5\n", "w/1.csv")
    written(tmp_path, head + "SWX_Core,SWX_Core_Qty\nc1,2024-06-01,,100.5,2\n", "w/2.csv")
    text = "SWX_Core,SWX_Core_Qty,FDM,FDM_Qty,AM_Support\nc2,2024-05-15,Scanning,0,3,-5.25,0,40\n"
    written(tmp_path, head + text, "w/3.csv")
    source = CsvSource(str(tmp_path / "w"), layout="wide")
    assert star(source, tmp_path).star.digest == twin.star.digest


def test_a_cell_that_is_no_number_is_a_breach_with_its_place(tmp_path):
    text = WIDE.replace("-5.25", "much").replace("c3,2024-07-10", "c3,soon")
    with pytest.raises(DataError, match="gross_profit: 1 row is not an amount"):
        star(CsvSource(written(tmp_path, text), layout="wide"), tmp_path)
    found = pd.read_csv(tmp_path / "stars" / "violations" / "csv.csv", dtype=str)
    row = found[found["value"] == "much"].iloc[0]
    assert row["file"].endswith("wide.csv [FDM]")
    assert row["row"] == "3"
    # c3 has no line: there is nothing its date could be wrong of.
    assert "soon" not in set(found["value"])


def test_a_mapping_to_no_column_is_told_for_a_wide_log_too(tmp_path):
    source = CsvSource(written(tmp_path, WIDE), layout="wide", columns={"known_date": "Seen"})
    with pytest.raises(DataError, match="known_date: not present: it is mapped to Seen"):
        star(source, tmp_path)


def test_a_log_without_sku_columns_and_an_unknown_layout_are_refused(tmp_path):
    path = written(tmp_path, "customer_id,order_date,x\na,2024-01-01,1\n")
    with pytest.raises(DataError, match="the wide log lacks SKU columns"):
        star(CsvSource(path, layout="wide"), tmp_path)
    with pytest.raises(ConfigError, match="layout='diagonal'; allowed: long or wide"):
        CsvSource(path, layout="diagonal")


def test_without_a_map_the_log_names_its_divisions(tmp_path):
    source = CsvSource(written(tmp_path, WIDE.replace(",,", ",d,", 0)), layout="wide")
    with pytest.raises(DataError, match="division: .* not given"):
        star(source, tmp_path, SkuMap())
    text = "customer_id,order_date,division,A,A_Qty\nc1,2024-01-01,d,1,1\n"
    result = star(CsvSource(written(tmp_path, text), layout="wide"), tmp_path, SkuMap())
    assert result.facts["rows"]["out"] == 1


def test_the_reading_is_part_of_the_fingerprint(tmp_path):
    path = written(tmp_path, WIDE)
    marks = {
        CsvSource(path, **options).fingerprint()
        for options in ({}, {"layout": "wide"}, {"layout": "wide", "skus": ["FDM"]},
                        {"layout": "wide", "quantity_suffix": "_N"}, {"dates": "day_first"},
                        {"currency": "€"}, {"repair_mojibake": True})
    }  # fmt: skip
    assert len(marks) == 7
