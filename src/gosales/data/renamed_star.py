"""The same star with other names for the same accounts, invoices, assets and deals."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb

from gosales.core.columns import ASSET_ID, CUSTOMER, DEAL_ID, INVOICE, PARENT_ACCOUNT
from gosales.core.digests import digest_json
from gosales.data.staging import identifier, literal
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS, Star

_RENAMED: Final[Mapping[str, tuple[str, ...]]] = {
    TRANSACTIONS: (CUSTOMER, INVOICE),
    CUSTOMERS: (CUSTOMER, PARENT_ACCOUNT),
    ASSETS: (CUSTOMER, ASSET_ID),
    CONTACTS: (CUSTOMER,),
    DEALS: (CUSTOMER, DEAL_ID),
}
# Columns whose names are of one kind, so that equal old names stay equal.
_KIND: Final[Mapping[str, str]] = {
    CUSTOMER: "account",
    PARENT_ACCOUNT: "account",
    INVOICE: "invoice",
    ASSET_ID: "asset",
    DEAL_ID: "deal",
}


@dataclass(frozen=True)
class RenamedStar:
    """A star under other names, and the way back.

    Parameters
    ----------
    star : Star
        Every account, invoice, asset and deal has a new name; nothing else differs.
    true_names : dict of str to str
        New name of an account to its own.

    Notes
    -----
    New names sort as the old ones do, so that nothing computed from the order of accounts may
    change; the names themselves are new, so that nothing known about an account from elsewhere
    (a side file, an earlier run, the number in its id) can be joined to it.
    """

    star: Star
    true_names: dict[str, str]

    @classmethod
    def of(cls, star: Star, dest: Path, seed: int) -> RenamedStar:
        """Write the star under new names.

        Parameters
        ----------
        star : Star
            The original; it is not touched.
        dest : pathlib.Path
            Directory of the copy; replaced if it exists.
        seed : int
            Which names.
        """
        shutil.rmtree(dest, ignore_errors=True)
        dest.mkdir(parents=True)
        connection = duckdb.connect(":memory:")
        try:
            connection.execute("SET threads = 2; SET memory_limit = '2GB'")
            connection.execute("SET preserve_insertion_order = false")
            connection.execute(f"SET temp_directory = {literal(str(dest / 'spill'))}")
            true_names = _names(connection, star, seed)
            for name, columns in _RENAMED.items():
                _copy(connection, star.table(name), dest / f"{name}.parquet", columns)
        finally:
            connection.close()
            shutil.rmtree(dest / "spill", ignore_errors=True)
        manifest = replace(
            star.manifest,
            source=f"{star.manifest.source} (renamed)",
            digest=digest_json([star.digest, "renamed", seed]),
        )
        return cls(Star.seal(dest, manifest), true_names)


def _names(connection: Any, star: Star, seed: int) -> dict[str, str]:
    """Create a table ``names_<kind>`` per kind; the accounts' way back."""
    for kind in sorted(set(_KIND.values())):
        source = " UNION ALL ".join(
            f"SELECT {column} AS old FROM read_parquet({literal(str(star.table(table)))})"
            for table, columns in _RENAMED.items()
            for column in columns
            if _KIND[column] == kind
        )
        # The mark is a part of the order only after the rank, which is different for all.
        connection.execute(f"""
          CREATE TABLE names_{kind} AS
          SELECT old, format('{{:010d}}', ROW_NUMBER() OVER (ORDER BY old)) || '-'
            || md5(concat_ws('|', '{seed}', old))[:8] AS new
          FROM (SELECT DISTINCT old FROM ({source}) WHERE old IS NOT NULL)""")
    rows = connection.execute("SELECT new, old FROM names_account").fetchall()
    return {str(new): str(old) for new, old in rows}


def _copy(connection: Any, source: Path, dest: Path, columns: tuple[str, ...]) -> None:
    joins, parts = "", []
    for i, column in enumerate(columns):
        joins += f" LEFT JOIN names_{_KIND[column]} n{i} ON n{i}.old = t.{identifier(column)}"
        parts.append(f"n{i}.new AS {identifier(column)}")
    connection.execute(
        f"COPY (SELECT t.* REPLACE ({', '.join(parts)}) "
        f"FROM read_parquet({literal(str(source))}) t {joins}) "
        f"TO {literal(str(dest))} (FORMAT parquet)"
    )
