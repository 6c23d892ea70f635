from __future__ import annotations

import pandas as pd
import pytest

from gosales.core.errors import ConfigError, DataError
from gosales.data.sources.parquet_source import ParquetSource

FRAME = pd.DataFrame({"who": ["a"], "order_date": ["2024-01-01"]})


@pytest.fixture
def files(tmp_path):
    for name in ("b", "a"):
        (tmp_path / "log" / name).mkdir(parents=True)
        FRAME.assign(sku=name).to_parquet(tmp_path / "log" / name / "x.parquet")
    return [str(tmp_path / "log" / name / "x.parquet") for name in ("a", "b")]


def test_a_folder_is_its_files_at_any_depth(files, tmp_path):
    raw = ParquetSource(str(tmp_path / "log"), columns={"customer_id": "who"}).load(tmp_path)
    assert [str(p) for p in raw.transactions] == files
    assert raw.columns == {"transactions.customer_id": "who"}
    assert (raw.customers, raw.assets) == (None, None)


def test_the_fingerprint_is_of_content_not_of_names_or_order(files, tmp_path):
    plain = ParquetSource(files).fingerprint()
    assert ParquetSource(files[::-1]).fingerprint() == plain
    assert ParquetSource(str(tmp_path / "log")).fingerprint() == plain
    assert ParquetSource(files[:1]).fingerprint() != plain
    assert ParquetSource(files, columns={"customer_id": "who"}).fingerprint() != plain
    assert ParquetSource(files, drop_duplicates=True).fingerprint() != plain
    roles = [
        ParquetSource(files[0], **{role: files[1]}).fingerprint()
        for role in ("customers", "assets")
    ]
    assert len({plain, *roles}) == 3


def test_what_is_missing_is_named(tmp_path, files):
    with pytest.raises(
        DataError, match=r"source file is missing; got no .*tx\.parquet, no .*c\.parquet"
    ):
        ParquetSource(str(tmp_path / "tx.parquet"), str(tmp_path / "c.parquet")).fingerprint()
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"got no \*\.parquet in .*empty"):
        ParquetSource(str(tmp_path / "empty")).fingerprint()


@pytest.mark.parametrize(
    "declared", [{"dtype": "number"}, {"kind": "static", "colour": 1}, "static"]
)
def test_a_declaration_that_cannot_be_read_is_refused(declared):
    with pytest.raises(ConfigError, match="attributes are declared wrongly; got size"):
        ParquetSource("x", attributes={"size": declared})


def test_renaming_files_changes_nothing(files, tmp_path):
    before = ParquetSource(str(tmp_path / "log")).fingerprint()
    (tmp_path / "log" / "a").rename(tmp_path / "log" / "z")
    assert ParquetSource(str(tmp_path / "log")).fingerprint() == before


def test_hidden_folders_are_not_part_of_the_log(files, tmp_path):
    star = tmp_path / "log" / ".gosales" / "stars"
    star.mkdir(parents=True)
    FRAME.to_parquet(star / "x.parquet")
    assert len(ParquetSource(str(tmp_path / "log")).load(tmp_path).transactions) == 2
