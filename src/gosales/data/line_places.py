"""Where each SKU of the log belongs: keys, division, family and sale type."""

from __future__ import annotations

from typing import Final

import duckdb

from gosales.data.line_tally import TALLY
from gosales.data.name_keys import distinct_names, register_keys
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
    family, sale_type. Lines are joined to their place once.
    """
    table = sku_map.frame()
    connection.register("sku_map", table.astype("string"))
    register_keys(connection, "sku_keys", distinct_names(connection, TALLY, "sku"))
    own = distinct_names(connection, TALLY, "division")
    register_keys(connection, "division_keys", {*own, *table["division"].astype(str), NOWHERE})
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
