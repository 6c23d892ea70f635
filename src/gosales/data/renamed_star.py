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

_SHARED: Final = 10  # accounts, or what is no digit in an id may name one
_ROOM: Final = 8  # numbers for each id, or all get one digit more
_DIGITS: Final = 30  # more do not fit a HUGEINT with one more
_MARKS: Final = r"length(regexp_replace(substr(shape, 1, i), '[^\x01]', '', 'g'))"
# Of the table ids: new names for those with digits. A shape is the id with a mark for each digit, a
# kind is the shape with a mark for each run of digits. Ids of one shape divide the numbers from the
# least of their length to the greatest among them into equal parts, one each, in their order.
_SHAPED: Final = f"""
  WITH split AS (
    SELECT old, who, regexp_replace(old, '[0-9]', chr(1), 'g') AS shape,
      regexp_replace(old, '[0-9]+', chr(1), 'g') AS kind,
      regexp_replace(old, '[^0-9]', '', 'g') AS digits
    FROM ids WHERE regexp_matches(old, '[0-9]')),
  shared AS (
    SELECT *, digits::HUGEINT AS number, length(digits) AS n FROM split
    WHERE length(digits) <= {_DIGITS} AND kind IN (
      SELECT kind FROM split GROUP BY kind HAVING count(DISTINCT who) >= {_SHARED})),
  shapes AS (
    SELECT shape, any_value(kind) AS kind, count(*) AS ids, max(number) AS most,
      CASE WHEN bool_or(digits[1] = '0') THEN 0::HUGEINT
        ELSE ('1' || repeat('0', any_value(n)::BIGINT - 1))::HUGEINT END AS least
    FROM shared GROUP BY shape),
  kinds AS (
    SELECT kind, CASE WHEN min((most - least + 1) // ids) < {_ROOM} THEN 1 ELSE 0 END AS more
    FROM shapes GROUP BY kind),
  parts AS (
    SELECT shape, more, CASE WHEN more = 1 THEN least * 10 ELSE least END AS least,
      CASE WHEN more = 1 THEN (most - least + 1) * 10 ELSE most - least + 1 END // ids AS width
    FROM shapes JOIN kinds USING (kind)),
  drawn AS (
    SELECT s.*, p.more, p.width,
      md5_number_lower(concat_ws('|', '{{seed}}', s.old))::HUGEINT % p.width AS place,
      p.least + p.width * (ROW_NUMBER() OVER (PARTITION BY s.shape ORDER BY s.digits) - 1) AS start
    FROM shared s JOIN parts p USING (shape)),
  numbered AS (
    SELECT *, lpad((start + CASE WHEN start + place <> number OR more = 1 THEN place
      ELSE (place + 1) % width END)::VARCHAR, n::INTEGER + more, '0') AS fresh FROM drawn)
  SELECT old, array_to_string([
    CASE WHEN substr(shape, i, 1) <> chr(1) THEN substr(shape, i, 1)
      WHEN {_MARKS} = 1 THEN substr(fresh, 1, 1 + more)
      ELSE substr(fresh, {_MARKS} + more, 1) END
    FOR i IN range(1, length(shape) + 1)], '') AS new FROM numbered"""


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
    New names of accounts sort as the old ones do, so that nothing computed from the order of
    accounts may change; the names themselves are new, so that nothing known about an account from
    elsewhere (a side file, an earlier run, the number in its id) can be joined to it. What an
    account's id begins with is a part of its name: it goes too.

    Invoices, assets and deals keep what is no digit, as ``C`` for credit notes, and how many
    digits there are; their digits are others and sort as before among ids of one shape. Where
    numbers of that length leave no room for other ones, all ids of the kind get one digit more.
    Ids whose kind fewer than ten accounts share, and ids without digits, get a name as accounts
    do: what is no digit in them may name the account.
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
            f"SELECT {column} AS old, {CUSTOMER} AS who FROM read_parquet("
            f"{literal(str(star.table(table)))})"
            for table, columns in _RENAMED.items()
            for column in columns
            if _KIND[column] == kind
        )
        connection.execute(f"""
          CREATE OR REPLACE TABLE ids AS
          SELECT old, count(DISTINCT who) AS owners, any_value(who) AS who
          FROM ({source}) WHERE old IS NOT NULL GROUP BY old""")
        shaped = _SHAPED if kind != _KIND[CUSTOMER] else "SELECT NULL AS old, NULL AS new LIMIT 0"
        # The mark is a part of the order only after the rank, which is different for all.
        connection.execute(f"""
          CREATE TABLE names_{kind} AS
          SELECT i.old, COALESCE(s.new, format('{{:010d}}', ROW_NUMBER() OVER (ORDER BY i.old))
            || '-' || md5(concat_ws('|', '{seed}', i.old))[:8]) AS new
          FROM ids i LEFT JOIN ({shaped.format(seed=seed)}) s ON s.old = i.old""")
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
