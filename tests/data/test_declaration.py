from __future__ import annotations

import pytest

from gosales.core.errors import ConfigError
from gosales.data.declaration import Declaration
from gosales.data.sources.parquet_source import ParquetSource


def declared(**options):
    return Declaration.of(ParquetSource("x", **options), division_from_log=True)


def test_everything_wrong_is_named_at_once():
    attributes = {"a": {"kind": "solid"}, "b": {"kind": "static", "dtype": "text"},
                  "rep": {"kind": "static"}, "fine": {"kind": "static"}}  # fmt: skip
    with pytest.raises(ConfigError, match="is declared wrongly") as caught:
        declared(attributes=attributes, label_measure="profit")
    said = str(caught.value)
    for part in ("a: kind=solid", "b: kind=static, dtype=text", "rep has a meaning of its own",
                 "label_measure=profit"):  # fmt: skip
        assert part in said
    assert "fine" not in said


@pytest.mark.parametrize(
    "attribute",
    [{"kind": "static", "waived": True}, {"kind": "snapshot", "waived": "false"}],
)
def test_a_waiver_is_plain_and_of_a_snapshot(attribute):
    with pytest.raises(ConfigError, match="a: waived=.*true only for a snapshot"):
        declared(attributes={"a": attribute})


def test_only_a_log_without_a_map_must_name_its_divisions():
    source = ParquetSource("x")
    for own in (True, False):
        columns = Declaration.of(source, division_from_log=own).columns()["fact_transactions"]
        assert {c.name: c.needed for c in columns}["division"] is own
