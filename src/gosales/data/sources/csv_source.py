"""A sales log in CSV files."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from gosales.core.columns import EXPIRY_DATE, FIRST_KNOWN_DATE, KNOWN_DATE, ORDER_DATE
from gosales.core.columns import PURCHASE_DATE as BOUGHT
from gosales.core.digests import digest_file, digest_json
from gosales.core.errors import ConfigError, DataError
from gosales.data.attributes import attributes
from gosales.data.log_files import log_files
from gosales.data.source import RawTables
from gosales.data.staging import identifier, literal
from gosales.data.star import Attribute

_DATES = (ORDER_DATE, KNOWN_DATE, FIRST_KNOWN_DATE, BOUGHT, EXPIRY_DATE)
_NUMBERS = ("quantity", "revenue", "gross_profit")


@dataclass(frozen=True)
class CsvSource:
    """Transactions, and optionally accounts and assets, as CSV files with a header line.

    Every value is read as text, so ids keep their zeros; types are the contract's matter.

    Parameters
    ----------
    transactions : str or sequence of str
        A file, a folder whose ``*.csv`` files belong together, or several of these.
    customers, assets : str, optional
        Files.
    columns, customer_columns, asset_columns : mapping of str to str, optional
        Canonical column to the file's own; others keep their canonical name.
    attributes : mapping, optional
        Attribute to ``{kind, dtype, waived}``; what is not declared is not used.
    label_measure : {"auto", "gp", "revenue", "quantity"}, default "auto"
        What a label sums; ``auto``: gross profit if the log has it, else quantity, else revenue.
    delimiter : str, default ","
        One character.
    encoding : str, default "utf-8"
        Any text encoding Python knows.
    date_format : str, optional
        ``strptime`` format of the dates, for example ``"%d/%m/%Y"``; None: ISO.
    decimal, thousands : str, default "." and ""
        Marks inside numbers.
    drop_duplicates : bool, default False
        Drop lines that are exact copies of another.
    date_bounds : sequence of str, default 1970-01-01 and 2100-01-01
        Days outside are refused as typing errors.
    name : str, default "csv"
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
    delimiter: str = ","
    encoding: str = "utf-8"
    date_format: str | None = None
    decimal: str = "."
    thousands: str = ""
    drop_duplicates: bool = False
    date_bounds: Sequence[str] = ("1970-01-01", "2100-01-01")
    name: str = "csv"

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", attributes(self.attributes))
        if len(self.delimiter) != 1 or len(self.decimal) != 1 or self.decimal == self.thousands:
            raise ConfigError(
                "the CSV format is malformed",
                got=f"delimiter={self.delimiter!r}, decimal={self.decimal!r}, "
                f"thousands={self.thousands!r}",
                allowed="one character for delimiter and decimal; decimal unlike thousands",
                remedy="mend data.delimiter, data.decimal and data.thousands",
                reason_code="bad_csv_format",
            )

    def fingerprint(self) -> str:
        """Digest of every file's bytes and of how they are read.

        Raises
        ------
        DataError
            If a file does not exist.
        """
        found = self._files()
        content = {name: sorted(map(digest_file, files)) for name, files in found.items()}
        form = [self.delimiter, self.encoding, self.date_format, self.decimal, self.thousands]
        reading = [self._mapping(), list(self.date_bounds), self.drop_duplicates]
        return digest_json(["csv", content, form, reading])

    def load(self, workdir: Path) -> RawTables:
        """Write each file as Parquet, dates as ISO text and numbers with a point.

        Raises
        ------
        DataError
            If a file is missing, is not in the encoding, or is not well-formed CSV.
        """
        mapping = self._mapping()
        made: dict[str, list[Path]] = {"transactions": [], "customers": [], "assets": []}
        for table, files in self._files().items():
            for number, file in enumerate(files):
                target = workdir / f"{table}-{number}-{file.stem}.parquet"
                self._convert(file, target, self._own(table, mapping))
                made[table].append(target)
        first, last = self.date_bounds
        return RawTables(
            made["transactions"],
            next(iter(made["customers"]), None),
            next(iter(made["assets"]), None),
            mapping,
            (str(first), str(last)),
            self.drop_duplicates,
        )

    def _files(self) -> dict[str, list[Path]]:
        return log_files(self.transactions, self.customers, self.assets, suffix=".csv")

    def _mapping(self) -> dict[str, str]:
        return {
            **{f"transactions.{k}": v for k, v in self.columns.items()},
            **{f"customers.{k}": v for k, v in self.customer_columns.items()},
            **{f"assets.{k}": v for k, v in self.asset_columns.items()},
        }

    def _own(self, table: str, mapping: Mapping[str, str]) -> dict[str, str]:
        """The file's own names of date and number columns, each with its kind."""
        attributes_as_numbers = [n for n, a in self.attributes.items() if a.dtype == "number"]
        kinds = dict.fromkeys(_DATES, "date")
        kinds |= dict.fromkeys([*_NUMBERS, *attributes_as_numbers], "number")
        return {mapping.get(f"{table}.{name}", name): kind for name, kind in kinds.items()}

    def _convert(self, file: Path, target: Path, kinds: Mapping[str, str]) -> None:
        text = self._as_utf8(file, target.with_suffix(".csv"))
        names = self._header(text, file)
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
        # Nothing is sniffed: a guessed header or dialect would drop lines without a word.
        read = (
            f"read_csv({literal(str(text))}, auto_detect=false, header=true, strict_mode=true, "
            f"delim={literal(self.delimiter)}, quote='\"', escape='\"', columns={{{columns}}})"
        )
        body = ", ".join(self._value(name, kinds) for name in names)
        try:
            with duckdb.connect() as connection:
                connection.execute("SET threads = 2; SET memory_limit = '1GB'")
                connection.execute(
                    f"COPY (SELECT {body} FROM {read}) TO {literal(str(target))} (FORMAT parquet)"
                )
        except duckdb.Error as error:
            raise DataError(
                "a CSV file cannot be read",
                got=f"{file}: {str(error).splitlines()[0]}",
                allowed=f"a header and rows of equal length, split by {self.delimiter!r}",
                remedy="mend the file, or set data.delimiter and data.encoding",
                reason_code="unreadable_file",
            ) from error

    def _header(self, text: Path, file: Path) -> list[str]:
        try:
            with text.open(encoding="utf-8-sig", newline="") as stream:
                names = next(csv.reader(stream, delimiter=self.delimiter), [])
        except (UnicodeDecodeError, csv.Error) as error:
            raise DataError(
                "a CSV file cannot be read",
                got=f"{file}: {error}",
                allowed="UTF-8 text, or the encoding declared",
                remedy="set data.encoding, for example latin-1",
                reason_code="unreadable_file",
            ) from error
        if not names or len(set(names)) < len(names) or "" in names:
            raise DataError(
                "the header of a CSV file cannot be read",
                got=f"{file}: {names or 'an empty file'}",
                allowed=f"distinct column names, split by {self.delimiter!r}",
                remedy="mend the first line, or set data.delimiter",
                reason_code="unreadable_file",
            )
        return names

    def _value(self, name: str, kinds: Mapping[str, str]) -> str:
        column, kind = identifier(name), kinds.get(name)
        if kind == "date" and self.date_format is not None:
            # What does not parse stays as it is, so that the contract shows the file's own value.
            day = f"CAST(try_strptime(TRIM({column}), {literal(self.date_format)}) AS DATE)"
            return f"COALESCE(CAST({day} AS VARCHAR), {column}) AS {column}"
        if kind == "number" and (self.thousands or self.decimal != "."):
            plain = (
                f"REPLACE({column}, {literal(self.thousands)}, '')" if self.thousands else column
            )
            return f"REPLACE({plain}, {literal(self.decimal)}, '.') AS {column}"
        return column

    def _as_utf8(self, file: Path, target: Path) -> Path:
        if self.encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
            return file
        try:
            with (
                file.open(encoding=self.encoding, newline="") as source,
                target.open("w", encoding="utf-8", newline="") as sink,
            ):
                while chunk := source.read(1 << 20):
                    sink.write(chunk)
        except (LookupError, UnicodeDecodeError) as error:
            raise DataError(
                "a CSV file is not in the declared encoding",
                got=f"{file} as {self.encoding}: {error}",
                allowed="an encoding Python knows",
                remedy="set data.encoding, for example latin-1 or utf-16",
                reason_code="bad_encoding",
            ) from error
        return target
