"""From a source to a sealed star: staged, checked, mapped, written at once or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
from filelock import FileLock

from gosales.core.digests import digest_json
from gosales.core.errors import ConfigError, DataError
from gosales.core.progress import Progress
from gosales.core.slug import slug
from gosales.data.contract import check_contract
from gosales.data.declaration import Declaration
from gosales.data.ingest_result import IngestResult
from gosales.data.reconciliation import reconcile
from gosales.data.sku_map import SkuMap
from gosales.data.source import RawTables, Source
from gosales.data.staging import StagedTable, identifier, literal, stage
from gosales.data.star import (
    ASSETS,
    CONTACTS,
    CUSTOMERS,
    DEALS,
    TABLES,
    TRANSACTIONS,
    Star,
    StarManifest,
)
from gosales.data.star_writer import (
    write_assets,
    write_contacts,
    write_customers,
    write_deals,
    write_transactions,
)
from gosales.data.table_digest import table_digest
from gosales.data.wide_log import WideLog

__all__ = ["IngestResult", "ingest"]

# Changes whenever the same input would give another star.
_LAYOUT: Final = "3"
_MEASURE_COLUMN: Final = {"gp": "gross_profit", "revenue": "revenue", "quantity": "quantity"}


def ingest(source: Source, sku_map: SkuMap, root: Path, progress: Progress) -> IngestResult:
    """Turn a source into a star, or find the star an equal input made before.

    Parameters
    ----------
    source : Source
        Where the raw tables are.
    sku_map : SkuMap
        Divisions, families and sale types; empty when the log names its own divisions.
    root : pathlib.Path
        Parent of the stars; one directory per content digest.
    progress : Progress
        Listener.

    Returns
    -------
    IngestResult

    Raises
    ------
    ConfigError
        If the source's declarations are wrong.
    DataError
        If a file is missing, unreadable, or the contract is broken; nothing is left half-written.

    Notes
    -----
    One ingest at a time per root, under a file lock; a star appears by one rename.
    """
    declared = Declaration.of(source, division_from_log=sku_map.is_empty)
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / ".lock"):
        _forget_abandoned(root)
        scratch = Path(tempfile.mkdtemp(prefix=".tmp-", dir=root))
        try:
            mark = source.fingerprint(scratch)
            identity = digest_json([_LAYOUT, mark, declared, sku_map.digest])
            note = root / "inputs" / f"{identity}.json"
            found = _known(note, root)
            if found is not None:
                return found
            progress.say(f"ingest {source.name}")
            result = _build(_Job(source, declared, sku_map, root), scratch)
            _remember(note, result)
        except (duckdb.Error, OSError) as error:
            raise DataError(
                "the log cannot be ingested",
                got=str(error).splitlines()[0],
                allowed="room on the disk and whole source files",
                remedy="free room, or check the source",
                reason_code="ingest_failed",
            ) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    rows = result.star.manifest.rows
    progress.say(f"{rows[TRANSACTIONS]:,} lines, {rows[CUSTOMERS]:,} accounts")
    return result


@dataclass(frozen=True)
class _Job:
    source: Source
    declared: Declaration
    sku_map: SkuMap
    root: Path


def _remember(note: Path, result: IngestResult) -> None:
    note.parent.mkdir(exist_ok=True)
    temporary = note.with_suffix(".tmp")
    text = json.dumps({"star": result.star.path.name, "facts": result.facts}, default=str)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(note)


def _known(note: Path, root: Path) -> IngestResult | None:
    if not note.is_file():
        return None
    said = json.loads(note.read_text(encoding="utf-8"))
    folder = root / said["star"]
    if not (folder / "star.json").is_file():
        return None
    return IngestResult(Star.open(folder), reused=True, facts=said["facts"])


def _forget_abandoned(root: Path) -> None:
    # The lock is ours, so whatever scratch is here belongs to a process that was killed.
    for folder in root.glob(".tmp-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _build(job: _Job, scratch: Path) -> IngestResult:
    raw = job.source.load(scratch)
    made = scratch / "star"
    made.mkdir()
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2; SET memory_limit = '2GB'")
        connection.execute("SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
        connection.execute(f"SET temp_directory = {literal(str(scratch / 'spill'))}")
        manifest, facts = _write(connection, job, raw, made)
    Star.seal(made, manifest)
    final = job.root / manifest.digest[:16]
    if not (final / "star.json").is_file():
        shutil.rmtree(final, ignore_errors=True)
        made.replace(final)
    return IngestResult(Star.open(final), reused=False, facts=facts)


def _write(
    connection: duckdb.DuckDBPyConnection, job: _Job, raw: RawTables, made: Path
) -> tuple[StarManifest, dict[str, Any]]:
    wide = None
    if raw.wide is not None:
        target = made.parent / "transactions-long.parquet"
        wide = WideLog.read(connection, raw, raw.wide, job.sku_map, target)
        raw = wide.raw
    tables = _staged(connection, job, raw)
    files = {name: made / f"{name}.parquet" for name in TABLES}
    _admit_lines(connection, tables[TRANSACTIONS], drop_duplicates=raw.drop_duplicates)
    write_transactions(connection, tables[TRANSACTIONS], job.sku_map, files[TRANSACTIONS])
    write_assets(connection, tables.get(ASSETS), files[ASSETS])
    write_contacts(connection, tables.get(CONTACTS), files[CONTACTS])
    write_deals(connection, tables.get(DEALS), files[DEALS])
    write_customers(connection, tables.get(CUSTOMERS), job.declared.attributes, files)
    has_map = not job.sku_map.is_empty
    facts = reconcile(connection, tables, files, has_map=has_map)
    if wide is not None:
        facts["left_out"] = dict(wide.left_out)
        ignored = [f"{TRANSACTIONS}.{column}" for column in wide.ignored]
        facts["ignored"] = sorted([*facts["ignored"], *ignored])
    return _manifest(connection, job, files), facts


def _manifest(
    connection: duckdb.DuckDBPyConnection, job: _Job, files: Mapping[str, Path]
) -> StarManifest:
    first, last = _span(connection, files[TRANSACTIONS])
    measure = _measure(connection, job.declared.label_measure, files[TRANSACTIONS])
    found = {name: table_digest(connection, path) for name, path in files.items()}
    digests = {name: digest for name, (digest, _) in found.items()}
    attributes = dict(job.declared.attributes)
    return StarManifest(
        source=job.source.name,
        digest=digest_json([digests, attributes, measure]),
        table_digests=digests,
        rows={name: rows for name, (_, rows) in found.items()},
        first_date=first,
        last_date=last,
        label_measure=measure,
        attributes=attributes,
    )


def _staged(
    connection: duckdb.DuckDBPyConnection, job: _Job, raw: RawTables
) -> dict[str, StagedTable]:
    """Every table of the log as a typed view, its contract checked."""
    columns = job.declared.columns()
    if job.declared.attributes and raw.customers is None:
        raise DataError(
            "attributes are declared but there is no account table",
            got=", ".join(job.declared.attributes),
            allowed="a table with these columns",
            remedy="give data.customers, or data.attributes={}",
            reason_code="missing_attribute",
        )
    staged = {}
    for name, prefix, paths in (
        (TRANSACTIONS, "transactions.", list(raw.transactions)),
        (CUSTOMERS, "customers.", [raw.customers] if raw.customers else []),
        (ASSETS, "assets.", [raw.assets] if raw.assets else []),
        (CONTACTS, "contacts.", [raw.contacts] if raw.contacts else []),
        (DEALS, "deals.", [raw.deals] if raw.deals else []),
    ):
        if paths or name == TRANSACTIONS:
            mapping = {
                k.removeprefix(prefix): v for k, v in raw.columns.items() if k.startswith(prefix)
            }
            _check_mapping(name, mapping, [c.name for c in columns[name]])
            staged[name] = stage(connection, name, paths, columns[name], mapping, raw.formats)
    report = job.root / "violations" / f"{slug(job.source.name)}.csv"
    check_contract(connection, list(staged.values()), columns, raw.date_bounds, report)
    return staged


def _check_mapping(table: str, mapping: Mapping[str, str], known: Sequence[str]) -> None:
    unknown = sorted(set(mapping) - set(known))
    if unknown:
        raise ConfigError(
            f"columns are mapped that {table} does not have",
            got=", ".join(f"{name}={mapping[name]}" for name in unknown),
            allowed=", ".join(known),
            remedy="write data.columns as {canonical: yours}, for example {order_date: Date}",
            reason_code="unknown_column",
        )


def _admit_lines(
    connection: duckdb.DuckDBPyConnection, table: StagedTable, *, drop_duplicates: bool
) -> None:
    """The view ``lines``: what goes into the star."""
    names = ", ".join(identifier(c.name) for c in table.columns)
    what = f"{'DISTINCT ' if drop_duplicates else ''}{names}"
    view = identifier(f"staged_{TRANSACTIONS}")
    connection.execute(f"CREATE OR REPLACE VIEW lines AS SELECT {what} FROM {view}")


def _measure(connection: duckdb.DuckDBPyConnection, declared: str, path: Path) -> str:
    counts = ", ".join(f"COUNT({column})" for column in _MEASURE_COLUMN.values())
    found = connection.execute(
        f"SELECT {counts} FROM read_parquet({literal(str(path))})"
    ).fetchone() or (0, 0, 0)
    known = [m for m, n in zip(_MEASURE_COLUMN, found, strict=True) if n]
    if declared == "auto":
        return next(m for m in ("gp", "quantity", "revenue") if m in known)
    if declared not in known:
        raise DataError(
            "the log does not hold the measure that labels are to sum",
            got=f"label_measure={declared}, but {_MEASURE_COLUMN[declared]} is never given",
            allowed=", ".join(["auto", *known]),
            remedy="set data.label_measure, or map the column",
            reason_code="missing_measure",
        )
    return declared


def _span(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[date, date]:
    found = connection.execute(
        f"SELECT MIN(order_date), MAX(order_date) FROM read_parquet({literal(str(path))})"
    ).fetchone()
    if not found or found[0] is None:
        raise DataError(
            "the log has no lines",
            got="an empty transactions table",
            allowed="one line or more",
            remedy="check data.transactions",
            reason_code="empty_log",
        )
    return found[0], found[1]
