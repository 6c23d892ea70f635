"""What every source of tables declares: where they are, their columns, how values are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gosales.core.errors import ConfigError
from gosales.data.attributes import attributes
from gosales.data.formats import Formats
from gosales.data.source import RawTables
from gosales.data.star import Attribute
from gosales.data.wide_layout import WideLayout

# Every table a source may hold, and the parameter that maps its columns.
TABLES: Final = {
    "transactions": "columns",
    "customers": "customer_columns",
    "assets": "asset_columns",
    "contacts": "contact_columns",
    "deals": "deal_columns",
}


@dataclass(frozen=True)
class TableSource:
    """Tables by name; a source adds how it gets at them.

    Parameters
    ----------
    transactions : str or sequence of str
        The sales log: one or more places.
    customers, assets, contacts, deals : str, optional
        A place each.
    columns, customer_columns, asset_columns, contact_columns, deal_columns : mapping, optional
        Canonical column to the table's own; others keep their canonical name.
    attributes : mapping, optional
        Attribute to ``{kind, dtype, waived}``; what is not declared is not used.
    label_measure : {"auto", "gp", "revenue", "quantity"}, default "auto"
        What a label sums; ``auto``: gross profit if the log has it, else quantity, else revenue.
    layout : {"long", "wide"}, default "long"
        One row per line, or one row per customer and date with a column per SKU.
    skus : "auto" or sequence of str, default "auto"
        SKU columns of a wide log, see `WideLayout`.
    quantity_suffix : str, default "_Qty"
        Ends the name of a wide log's quantity columns.
    dates, decimal, thousands, currency, time_zone, repair_mojibake
        How values are written, see `Formats`.
    drop_duplicates : bool, default False
        Drop lines that are exact copies of another.
    date_bounds : sequence of str, default 1970-01-01 and 2100-01-01
        Days outside are refused as typing errors.
    name : str, default "log"
        For messages and the manifest.

    Raises
    ------
    ConfigError
        If a declaration is malformed.
    """

    transactions: str | Sequence[str]
    customers: str | None = None
    assets: str | None = None
    contacts: str | None = None
    deals: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    customer_columns: Mapping[str, str] = field(default_factory=dict)
    asset_columns: Mapping[str, str] = field(default_factory=dict)
    contact_columns: Mapping[str, str] = field(default_factory=dict)
    deal_columns: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    label_measure: str = "auto"
    layout: str = "long"
    skus: str | Sequence[str] = "auto"
    quantity_suffix: str = "_Qty"
    dates: str = "iso"
    decimal: str = "."
    thousands: str = ""
    currency: str | Sequence[str] = ""
    time_zone: str = "UTC"
    repair_mojibake: bool = False
    drop_duplicates: bool = False
    date_bounds: Sequence[str] = ("1970-01-01", "2100-01-01")
    name: str = "log"

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", attributes(self.attributes))
        if self.layout not in ("long", "wide"):
            raise ConfigError(
                "the layout of the log is unknown",
                got=f"layout={self.layout!r}",
                allowed="long or wide",
                remedy="set data.layout",
                reason_code="bad_layout",
            )
        # Built here so that a wrong declaration is told before anything is read.
        self.raw_tables({"transactions": []})

    def places(self) -> dict[str, list[str]]:
        """Where each table is; tables that are not given are left out."""
        found: dict[str, list[str]] = {}
        for table in TABLES:
            given = getattr(self, table)
            if given is not None:
                found[table] = [given] if isinstance(given, str) else [str(g) for g in given]
        return found

    def mapping(self) -> dict[str, str]:
        """Canonical column, with its table's name before it, to the table's own."""
        return {
            f"{table}.{canonical}": own
            for table, parameter in TABLES.items()
            for canonical, own in getattr(self, parameter).items()
        }

    def raw_tables(self, files: Mapping[str, Sequence[Path]]) -> RawTables:
        """The tables as Parquet files, with all that was declared of them.

        Parameters
        ----------
        files : mapping of str to sequence of pathlib.Path
            Files per table; only the transactions may be more than one.
        """
        first, last = map(str, self.date_bounds)
        single = {t: next(iter(files.get(t, [])), None) for t in TABLES if t != "transactions"}
        return RawTables(
            transactions=list(files["transactions"]),
            **single,
            columns=self.mapping(),
            date_bounds=(first, last),
            drop_duplicates=self.drop_duplicates,
            formats=Formats(
                self.dates, self.decimal, self.thousands, self.currency, self.time_zone,
                self.repair_mojibake,
            ),
            wide=WideLayout(self.skus, self.quantity_suffix) if self.layout == "wide" else None,
        )  # fmt: skip

    def reading(self) -> list[Any]:
        """Everything declared that decides what the content means; part of the fingerprint."""
        raw = self.raw_tables({"transactions": []})
        return [raw.columns, raw.date_bounds, raw.drop_duplicates, raw.formats, raw.wide]
