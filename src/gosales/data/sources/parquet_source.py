"""A sales log in Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gosales.core.digests import digest_file, digest_json
from gosales.core.errors import DataError
from gosales.data.source import RawTables
from gosales.data.star import Attribute


class ParquetSource:
    """Transactions, and optionally accounts and assets, as Parquet files or folders of them.

    Parameters
    ----------
    transactions : str
        A file, or a folder whose ``*.parquet`` files belong together.
    customers, assets : str, optional
        Files.
    columns, customer_columns, asset_columns : mapping of str to str, optional
        Canonical column to the file's own; others keep their canonical name.
    attributes : mapping, optional
        Attribute to ``{kind, dtype, waived}``; what is not declared is not used.
    label_measure : {"auto", "gp", "revenue", "quantity"}, default "auto"
        What a label sums; ``auto``: gross profit if the log has it, else quantity, else revenue.
    name : str, default "parquet"
        For messages and the manifest.
    """

    def __init__(
        self,
        transactions: str,
        customers: str | None = None,
        assets: str | None = None,
        columns: Mapping[str, str] | None = None,
        attributes: Mapping[str, Any] | None = None,
        label_measure: str = "auto",
        name: str = "parquet",
        customer_columns: Mapping[str, str] | None = None,
        asset_columns: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.label_measure = label_measure
        self.attributes = {
            str(k): v if isinstance(v, Attribute) else Attribute(**v)
            for k, v in (attributes or {}).items()
        }
        self._transactions = transactions
        self._customers = None if customers is None else Path(customers)
        self._assets = None if assets is None else Path(assets)
        self._columns = {
            **{f"transactions.{k}": v for k, v in (columns or {}).items()},
            **{f"customers.{k}": v for k, v in (customer_columns or {}).items()},
            **{f"assets.{k}": v for k, v in (asset_columns or {}).items()},
        }

    def _files(self) -> list[Path]:
        place = Path(self._transactions)
        return sorted(place.rglob("*.parquet")) if place.is_dir() else [place]

    def fingerprint(self) -> str:
        """Digest of every file's bytes and of the column mapping.

        Raises
        ------
        DataError
            If a file does not exist.
        """
        files = [*self._files(), *(p for p in (self._customers, self._assets) if p is not None)]
        lost = [str(f) for f in files if not f.is_file()]
        if lost or not self._files():
            raise DataError(
                "a source file is missing",
                got=", ".join(lost) or f"no *.parquet in {self._transactions}",
                allowed="files that exist",
                remedy="set data.transactions, data.customers or data.assets",
                reason_code="missing_file",
            )
        # Sorted by content: renaming or splitting files between runs changes nothing else.
        return digest_json([sorted(digest_file(f) for f in files), self._columns])

    def load(self, workdir: Path) -> RawTables:
        """The files themselves; DuckDB reads them where they are."""
        return RawTables(self._files(), self._customers, self._assets, self._columns)
