"""From a source to a sealed star: staged, checked, mapped, written at once or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock

from gosales.core.digests import digest_json
from gosales.core.errors import ConfigError, DataError
from gosales.core.progress import Progress
from gosales.data.contract import check_contract
from gosales.data.reconciliation import reconcile
from gosales.data.sku_map import SkuMap
from gosales.data.source import RawTables, Source
from gosales.data.staging import StagedTable, literal, stage
from gosales.data.star import ASSETS, CUSTOMERS, TRANSACTIONS, Attribute, Star, StarManifest
from gosales.data.star_writer import write_assets, write_customers, write_transactions
from gosales.data.table_digest import table_digest
from gosales.data.table_schema import (
    ASSET_COLUMNS,
    CUSTOMER_COLUMNS,
    TRANSACTION_COLUMNS,
    Column,
)

# Changes whenever the same input would give another star.
_LAYOUT = "1"


@dataclass(frozen=True)
class IngestResult:
    """A star and how it came about.

    Parameters
    ----------
    star : Star
        The sealed star.
    reused : bool
        Whether an unchanged input made work unnecessary.
    facts : dict
        Reconciliation: rows and money in and out, exact duplicates, unmapped SKUs with their
        share of gross profit, ignored columns.
    """

    star: Star
    reused: bool
    facts: dict[str, Any] = field(default_factory=dict)

    def notes(self) -> tuple[str, ...]:
        """The facts as lines for people."""
        f = self.facts
        lines = [f"{m}: in {v['in']}, out {v['out']}" for m, v in f.get("money", {}).items()]
        if f.get("duplicates"):
            lines.append(f"{f['duplicates']:,} lines are exact copies of another; all are kept")
        if f.get("unmapped"):
            names = ", ".join(f["unmapped"][:8])
            lines.append(f"SKUs without a place in the map ({f['unmapped_share']:.1%}): {names}")
        if f.get("ignored"):
            lines.append(f"columns that nothing declares are ignored: {', '.join(f['ignored'])}")
        return tuple(lines)


def ingest(source: Source, sku_map: SkuMap, root: Path, progress: Progress) -> IngestResult:
    """Turn a source into a star, or find the star an equal input made before.

    Parameters
    ----------
    source : Source
        Where the raw tables are.
    sku_map : SkuMap
        Divisions, families and sale types.
    root : pathlib.Path
        Parent of the stars; one directory per content digest.
    progress : Progress
        Listener.

    Returns
    -------
    IngestResult

    Raises
    ------
    DataError
        If a file is missing, unreadable, or the contract is broken; nothing is left half-written.
    """
    root.mkdir(parents=True, exist_ok=True)
    attributes = {
        k: v.__dict__ if isinstance(v, Attribute) else v for k, v in source.attributes.items()
    }
    identity = digest_json(
        [_LAYOUT, source.fingerprint(), attributes, source.label_measure, sku_map.digest]
    )
    note = root / "inputs" / f"{identity}.json"
    with FileLock(root / f"{identity[:16]}.lock"):
        found = _known(note, root)
        if found is not None:
            return found
        progress.say(f"ingest {source.name}")
        result = _build(source, sku_map, root, progress)
        note.parent.mkdir(exist_ok=True)
        temporary = note.with_suffix(".tmp")
        text = json.dumps({"star": result.star.path.name, "facts": result.facts}, default=str)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(note)
    return result


def _known(note: Path, root: Path) -> IngestResult | None:
    if not note.is_file():
        return None
    said = json.loads(note.read_text(encoding="utf-8"))
    folder = root / said["star"]
    if not (folder / "star.json").is_file():
        return None
    return IngestResult(Star.open(folder), reused=True, facts=said["facts"])


def _build(source: Source, sku_map: SkuMap, root: Path, progress: Progress) -> IngestResult:
    scratch = Path(tempfile.mkdtemp(prefix=".tmp-", dir=root))
    try:
        raw = source.load(scratch)
        with duckdb.connect() as connection:
            connection.execute("SET threads = 2; SET memory_limit = '3GB'")
            connection.execute("SET preserve_insertion_order = false")
            connection.execute(f"SET temp_directory = {literal(str(scratch / 'spill'))}")
            made = scratch / "star"
            made.mkdir()
            manifest, facts = _write(connection, source, sku_map, raw, made, root)
        progress.say(
            f"{manifest.rows[TRANSACTIONS]:,} lines, {manifest.rows[CUSTOMERS]:,} accounts"
        )
        final = root / manifest.digest[:16]
        Star.seal(made, manifest)
        if not (final / "star.json").is_file():
            shutil.rmtree(final, ignore_errors=True)
            made.replace(final)
        return IngestResult(Star.open(final), reused=False, facts=facts)
    except duckdb.Error as error:
        raise DataError(
            "the log cannot be ingested",
            got=str(error).splitlines()[0],
            allowed="room on the disk and whole source files",
            remedy="free room, or check the source",
            reason_code="ingest_failed",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    sku_map: SkuMap,
    raw: RawTables,
    made: Path,
    root: Path,
) -> tuple[StarManifest, dict[str, Any]]:
    attributes = _attributes(source)
    schema = _schema(attributes)
    tables = _stage(connection, raw, schema)
    _refuse_undeclared(attributes, tables.get(CUSTOMERS), source.name)
    check_contract(
        connection, list(tables.values()), schema, root / "violations" / f"{source.name}.csv"
    )
    files = {name: made / f"{name}.parquet" for name in (TRANSACTIONS, CUSTOMERS, ASSETS)}
    write_transactions(connection, tables[TRANSACTIONS], sku_map, files[TRANSACTIONS])
    write_customers(
        connection, tables.get(CUSTOMERS), attributes, files[TRANSACTIONS], files[CUSTOMERS]
    )
    write_assets(connection, tables.get(ASSETS), files[ASSETS])
    facts = reconcile(connection, tables, files[TRANSACTIONS], has_map=not sku_map.is_empty)
    digests = {name: table_digest(connection, path) for name, path in files.items()}
    measure = _measure(connection, source.label_measure, files[TRANSACTIONS])
    first, last = _span(connection, files[TRANSACTIONS])
    declared = {k: v.__dict__ for k, v in attributes.items()}
    content = [{n: d for n, (d, _) in digests.items()}, declared, measure]
    return (
        StarManifest(
            source=source.name,
            digest=digest_json(content),
            table_digests={n: d for n, (d, _) in digests.items()},
            rows={n: count for n, (_, count) in digests.items()},
            first_date=first,
            last_date=last,
            label_measure=measure,
            attributes=attributes,
        ),
        facts,
    )


def _attributes(source: Source) -> dict[str, Attribute]:
    out = {}
    for name, value in source.attributes.items():
        attribute = value if isinstance(value, Attribute) else Attribute(**value)
        if attribute.kind not in ("static", "snapshot") or attribute.dtype not in (
            "category", "number",
        ):  # fmt: skip
            raise ConfigError(
                f"the attribute {name!r} is declared wrongly",
                got=f"kind={attribute.kind}, dtype={attribute.dtype}",
                allowed="kind static or snapshot; dtype category or number",
                remedy="mend data.attributes",
                reason_code="bad_attribute",
            )
        out[str(name)] = attribute
    return dict(sorted(out.items()))


def _schema(attributes: Mapping[str, Attribute]) -> dict[str, tuple[Column, ...]]:
    extra = tuple(
        Column(name, "number" if a.dtype == "number" else "text") for name, a in attributes.items()
    )
    return {
        TRANSACTIONS: TRANSACTION_COLUMNS,
        CUSTOMERS: CUSTOMER_COLUMNS + extra,
        ASSETS: ASSET_COLUMNS,
    }


def _stage(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTables,
    schema: Mapping[str, tuple[Column, ...]],
) -> dict[str, StagedTable]:
    files = {
        TRANSACTIONS: list(raw.transactions),
        CUSTOMERS: [raw.customers] if raw.customers else [],
        ASSETS: [raw.assets] if raw.assets else [],
    }
    prefixes = {TRANSACTIONS: "transactions.", CUSTOMERS: "customers.", ASSETS: "assets."}
    staged = {}
    for name, paths in files.items():
        if not paths and name != TRANSACTIONS:
            continue
        mapping = {
            k.removeprefix(prefixes[name]): v
            for k, v in raw.columns.items()
            if k.startswith(prefixes[name])
        }
        staged[name] = stage(connection, name, paths, schema[name], mapping)
    return staged


def _refuse_undeclared(
    attributes: Mapping[str, Attribute], table: StagedTable | None, name: str
) -> None:
    present = set() if table is None else {c.name for c in table.columns}
    lost = sorted(set(attributes) - present)
    if lost:
        raise DataError(
            "declared attributes are not in the account table",
            got=f"{name} without {', '.join(lost)}",
            allowed=", ".join(sorted(table.unknown)) if table else "no account table was given",
            remedy="mend data.attributes, or give data.customers",
            reason_code="missing_attribute",
        )


def _measure(connection: duckdb.DuckDBPyConnection, declared: str, path: Path) -> str:
    if declared != "auto":
        if declared not in ("gp", "revenue", "quantity"):
            raise ConfigError(
                "the label measure is unknown",
                got=repr(declared),
                allowed="auto, gp, revenue, quantity",
                remedy="set data.label_measure",
                reason_code="bad_measure",
            )
        return declared
    found = connection.execute(
        f"SELECT COUNT(gross_profit), COUNT(quantity) FROM read_parquet({literal(str(path))})"
    ).fetchone()
    gp, quantity = found if found else (0, 0)
    return "gp" if gp else "quantity" if quantity else "revenue"


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
