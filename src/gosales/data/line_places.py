"""Where each SKU of the log belongs: keys, division, family and sale type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import duckdb
import pandas as pd

from gosales.core.slug import name_key
from gosales.data.line_tally import TALLY
from gosales.data.sku_map import SkuMap

PLACES: Final = "places"
NOWHERE: Final = "Unmapped"


def place_lines(connection: duckdb.DuckDBPyConnection, sku_map: SkuMap) -> None:
    """Create the table ``places``: one row per SKU and division of the log.

    Parameters
    ----------
    connection : duckdb connection
        Holds the table ``tally``.
    sku_map : SkuMap
        Empty: the log's own division counts. A SKU it does not know keeps the log's division, or
        is in ``Unmapped``.

    Notes
    -----
    Columns sku and own_division (as the log writes them), sku_key, division, division_key,
    family, sale_type. Folding names is Python's, so each name is folded once and lines are joined
    to their place once.
    """
    table = sku_map.frame()
    connection.register("sku_map", table.astype("string"))
    _register(connection, "sku_keys", _distinct(connection, "sku"))
    own = _distinct(connection, "division")
    _register(connection, "division_keys", {*own, *table["division"].astype(str), NOWHERE})
    connection.execute(f"""
      CREATE OR REPLACE TEMP TABLE {PLACES} AS
      SELECT sku, own_division, sku_key, division, k.key AS division_key, family, sale_type
      FROM (
        SELECT l.sku, l.division AS own_division, s.key AS sku_key,
          COALESCE(routed.division, fixed.division, l.division, '{NOWHERE}') AS division,
          COALESCE(routed.family, fixed.family) AS family,
          COALESCE(routed.sale_type, fixed.sale_type) AS sale_type
        FROM (SELECT DISTINCT sku, division FROM {TALLY}) l
        LEFT JOIN sku_keys s ON s.name = l.sku
        LEFT JOIN division_keys d ON d.name = l.division
        LEFT JOIN sku_map routed ON routed.sku_key = s.key AND routed.source_key = d.key
          AND routed.source_key <> ''
        LEFT JOIN sku_map fixed ON fixed.sku_key = s.key AND fixed.source_key = ''
      ) mapped JOIN division_keys k ON k.name = mapped.division""")


def _distinct(connection: duckdb.DuckDBPyConnection, column: str) -> list[str]:
    found = connection.execute(
        f"SELECT DISTINCT {column} FROM {TALLY} WHERE {column} IS NOT NULL"
    ).fetchall()
    return [str(row[0]) for row in found]


def _register(connection: duckdb.DuckDBPyConnection, view: str, names: Iterable[str]) -> None:
    ordered = sorted(names)
    keys = pd.DataFrame({"name": ordered, "key": [name_key(name) for name in ordered]})
    connection.register(view, keys.astype("string"))
