"""Every account that any fact names, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb

from gosales.core.columns import CONTACT_DATE, OPENED_DATE, ORDER_DATE, PURCHASE_DATE
from gosales.data.sql_text import literal
from gosales.data.star import ASSETS, CONTACTS, DEALS, TRANSACTIONS

SIGNS: Final = "account_signs"
# Tables that name accounts, each with its event date.
EVENTS: Final = {
    TRANSACTIONS: ORDER_DATE,
    ASSETS: PURCHASE_DATE,
    CONTACTS: CONTACT_DATE,
    DEALS: OPENED_DATE,
}


def gather_signs(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path]) -> None:
    """Create the table ``account_signs`` from the star's facts.

    Parameters
    ----------
    connection : duckdb connection
        Where it lives.
    files : mapping of str to pathlib.Path
        The star's tables; those of `EVENTS` are written.

    Notes
    -----
    Columns customer_id, first_sign (the first day on which a fact of the account had happened and
    was known), and per table of `EVENTS` its number of rows.
    """

    def counts(of: str) -> str:
        return ", ".join(f"{'COUNT(*)' if name == of else '0'} AS {name}" for name in EVENTS)

    facts = " UNION ALL ".join(
        f"SELECT customer_id, MIN(GREATEST(known_date, {event})) AS seen, {counts(name)} "
        f"FROM read_parquet({literal(str(files[name]))}) GROUP BY 1"
        for name, event in EVENTS.items()
    )
    rows = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in EVENTS)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {SIGNS} AS "
        f"SELECT customer_id, MIN(seen) AS first_sign, {rows} FROM ({facts}) GROUP BY 1"
    )
