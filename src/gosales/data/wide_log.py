"""A wide log made long: every cell that holds anything is a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from gosales.core.columns import (
    CUSTOMER,
    DIVISION,
    GROSS_PROFIT,
    INVOICE,
    KNOWN_DATE,
    ORDER_DATE,
    QUANTITY,
    SKU,
)
from gosales.data.formats import Formats
from gosales.data.parquet_files import FILE, NUMBER, PLACE, ROW, described, read_files
from gosales.data.sku_map import SkuMap
from gosales.data.source import RawTables
from gosales.data.sql_text import identifier, literal
from gosales.data.table_schema import SQL_TYPE
from gosales.data.typed_value import is_text, text_value, typed_value
from gosales.data.wide_layout import SkuColumns, WideLayout

_OF_THE_ROW = (CUSTOMER, ORDER_DATE, KNOWN_DATE, INVOICE, DIVISION)
_PREFIX = "transactions."


@dataclass(frozen=True)
class WideLog:
    """A wide log, read as lines.

    Parameters
    ----------
    raw : RawTables
        As a long source would have given it.
    left_out : mapping of str to mapping
        Column pairs that look like a SKU and are none by the map: lines, gross_profit, quantity
        (exact, as text), so that what is not read is known to the cent.
    ignored : tuple of str
        Other columns that nothing declares.
    """

    raw: RawTables
    left_out: Mapping[str, Mapping[str, Any]]
    ignored: tuple[str, ...]

    @classmethod
    def read(
        cls,
        connection: duckdb.DuckDBPyConnection,
        raw: RawTables,
        layout: WideLayout,
        sku_map: SkuMap,
        target: Path,
    ) -> WideLog:
        """Write the lines of every SKU column.

        Parameters
        ----------
        connection : duckdb connection
            Where it is computed, out of core.
        raw : RawTables
            Whose transactions are wide.
        layout : WideLayout
            Which columns are SKUs.
        sku_map : SkuMap
            Whose SKUs are known.
        target : pathlib.Path
            Parquet file to write.

        Raises
        ------
        DataError
            If a file is unreadable or has no SKU columns.

        Notes
        -----
        A cell is no line when gross profit and quantity are both empty or zero. A value that is
        no number makes a line, which then breaks the contract.
        """
        types = described(connection, raw.transactions)
        own = {name: raw.columns.get(_PREFIX + name, name) for name in _OF_THE_ROW}
        kept = {name: column for name, column in own.items() if column in types}
        known = {str(key) for key in sku_map.frame()["sku_key"]}
        others = [c for c in types if c not in {*kept.values(), PLACE, ROW}]
        skus, pairs, rest = layout.split(others, known)
        lines = _lines(raw, types, kept, skus)
        connection.execute(
            f"COPY (SELECT * EXCLUDE (cell), cell.* EXCLUDE (is_line) FROM ({lines}) "
            f"WHERE cell.is_line) TO {literal(str(target))} (FORMAT parquet)"
        )
        columns = {k: v for k, v in raw.columns.items() if k.removeprefix(_PREFIX) not in kept}
        return cls(
            replace(raw, transactions=[target], columns=columns, wide=None),
            {p.sku: _totals(connection, raw, types, p) for p in pairs},
            tuple(rest),
        )


def _lines(
    raw: RawTables, types: Mapping[str, str], kept: Mapping[str, str], skus: Sequence[SkuColumns]
) -> str:
    place = f"COALESCE({PLACE}, {FILE})" if PLACE in types else FILE
    row = ROW if ROW in types else f"{NUMBER} + 1"
    cells = ", ".join(_cell(columns, types, raw.formats, place) for columns in skus)
    fixed = ", ".join(f"{identifier(column)} AS {name}" for name, column in kept.items())
    return (
        f"SELECT {fixed}{',' if fixed else ''} CAST({row} AS BIGINT) AS {ROW}, "
        f"UNNEST([{cells}]) AS cell FROM {read_files(raw.transactions, placed=True)}"
    )


def _cell(columns: SkuColumns, types: Mapping[str, str], formats: Formats, place: str) -> str:
    profit, _ = _value(columns.gross_profit, types, formats)
    quantity, _ = _value(columns.quantity, types, formats)
    where = literal(f" [{columns.sku}]")
    holds = " OR ".join(_holds(c, types, formats) for c in (columns.gross_profit, columns.quantity))
    return (
        f"{{'{SKU}': {literal(columns.sku)}, '{GROSS_PROFIT}': {profit}, '{QUANTITY}': {quantity}, "
        f"'{PLACE}': {place} || {where}, 'is_line': {holds}}}"
    )


def _value(column: str | None, types: Mapping[str, str], formats: Formats) -> tuple[str, str]:
    """A cell as text in the declared notation, and as an exact amount."""
    if column is None:
        return "NULL::VARCHAR", "NULL::DECIMAL(18,4)"
    raw, own = identifier(column), types[column]
    text = text_value(raw, own)
    amount = typed_value("money", raw, text, own, formats)
    # A number of the file's own is written with a point, whatever its text columns do.
    said = text if is_text(own) else f"REPLACE({text}, '.', {literal(formats.decimal)})"
    return said, amount


def _holds(column: str | None, types: Mapping[str, str], formats: Formats) -> str:
    text, amount = _value(column, types, formats)
    return f"COALESCE({amount} <> 0, {text} IS NOT NULL)"


def _totals(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTables,
    types: Mapping[str, str],
    pair: SkuColumns,
) -> dict[str, Any]:
    profit = _value(pair.gross_profit, types, raw.formats)[1]
    quantity = _value(pair.quantity, types, raw.formats)[1]
    holds = " OR ".join(_holds(c, types, raw.formats) for c in (pair.gross_profit, pair.quantity))
    n, gp, units = connection.execute(
        f"SELECT COUNT(*) FILTER (WHERE {holds}), COALESCE(SUM({profit}), 0), "
        f"COALESCE(SUM(CAST({quantity} AS {SQL_TYPE['units']})), 0) "
        f"FROM {read_files(raw.transactions)}"
    ).fetchone() or (0, 0, 0)
    return {"lines": int(n), "gross_profit": str(gp), "quantity": str(units)}
