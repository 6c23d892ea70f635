"""The checked sales log as a star of Parquet tables with a content digest."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from gosales.core.errors import DataError

TRANSACTIONS = "fact_transactions"
CUSTOMERS = "dim_customer"
ASSETS = "assets"
CONTACTS = "contacts"
DEALS = "deals"
# Every table of a star, always present: one that the log does not have is empty.
TABLES = (TRANSACTIONS, CUSTOMERS, ASSETS, CONTACTS, DEALS)
# 2: contacts and deals; assets carry their SKU's key.
SCHEMA_VERSION = 2
_MANIFEST = "star.json"


@dataclass(frozen=True)
class Attribute:
    """What a source declares about one customer attribute.

    Parameters
    ----------
    kind : {"static", "snapshot"}
        Static values never change; a snapshot value is as of the day of extraction and may know
        the future.
    dtype : {"category", "number"}
        How a model may use it.
    waived : bool, default False
        A snapshot attribute admitted as a feature on purpose; the waiver shows on the card.
    """

    kind: str
    dtype: str = "category"
    waived: bool = False

    @property
    def usable(self) -> bool:
        """Whether features may use the attribute."""
        return self.kind == "static" or self.waived


@dataclass(frozen=True)
class StarManifest:
    """What a star holds: written last, so that a star without it is not a star."""

    source: str
    digest: str
    table_digests: dict[str, str]
    rows: dict[str, int]
    first_date: date
    last_date: date
    label_measure: str
    attributes: dict[str, Attribute] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True)
class Star:
    """A directory with the tables of `TABLES` as Parquet.

    Parameters
    ----------
    path : pathlib.Path
        The directory.
    manifest : StarManifest
        Digests, date range and declared attributes.

    Notes
    -----
    Money is DECIMAL, so that no sum depends on row order. Nothing but `AsOfView` (features) and
    `OutcomeView` (labels) should read the tables.
    """

    path: Path
    manifest: StarManifest

    @property
    def digest(self) -> str:
        """Digest of the content, independent of row and file order."""
        return self.manifest.digest

    @property
    def last_date(self) -> date:
        """Last order date in the log: labels beyond it are censored."""
        return self.manifest.last_date

    def table(self, name: str) -> Path:
        """Path of one table's Parquet file."""
        return self.path / f"{name}.parquet"

    @classmethod
    def open(cls, path: Path) -> Star:
        """Open a finished star.

        Raises
        ------
        DataError
            If the directory is not a finished star, or one of another schema version.
        """
        file = path / _MANIFEST
        if not file.is_file():
            raise DataError(
                "this is not a finished star",
                got=str(path),
                allowed=f"a directory with {_MANIFEST}",
                remedy="run `gosales ingest`",
                reason_code="not_a_star",
            )
        raw = json.loads(file.read_text(encoding="utf-8"))
        if raw.get("schema_version") != SCHEMA_VERSION:
            raise DataError(
                "this star was written by another version of gosales",
                got=f"{path}, schema {raw.get('schema_version')}",
                allowed=f"schema {SCHEMA_VERSION}",
                remedy="run `gosales ingest` again: the log is read anew",
                reason_code="other_schema",
            )
        raw["first_date"] = date.fromisoformat(raw["first_date"])
        raw["last_date"] = date.fromisoformat(raw["last_date"])
        raw["attributes"] = {k: Attribute(**v) for k, v in raw["attributes"].items()}
        return cls(path, StarManifest(**raw))

    @classmethod
    def seal(cls, path: Path, manifest: StarManifest) -> Star:
        """Write the manifest of a directory whose tables are complete, and open it."""
        text = json.dumps(asdict(manifest), indent=2, sort_keys=True, default=str)
        temporary = path / f"{_MANIFEST}.tmp"
        temporary.write_text(text + "\n", encoding="utf-8")
        temporary.replace(path / _MANIFEST)
        return cls.open(path)
