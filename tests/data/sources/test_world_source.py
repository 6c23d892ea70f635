from __future__ import annotations

import duckdb

from gosales.core.progress import SilentProgress
from gosales.data.ingest import ingest
from gosales.data.sku_map import SkuMap
from gosales.data.sources.world_source import WorldSource
from gosales.data.star import TRANSACTIONS
from gosales.data.world.world import World

SMALL = {"n_accounts": 40, "start": "2024-01-01", "end": "2024-12-31"}


def test_a_world_passes_its_contract_and_equal_parameters_give_one_star(tmp_path):
    source = WorldSource(World(**SMALL), {"size": {"kind": "static", "dtype": "number"}})
    first = ingest(source, SkuMap(), tmp_path / "a", SilentProgress())
    again = ingest(source, SkuMap(), tmp_path / "b", SilentProgress())
    assert first.star.digest == again.star.digest
    assert first.star.manifest.label_measure == "gp"
    assert all(first.star.manifest.rows.values())
    divisions = duckdb.sql(f"SELECT DISTINCT division FROM '{first.star.table(TRANSACTIONS)}'")
    assert "Solidworks" in {row[0] for row in divisions.fetchall()}


def test_the_fingerprint_is_of_the_parameters():
    one, two = (WorldSource(World(**SMALL, seed=seed)).fingerprint() for seed in (1, 2))
    assert one != two
    assert WorldSource(World(**SMALL, seed=1)).fingerprint() == one
