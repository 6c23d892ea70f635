"""No spreadsheet executes our cells, and a list is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gosales.core.errors import DataError
from gosales.whitespace.export import export_list, neutral
from gosales.whitespace.ranked_list import RankedList


def ranked(rows: pd.DataFrame) -> RankedList:
    return RankedList("printers", rows, len(rows), len(rows), {}, {}, {}, 0.0)


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\tx", "\rx"])
def test_formulas_are_neutralised(text: str) -> None:
    assert neutral(pd.DataFrame({"name": [text]}))["name"][0] == "'" + text


def test_numbers_and_nulls_stay(tmp_path: Path) -> None:
    rows = pd.DataFrame({"customer_id": ["=a", "b"], "name": [None, "x"], "v": [-1.5, 2.0]})
    paths = export_list(ranked(rows), tmp_path)
    text = paths["csv"].read_text(encoding="utf-8").splitlines()
    assert text == ["customer_id,name,v", "'=a,,-1.5", "b,x,2.0"]
    assert pd.read_parquet(paths["parquet"])["customer_id"].tolist() == ["=a", "b"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["whitespace.csv", "whitespace.parquet"]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="the list cannot be written"):
        export_list(ranked(pd.DataFrame({"a": [1]})), tmp_path / "file")
