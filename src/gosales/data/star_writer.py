"""The star's tables but the lines, written from staged views that passed their contract."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from gosales.data.account_signs import SIGNS
from gosales.data.hierarchy import top_accounts
from gosales.data.name_keys import distinct_names, register_keys
from gosales.data.staging import StagedTable, identifier, literal
from gosales.data.star import CUSTOMERS, Attribute
from gosales.data.table_schema import SQL_TYPE


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
        its first line, asset, contact or deal.
    table : StagedTable or None
        The accounts; None when the log has no such table.
    attributes : mapping of str to Attribute
        Declared attributes, all present in the table.
    path : pathlib.Path
        The Parquet file.

    Notes
    -----
    An account without a date and without any sign has no ``first_known_date``: no view ever
    shows it. ``parent_account_id`` is the top of the account's chain (`hierarchy`), null for an
    account at the top.
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
    parent, chains = "NULL::VARCHAR", ""
    if "parent_account_id" in present:
        parent = "h.top"
        chains = f"LEFT JOIN ({top_accounts(accounts)}) h ON h.account = c.customer_id"
    rep = "c.rep" if "rep" in present else "NULL::VARCHAR"
    connection.execute(f"""
      COPY (
        SELECT COALESCE(c.customer_id, t.customer_id) AS customer_id,
          LEAST({first}, t.first_sign) AS first_known_date,
          {parent} AS parent_account_id, {rep} AS rep{extra}
        FROM {accounts} c {chains}
        FULL JOIN {SIGNS} t ON t.customer_id = c.customer_id
      ) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)""")


def write_assets(
    connection: duckdb.DuckDBPyConnection, table: StagedTable | None, path: Path
) -> None:
    """Write ``assets``; empty, with all its columns, when the log has none."""
    present = _columns(table)
    source = _staged(table)
    purchase = _or_null("purchase_date", present, "DATE")
    register_keys(connection, "asset_keys", _names(connection, table, "sku"))
    connection.execute(f"""
      COPY (
        SELECT {_or_null("asset_id", present, "VARCHAR")} AS asset_id,
          {_or_null("customer_id", present, "VARCHAR")} AS customer_id,
          {_or_null("sku", present, "VARCHAR")} AS sku, k.key AS sku_key,
          COALESCE({_or_null("rollup", present, "VARCHAR")}, {_or_null("sku", present, "VARCHAR")})
            AS rollup,
          {purchase} AS purchase_date,
          COALESCE({_or_null("known_date", present, "DATE")}, {purchase}) AS known_date,
          {_or_null("expiry_date", present, "DATE")} AS expiry_date,
          COALESCE({_or_null("is_subscription", present, "BOOLEAN")}, FALSE) AS is_subscription,
          COALESCE({_or_null("quantity", present, "DOUBLE")}, 1.0) AS quantity
        FROM {source} LEFT JOIN asset_keys k ON k.name = {_or_null("sku", present, "VARCHAR")}
      ) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)""")


def write_contacts(
    connection: duckdb.DuckDBPyConnection, table: StagedTable | None, path: Path
) -> None:
    """Write ``contacts``; empty, with all its columns, when the log has none."""
    present = _columns(table)
    day = _or_null("contact_date", present, "DATE")
    connection.execute(f"""
      COPY (
        SELECT {_or_null("customer_id", present, "VARCHAR")} AS customer_id,
          {day} AS contact_date,
          COALESCE({_or_null("known_date", present, "DATE")}, {day}) AS known_date,
          {_or_null("channel", present, "VARCHAR")} AS channel,
          {_or_null("rep", present, "VARCHAR")} AS rep
        FROM {_staged(table)}
      ) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)""")


def write_deals(
    connection: duckdb.DuckDBPyConnection, table: StagedTable | None, path: Path
) -> None:
    """Write ``deals``; empty, with all its columns, when the log has none.

    Divisions are keyed as those of the lines are, so that a deal meets its division's target.
    """
    present = _columns(table)
    opened = _or_null("opened_date", present, "DATE")
    division = _or_null("division", present, "VARCHAR")
    register_keys(connection, "deal_keys", _names(connection, table, "division"))
    connection.execute(f"""
      COPY (
        SELECT {_or_null("deal_id", present, "VARCHAR")} AS deal_id,
          {_or_null("customer_id", present, "VARCHAR")} AS customer_id,
          {division} AS division, k.key AS division_key,
          {opened} AS opened_date,
          COALESCE({_or_null("known_date", present, "DATE")}, {opened}) AS known_date,
          {_or_null("closed_date", present, "DATE")} AS closed_date,
          LOWER({_or_null("stage", present, "VARCHAR")}) AS stage,
          {_or_null("amount", present, SQL_TYPE["money"])} AS amount
        FROM {_staged(table)} LEFT JOIN deal_keys k ON k.name = {division}
      ) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)""")


def _staged(table: StagedTable | None) -> str:
    return "(SELECT 1 WHERE FALSE)" if table is None else identifier(f"staged_{table.name}")


def _names(
    connection: duckdb.DuckDBPyConnection, table: StagedTable | None, column: str
) -> list[str]:
    return distinct_names(connection, _staged(table), column) if column in _columns(table) else []
