"""The star's accounts and assets, written from staged views that passed their contract."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from gosales.data.account_signs import SIGNS
from gosales.data.staging import StagedTable, identifier, literal
from gosales.data.star import ASSETS, CUSTOMERS, Attribute


def _columns(table: StagedTable | None) -> set[str]:
    return set() if table is None else {c.name for c in table.columns}


def _or_null(name: str, present: set[str], kind: str) -> str:
    value = identifier(name) if name in present else "NULL"
    return f"CAST({value} AS {kind})"


def write_customers(
    connection: duckdb.DuckDBPyConnection,
    table: StagedTable | None,
    attributes: Mapping[str, Attribute],
    path: Path,
) -> None:
    """Write ``dim_customer``: every account of any table, known since its earliest sign.

    Parameters
    ----------
    connection : duckdb connection
        Holds the staged view and the table ``account_signs``: an account is known at latest with
        its first line or asset.
    table : StagedTable or None
        The accounts; None when the log has no such table.
    attributes : mapping of str to Attribute
        Declared attributes, all present in the table.
    path : pathlib.Path
        The Parquet file.

    Notes
    -----
    An account with neither a date nor a line nor an asset has no ``first_known_date``: no view
    ever shows it.
    """
    present = _columns(table)
    extra = "".join(
        f", CAST(c.{identifier(n)} AS {'DOUBLE' if a.dtype == 'number' else 'VARCHAR'}) "
        f"AS {identifier(n)}"
        for n, a in attributes.items()
    )
    accounts = (
        "(SELECT NULL::VARCHAR AS customer_id WHERE FALSE)"
        if table is None
        else identifier(f"staged_{CUSTOMERS}")
    )
    first = "c.first_known_date" if "first_known_date" in present else "NULL::DATE"
    parent = "c.parent_account_id" if "parent_account_id" in present else "NULL::VARCHAR"
    rep = "c.rep" if "rep" in present else "NULL::VARCHAR"
    connection.execute(f"""
      COPY (
        SELECT COALESCE(c.customer_id, t.customer_id) AS customer_id,
          LEAST({first}, t.first_sign) AS first_known_date,
          {parent} AS parent_account_id, {rep} AS rep{extra}
        FROM {accounts} c
        FULL JOIN {SIGNS} t ON t.customer_id = c.customer_id
      ) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)""")


def write_assets(
    connection: duckdb.DuckDBPyConnection, table: StagedTable | None, path: Path
) -> None:
    """Write ``assets``; empty, with all its columns, when the log has none."""
    present = _columns(table)
    source = "(SELECT 1 WHERE FALSE)" if table is None else identifier(f"staged_{ASSETS}")
    purchase = _or_null("purchase_date", present, "DATE")
    connection.execute(f"""
      COPY (
        SELECT {_or_null("asset_id", present, "VARCHAR")} AS asset_id,
          {_or_null("customer_id", present, "VARCHAR")} AS customer_id,
          {_or_null("sku", present, "VARCHAR")} AS sku,
          COALESCE({_or_null("rollup", present, "VARCHAR")}, {_or_null("sku", present, "VARCHAR")})
            AS rollup,
          {purchase} AS purchase_date,
          COALESCE({_or_null("known_date", present, "DATE")}, {purchase}) AS known_date,
          {_or_null("expiry_date", present, "DATE")} AS expiry_date,
          COALESCE({_or_null("is_subscription", present, "BOOLEAN")}, FALSE) AS is_subscription,
          COALESCE({_or_null("quantity", present, "DOUBLE")}, 1.0) AS quantity
        FROM {source}
      ) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)""")
