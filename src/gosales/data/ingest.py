"""From a source to a sealed star: staged, checked, mapped, written at once or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
from filelock import FileLock

from gosales.core.digests import digest_json
from gosales.core.errors import DataError
from gosales.core.progress import Progress
from gosales.core.slug import slug
from gosales.data.account_signs import gather_signs
from gosales.data.contract import Contract
from gosales.data.contract_check import Breach, find_breaches
from gosales.data.declaration import Declaration
from gosales.data.ingest_facts import ingest_facts
from gosales.data.ingest_result import IngestResult
from gosales.data.line_balance import LineBalance
from gosales.data.line_exclusions import exclude_copies, start_exclusions
from gosales.data.line_places import place_lines
from gosales.data.line_writer import LINES, place_view, write_lines
from gosales.data.query_watch import watched
from gosales.data.raw_staging import StagedLog, stage_log
from gosales.data.sku_map import SkuMap
from gosales.data.source import Source
from gosales.data.staging import literal
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
from gosales.data.star_writer import write_assets, write_contacts, write_customers, write_deals
from gosales.data.table_digest import TableDigest, table_digest
from gosales.data.violations import Violations

__all__ = ["IngestResult", "ingest"]

# Changes whenever the same input would give another star, or other facts about it.
_LAYOUT: Final = "5"
_MEASURE_COLUMN: Final = {"gp": "gross_profit", "revenue": "revenue", "quantity": "quantity"}


def ingest(
    source: Source,
    sku_map: SkuMap,
    root: Path,
    progress: Progress,
    contract: Contract | None = None,
) -> IngestResult:
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
    contract : Contract, optional
        What happens to rows that break a rule; strict by default.

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
    terms = contract or Contract()
    declared = Declaration.of(source, division_from_log=sku_map.is_empty)
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / ".lock"):
        _forget_abandoned(root)
        scratch = Path(tempfile.mkdtemp(prefix=".tmp-", dir=root))
        try:
            mark = source.fingerprint(scratch)
            identity = digest_json([_LAYOUT, mark, declared, sku_map.digest, terms])
            note = root / "inputs" / f"{identity}.json"
            found = _known(note, root)
            if found is not None:
                return found
            progress.say(f"ingest {source.name}")
            result = _build(_Job(source, declared, sku_map, root, terms, progress), scratch)
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
    contract: Contract
    progress: Progress

    @property
    def violations(self) -> Violations:
        return Violations(self.root / "violations", slug(self.source.name))


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
        # Two cores are what an ingest is promised; DuckDB spills beyond the memory.
        connection.execute("SET threads = 2; SET memory_limit = '2GB'")
        connection.execute("SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
        connection.execute(f"SET temp_directory = {literal(str(scratch / 'spill'))}")
        log = stage_log(connection, raw, job.declared, job.sku_map, scratch)
        manifest, facts = _write(connection, job, log, made)
    Star.seal(made, manifest)
    final = job.root / manifest.digest[:16]
    if not (final / "star.json").is_file():
        shutil.rmtree(final, ignore_errors=True)
        made.replace(final)
    return IngestResult(Star.open(final), reused=False, facts=facts)


def _write(
    connection: duckdb.DuckDBPyConnection, job: _Job, log: StagedLog, made: Path
) -> tuple[StarManifest, dict[str, Any]]:
    tables, lines, n = log.tables, log.tables[TRANSACTIONS], log.lines
    files = {name: made / f"{name}.parquet" for name in TABLES}
    with watched(connection, job.progress, "check", n):
        breaches = find_breaches(
            connection, list(tables.values()), job.declared.columns(), log.raw.date_bounds
        )
        place_lines(connection, job.sku_map)
        start_exclusions(connection)
        aside = job.contract.enforce(connection, tables, log.files, breaches, job.violations)
    with watched(connection, job.progress, "write", n):
        place_view(connection, lines)
        if log.raw.drop_duplicates:
            exclude_copies(connection, LINES)
        write_lines(connection, files[TRANSACTIONS], drop_copies=log.raw.drop_duplicates)
        write_assets(connection, tables.get(ASSETS), files[ASSETS])
        write_contacts(connection, tables.get(CONTACTS), files[CONTACTS])
        write_deals(connection, tables.get(DEALS), files[DEALS])
        gather_signs(connection, files)
        accounts = tables.get(CUSTOMERS)
        write_customers(connection, accounts, job.declared.attributes, files[CUSTOMERS])
    with watched(connection, job.progress, "count and digest", n):
        balance = LineBalance.take(connection, log, files[TRANSACTIONS])
        digests = {name: table_digest(connection, path) for name, path in files.items()}
        manifest = _manifest(job, digests, balance)
        facts = ingest_facts(connection, log, files, balance, has_map=not job.sku_map.is_empty)
    facts["duplicates"] = facts["rows"]["dropped_copies"] or digests[TRANSACTIONS].copies
    facts["contract"] = _terms(job, breaches, aside)
    return manifest, facts


def _terms(job: _Job, breaches: Sequence[Breach], aside: Mapping[str, int]) -> dict[str, Any]:
    """What the contract found, and where it is listed."""
    listed = [job.violations.rows] if aside else []
    listed += [job.violations.quarantined(table) for table in aside]
    listed += [job.violations.reported] if any(not b.rule.refuses for b in breaches) else []
    found = [
        {k: getattr(b.rule, k) for k in ("table", "column", "rule", "refuses")} | {"rows": b.rows}
        for b in breaches
    ]
    return {
        "mode": job.contract.mode,
        "breaches": found,
        "quarantined": dict(aside),
        "files": [str(file) for file in listed],
    }


def _manifest(job: _Job, found: Mapping[str, TableDigest], balance: LineBalance) -> StarManifest:
    if balance.first is None or balance.last is None:
        raise DataError(
            "the log has no lines",
            got="an empty transactions table",
            allowed="one line or more",
            remedy="check data.transactions",
            reason_code="empty_log",
        )
    measure = _measure(job.declared.label_measure, balance.given)
    digests = {name: table.digest for name, table in found.items()}
    attributes = dict(job.declared.attributes)
    return StarManifest(
        source=job.source.name,
        digest=digest_json([digests, attributes, measure]),
        table_digests=digests,
        rows={name: table.rows for name, table in found.items()},
        first_date=balance.first,
        last_date=balance.last,
        label_measure=measure,
        attributes=attributes,
    )


def _measure(declared: str, given: frozenset[str]) -> str:
    known = [m for m, column in _MEASURE_COLUMN.items() if column in given]
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
