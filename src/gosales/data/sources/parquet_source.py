"""A sales log in Parquet files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gosales.core.digests import digest_file, digest_json
from gosales.data.attributes import attributes
from gosales.data.log_files import log_files
from gosales.data.source import RawTables
from gosales.data.star import Attribute


@dataclass(frozen=True)
class ParquetSource:
    """Transactions, and optionally accounts and assets, as Parquet files.

    Parameters
    ----------
    transactions : str or sequence of str
        A file, a folder whose ``*.parquet`` files belong together, or several of these.
    customers, assets : str, optional
        Files.
    columns, customer_columns, asset_columns : mapping of str to str, optional
        Canonical column to the file's own; others keep their canonical name.
    attributes : mapping, optional
        Attribute to ``{kind, dtype, waived}``; what is not declared is not used.
    label_measure : {"auto", "gp", "revenue", "quantity"}, default "auto"
        What a label sums; ``auto``: gross profit if the log has it, else quantity, else revenue.
    drop_duplicates : bool, default False
        Drop lines that are exact copies of another.
    date_bounds : sequence of str, default 1970-01-01 and 2100-01-01
        Days outside are refused as typing errors.
    name : str, default "parquet"
        For messages and the manifest.
    """

    transactions: str | Sequence[str]
    customers: str | None = None
    assets: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    customer_columns: Mapping[str, str] = field(default_factory=dict)
    asset_columns: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    label_measure: str = "auto"
    drop_duplicates: bool = False
    date_bounds: Sequence[str] = ("1970-01-01", "2100-01-01")
    name: str = "parquet"

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", attributes(self.attributes))

    def fingerprint(self) -> str:
        """Digest of every file's bytes and of how they are read.

        Raises
        ------
        DataError
            If a file does not exist.
        """
        raw = self.load(Path())
        # Sorted by content: renaming or reordering files changes nothing.
        lines = sorted(digest_file(path) for path in raw.transactions)
        others = [None if p is None else digest_file(p) for p in (raw.customers, raw.assets)]
        reading: list[Any] = [raw.columns, raw.date_bounds, raw.drop_duplicates]
        return digest_json(["parquet", lines, others, reading])

    def load(self, workdir: Path) -> RawTables:
        """The files themselves; DuckDB reads them where they are.

        Raises
        ------
        DataError
            If a file does not exist.
        """
        files = log_files(self.transactions, self.customers, self.assets, suffix=".parquet")
        first, last = self.date_bounds
        return RawTables(
            files["transactions"],
            next(iter(files["customers"]), None),
            next(iter(files["assets"]), None),
            {
                **{f"transactions.{k}": v for k, v in self.columns.items()},
                **{f"customers.{k}": v for k, v in self.customer_columns.items()},
                **{f"assets.{k}": v for k, v in self.asset_columns.items()},
            },
            (str(first), str(last)),
            self.drop_duplicates,
        )
