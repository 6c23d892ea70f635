"""All tables of a source as typed views, with what its declaration demands of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from gosales.core.errors import ConfigError, DataError
from gosales.data.declaration import Declaration
from gosales.data.parquet_files import read_files
from gosales.data.sku_map import SkuMap
from gosales.data.source import RawTables
from gosales.data.staging import StagedTable, stage
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS
from gosales.data.table_schema import MEASURES
from gosales.data.wide_log import WideLog


@dataclass(frozen=True)
class StagedLog:
    """The raw tables of one source, staged.

    Parameters
    ----------
    raw : RawTables
        As the source gave them.
    tables : mapping of str to StagedTable
        By the name of the star's table; the lines always.
    files : mapping of str to sequence of pathlib.Path
        Their Parquet files.
    lines : int
        Number of lines.
    wide : WideLog or None, default None
        How the lines were read from a wide log.
    """

    raw: RawTables
    tables: Mapping[str, StagedTable]
    files: Mapping[str, Sequence[Path]]
    lines: int
    wide: WideLog | None = None

    @property
    def measures(self) -> list[str]:
        """Measures the lines have, gross profit first."""
        present = {c.name for c in self.tables[TRANSACTIONS].columns}
        return [m for m in MEASURES if m in present]


def stage_log(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTables,
    declared: Declaration,
    sku_map: SkuMap,
    scratch: Path,
) -> StagedLog:
    """Create the typed view of every table.

    Parameters
    ----------
    connection : duckdb connection
        Where the views live.
    raw : RawTables
        From the source.
    declared : Declaration
        Which columns there must be.
    sku_map : SkuMap
        Which columns of a wide log are SKUs.
    scratch : pathlib.Path
        Where a wide log is written as lines.

    Raises
    ------
    ConfigError
        If a column is mapped that its table does not have.
    DataError
        If a file is missing or unreadable, or attributes are declared and there is no table.
    """
    columns = declared.columns()
    if declared.attributes and raw.customers is None:
        raise DataError(
            "attributes are declared but there is no account table",
            got=", ".join(declared.attributes),
            allowed="a table with these columns",
            remedy="give data.customers, or data.attributes={}",
            reason_code="missing_attribute",
        )
    wide = None
    if raw.wide is not None:
        target = scratch / "transactions-long.parquet"
        wide = WideLog.read(connection, raw, raw.wide, sku_map, target)
        raw = wide.raw
    tables, files = {}, {}
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
            tables[name] = stage(connection, name, paths, columns[name], mapping, raw.formats)
            files[name] = paths
    # Parquet's footers know the number: nothing is read.
    whole = f"SELECT COUNT(*) FROM {read_files(files[TRANSACTIONS])}"
    ((lines,),) = connection.execute(whole).fetchall()
    return StagedLog(raw, tables, files, int(lines), wide)


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
