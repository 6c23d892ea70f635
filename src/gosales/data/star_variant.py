"""The same star without a future, and with a false one: what a view may not depend on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import ibis

from gosales.core.columns import (
    AMOUNT,
    CLOSED_DATE,
    CONTACT_DATE,
    CUSTOMER,
    FIRST_KNOWN_DATE,
    KNOWN_DATE,
    OPENED_DATE,
    ORDER_DATE,
    PURCHASE_DATE,
    STAGE,
)
from gosales.core.digests import digest_json
from gosales.core.timeline import Cutoff, Window
from gosales.data.false_future import FalseFuture
from gosales.data.staging import identifier, literal
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TABLES, TRANSACTIONS, Star

_KNOWN: Final[dict[str, tuple[str, ...]]] = {
    TRANSACTIONS: (ORDER_DATE, KNOWN_DATE),
    CUSTOMERS: (FIRST_KNOWN_DATE,),
    ASSETS: (PURCHASE_DATE, KNOWN_DATE),
    CONTACTS: (CONTACT_DATE, KNOWN_DATE),
    DEALS: (OPENED_DATE, KNOWN_DATE),
}
_HAPPENED: Final[dict[str, tuple[str, ...]]] = {
    TRANSACTIONS: (ORDER_DATE,),
    CUSTOMERS: (FIRST_KNOWN_DATE,),
    ASSETS: (PURCHASE_DATE,),
    CONTACTS: (CONTACT_DATE,),
    DEALS: (OPENED_DATE,),
}
# What was known of the kept deals: nothing of an end that was still to come.
_DEALS_THEN: Final = (
    f"SELECT * FROM closed_{DEALS} UNION ALL SELECT * REPLACE "
    f"(NULL AS {CLOSED_DATE}, 'open' AS {STAGE}, NULL AS {AMOUNT}) FROM open_{DEALS}"
)

# Accounts of kept facts: none but where facts are kept that were learned of later.
_LEARNED_OF_LATER: Final = f"SELECT * FROM later_{CUSTOMERS} WHERE {CUSTOMER} IN (" + (
    " UNION ALL ".join(f"SELECT {CUSTOMER} FROM kept_{n}" for n in TABLES if n != CUSTOMERS) + ")"
)


def truncate(star: Star, cutoff: Cutoff, dest: Path) -> Star:
    """The star as it would have been exported at the cutoff.

    Parameters
    ----------
    star : Star
        The original; it is not touched.
    cutoff : Cutoff
        Lines, assets, contacts and deals that had not happened or were not known by then are
        gone, and so are accounts first known later. Deals closed later are open.
    dest : pathlib.Path
        Directory of the copy; replaced if it exists.

    Returns
    -------
    Star
        Its last day is the cutoff, or the original's if that is earlier.
    """
    return _truncated(star, cutoff, dest, _KNOWN)


def truncate_after(star: Star, window_end: Cutoff, dest: Path) -> Star:
    """As `truncate`, but for labels: only what happened after the end of their window is gone.

    An outcome counts whenever the business learned of it, so lines ordered by ``window_end`` stay
    even when they became known later, and so do their accounts.

    Parameters
    ----------
    star : Star
        The original; it is not touched.
    window_end : Cutoff
        Last day of the label window.
    dest : pathlib.Path
        Directory of the copy; replaced if it exists.
    """
    return _truncated(star, window_end, dest, _HAPPENED)


def poison(star: Star, cutoff: Cutoff, dest: Path, seed: int) -> Star:
    """The star with every fact that was not known at the cutoff made false.

    Lines, assets, contacts and deals that had not happened or were not known by the cutoff get
    another account, another SKU or division and a thousandfold amount of either sign; false ones
    are added on each of the 200 days after it, for known and for invented accounts, some that
    happened before and were learned of after, some learned of before and happening after. The end
    of every deal open at the cutoff is made up anew. Accounts first known later and snapshot
    attributes that are not waived are scrambled. Everything known at the cutoff stays as it was,
    bit by bit.

    Parameters
    ----------
    star : Star
        The original; it is not touched.
    cutoff : Cutoff
        The last day of truth.
    dest : pathlib.Path
        Directory of the copy; replaced if it exists.
    seed : int
        Which false future.
    """
    return _poisoned(star, cutoff, dest, FalseFuture(seed, learned_late=True))


def poison_after(star: Star, window_end: Cutoff, dest: Path, seed: int) -> Star:
    """As `poison`, but for labels: only what happened after the end of their window is false.

    An outcome counts whenever the business learned of it, so lines ordered by ``window_end`` stay
    as they were even when they became known later.

    Parameters
    ----------
    star : Star
        The original; it is not touched.
    window_end : Cutoff
        Last day of the label window.
    dest : pathlib.Path
        Directory of the copy; replaced if it exists.
    seed : int
        Which false future.
    """
    return _poisoned(star, window_end, dest, FalseFuture(seed, learned_late=False))


def _truncated(star: Star, cutoff: Cutoff, dest: Path, columns: dict[str, tuple[str, ...]]) -> Star:
    with _cut(star, cutoff, dest, columns) as connection:
        for name in TABLES:
            query = f"SELECT * FROM {_view('kept', name)}"
            if name == CUSTOMERS:
                query += f" UNION ALL {_LEARNED_OF_LATER}"
            _save(connection, _DEALS_THEN if name == DEALS else query, dest, name)
    last = min(Cutoff(star.last_date), cutoff)
    kind = "truncated" if columns is _KNOWN else "truncated_after"
    return _seal(star, dest, last, kind, cutoff)


def _poisoned(star: Star, cutoff: Cutoff, dest: Path, future: FalseFuture) -> Star:
    columns = _KNOWN if future.learned_late else _HAPPENED
    with _cut(star, cutoff, dest, columns) as connection:
        future.prepare(connection, cutoff, star.manifest.attributes)
        for name in TABLES:
            _save(connection, future.query(name), dest, name)
    kind = f"poisoned{'' if future.learned_late else '_after'}:{future.seed}"
    last = max(Cutoff(star.last_date), future.last_day(cutoff))
    return _seal(star, dest, last, kind, cutoff)


@contextmanager
def _cut(
    star: Star, cutoff: Cutoff, dest: Path, columns: dict[str, tuple[str, ...]]
) -> Iterator[Any]:
    """A connection with the views ``kept_<table>`` and ``later_<table>``.

    The kept deals are also split into ``closed_deals`` and ``open_deals``, as of the cutoff.
    """
    shutil.rmtree(dest, ignore_errors=True)
    dest.mkdir(parents=True)
    backend = ibis.duckdb.connect(":memory:")
    backend.raw_sql("SET threads = 2; SET memory_limit = '2GB'")
    backend.raw_sql(f"SET temp_directory = {literal(str(dest / 'spill'))}")
    backend.raw_sql("SET preserve_insertion_order = false")
    known = Window(None, cutoff.day)
    for name in TABLES:
        table = backend.read_parquet(str(star.table(name)))
        kept = ibis.and_(*(known.predicate(table[c]).fill_null(False) for c in columns[name]))
        backend.create_view(f"kept_{name}", table.filter(kept))
        backend.create_view(f"later_{name}", table.filter(~kept))
    deals = backend.table(f"kept_{DEALS}")
    closed = known.predicate(deals[CLOSED_DATE]).fill_null(False)
    backend.create_view(f"closed_{DEALS}", deals.filter(closed))
    backend.create_view(f"open_{DEALS}", deals.filter(~closed))
    try:
        yield backend.con
    finally:
        backend.disconnect()
        shutil.rmtree(dest / "spill", ignore_errors=True)


def _view(part: str, name: str) -> str:
    return identifier(f"{part}_{name}")


def _save(connection: Any, query: str, dest: Path, name: str) -> None:
    path = literal(str(dest / f"{name}.parquet"))
    connection.execute(f"COPY ({query}) TO {path} (FORMAT parquet)")


def _seal(star: Star, dest: Path, last: Cutoff, kind: str, cutoff: Cutoff) -> Star:
    import pyarrow.parquet as pq

    old = star.manifest
    digests = {n: digest_json([d, kind, str(cutoff)]) for n, d in sorted(old.table_digests.items())}
    rows = {n: int(pq.read_metadata(dest / f"{n}.parquet").num_rows) for n in TABLES}
    manifest = replace(
        old,
        source=f"{old.source} ({kind} at {cutoff})",
        digest=digest_json([old.digest, kind, str(cutoff)]),
        table_digests=digests,
        rows=rows,
        last_date=last.day,
    )
    return Star.seal(dest, manifest)
