"""No spreadsheet executes our cells, and a list is written whole or not at all."""

from __future__ import annotations

import json
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
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "whitespace.csv",
        "whitespace.json",
        "whitespace.parquet",
    ]


def test_the_csv_is_for_reading_and_the_parquet_keeps_every_digit(tmp_path: Path) -> None:
    rows = pd.DataFrame({"customer_id": ["a"], "probability": [0.16115159952416802]})
    paths = export_list(ranked(rows), tmp_path)
    assert paths["csv"].read_text(encoding="utf-8").splitlines()[1] == "a,0.1612"
    assert pd.read_parquet(paths["parquet"])["probability"][0] == 0.16115159952416802


def test_column_names_are_neutralised_too() -> None:
    assert list(neutral(pd.DataFrame({"=x": ["a"], "p": [1]}))) == ["'=x", "p"]


def test_the_same_list_has_the_same_key_and_another_another(tmp_path: Path) -> None:
    rows = pd.DataFrame({"customer_id": ["a"], "v": [1.0]})
    keys = []
    for value in (1.0, 1.0, 2.0):
        paths = export_list(ranked(rows.assign(v=value)), tmp_path)
        keys.append(json.loads(paths["json"].read_text(encoding="utf-8"))["key"])
    assert keys[0] == keys[1] != keys[2]


def test_a_write_that_fails_leaves_the_old_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = export_list(ranked(pd.DataFrame({"a": [1]})), tmp_path)
    before = {kind: path.read_bytes() for kind, path in paths.items()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(DataError, match="cannot be written.*No space left"):
        export_list(ranked(pd.DataFrame({"a": [2]})), tmp_path)
    assert {kind: path.read_bytes() for kind, path in paths.items()} == before
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="the list cannot be written"):
        export_list(ranked(pd.DataFrame({"a": [1]})), tmp_path / "file")
