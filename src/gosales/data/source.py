"""The interface of a source: where raw tables come from and what they declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from gosales.data.formats import Formats
from gosales.data.star import Attribute
from gosales.data.wide_layout import WideLayout


@dataclass(frozen=True)
class RawTables:
    """Parquet files with canonical column names, types not yet checked.

    Parameters
    ----------
    transactions : sequence of pathlib.Path
        One or more files; their order carries nothing.
    customers, assets, contacts, deals : pathlib.Path or None
        Optional tables.
    columns : mapping of str to str
        Canonical column to the file's own, per table prefix: ``transactions.order_date``,
        ``contacts.contact_date``, ``deals.opened_date``. Absent columns keep their canonical name.
    date_bounds : tuple of str, default 1970-01-01 and 2100-01-01
        Days outside are typing errors.
    drop_duplicates : bool, default False
        Whether lines that are exact copies of another are dropped; they are counted either way.
    formats : Formats
        How dates and numbers are written; ISO and a decimal point by default.
    wide : WideLayout or None, default None
        How the transactions hold one column per SKU; None: one row per line.
    """

    transactions: Sequence[Path]
    customers: Path | None = None
    assets: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    date_bounds: tuple[str, str] = ("1970-01-01", "2100-01-01")
    drop_duplicates: bool = False
    contacts: Path | None = None
    deals: Path | None = None
    formats: Formats = field(default_factory=Formats)
    wide: WideLayout | None = None


@runtime_checkable
class Source(Protocol):
    """A sales log somewhere.

    Attributes
    ----------
    name : str
        For messages and the star's manifest.
    label_measure : str
        ``gp``, ``revenue``, ``quantity`` or ``auto`` (decided from what the log has).
    attributes : mapping of str to Attribute
        Customer attributes declared static or snapshot; others are ignored.
    """

    name: str
    label_measure: str
    attributes: Mapping[str, Attribute]

    def fingerprint(self, workdir: Path | None = None) -> str:
        """Digest that changes when the input does, so that ingest can be skipped.

        Parameters
        ----------
        workdir : pathlib.Path, optional
            The directory that `load` gets afterwards. A source that must read everything to know
            what it is (a database) leaves there what it read.
        """

    def load(self, workdir: Path) -> RawTables:
        """Make the raw tables available as Parquet files."""
