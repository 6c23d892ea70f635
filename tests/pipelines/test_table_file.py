"""A file is of the kind its name says, and whole or absent."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gosales.core.errors import ConfigError, DataError
from gosales.pipelines.table_file import out_path, write_table

ROWS = pd.DataFrame({"customer_id": ["a"], "p": [0.5]})


@pytest.mark.parametrize("name", ["scores.xlsx", "scores", "scores.parquet.gz"])
def test_a_name_that_says_no_kind_we_write_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"does not say its kind.*\.parquet or \.csv"):
        out_path(name)


def test_parquet_is_parquet_and_csv_is_csv(tmp_path: Path) -> None:
    for name, read in (("x.parquet", pd.read_parquet), ("x.csv", pd.read_csv)):
        path = tmp_path / "new" / name
        write_table(ROWS, path)
        pd.testing.assert_frame_equal(read(path), ROWS, check_dtype=False)
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["x.csv", "x.parquet"]


def test_a_place_that_refuses_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(DataError, match=r"cannot be written; got .*x\.csv"):
        write_table(ROWS, tmp_path / "x.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
