"""A star is finished, and of this version, or it is not opened."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from tests.support.tiny_star import make_star

from gosales.core.errors import DataError
from gosales.data.star import Star

LINES = pd.DataFrame(
    {"customer_id": ["c"], "order_date": ["2024-01-01"], "sku": ["A"], "quantity": [1]}
)


def test_what_was_sealed_is_opened_again(tmp_path):
    star = make_star(tmp_path / "star", LINES)
    assert Star.open(star.path) == star


def test_a_star_of_another_schema_asks_for_ingest(tmp_path):
    star = make_star(tmp_path / "star", LINES)
    file = star.path / "star.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["schema_version"] = 1
    file.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(DataError, match="another version of gosales.*schema 1; allowed: schema 2"):
        Star.open(star.path)


def test_a_folder_without_a_manifest_is_not_a_star(tmp_path):
    with pytest.raises(DataError, match="not a finished star"):
        Star.open(tmp_path)
