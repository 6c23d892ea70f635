from __future__ import annotations

import pandas as pd
import pytest

from gosales.core.errors import ConfigError
from gosales.data.formats import Formats
from gosales.data.source import Source
from gosales.data.sources.csv_source import CsvSource
from gosales.data.sources.parquet_source import ParquetSource
from gosales.data.sources.sql_source import SqlSource
from gosales.data.wide_layout import WideLayout

OTHERS = ("customers", "assets", "contacts", "deals")


@pytest.mark.parametrize("kind", [CsvSource, ParquetSource])
def test_every_table_is_passed_on_with_its_columns(tmp_path, kind):
    suffix = "csv" if kind is CsvSource else "parquet"
    for name in ("tx", *OTHERS):
        frame = pd.DataFrame({"who": [name]})
        path = tmp_path / f"{name}.{suffix}"
        frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
    places = {name: str(tmp_path / f"{name}.{suffix}") for name in OTHERS}
    own = {"customer_id": "who"}
    source = kind(
        str(tmp_path / f"tx.{suffix}"), **places, columns=own, customer_columns=own,
        asset_columns=own, contact_columns=own, deal_columns=own,
    )  # fmt: skip
    assert isinstance(source, Source)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    raw = source.load(scratch)
    held = [pd.read_parquet(getattr(raw, name))["who"].item() for name in OTHERS]
    assert held == list(OTHERS)
    assert raw.columns == {f"{t}.customer_id": "who" for t in ("transactions", *OTHERS)}


def test_what_is_not_given_is_none_and_formats_are_passed_on():
    source = SqlSource("t", url="sqlite:///x.db", dates="excel", currency="€", layout="wide")
    raw = source.raw_tables({"transactions": []})
    assert [getattr(raw, name) for name in OTHERS] == [None] * 4
    assert raw.formats == Formats("excel", currency="€")
    assert raw.wide == WideLayout()


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"dates": "european"}, "formats of the source are malformed; got dates='european'"),
        ({"layout": "wide", "quantity_suffix": ""}, "layout of the wide log is malformed"),
        ({"layout": "tall"}, "got layout='tall'"),
        ({"attributes": {"size": "static"}}, "attributes are declared wrongly"),
    ],
)
def test_a_wrong_declaration_is_told_before_anything_is_read(wrong, match):
    with pytest.raises(ConfigError, match=match):
        ParquetSource("no-such-file", **wrong)
