"""A sales log in CSV files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import duckdb

from gosales.core.digests import digest_file, digest_json
from gosales.core.errors import ConfigError, DataError
from gosales.data.log_files import log_files
from gosales.data.parquet_files import PLACE, check_header
from gosales.data.source import RawTables
from gosales.data.sql_text import literal
from gosales.data.table_source import TableSource

_UTF8 = ("utf-8", "utf8", "utf-8-sig")
# A line of one field with a million characters of four bytes each still fits.
_LONGEST_LINE = 8 << 20


@dataclass(frozen=True)
class CsvSource(TableSource):
    """Tables as CSV files with a header line; the transactions may be a folder of them.

    Takes what every `TableSource` takes. Every value is read as text, so ids keep their zeros.

    Parameters
    ----------
    delimiter : str, default ","
        One character.
    encoding : str, default "utf-8"
        Any text encoding Python knows; a byte-order mark is skipped.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    name: str = "csv"

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n':
            raise ConfigError(
                "the CSV delimiter is malformed",
                got=f"delimiter={self.delimiter!r}",
                allowed="one character, not a quote or a line end",
                remedy="mend data.delimiter",
                reason_code="bad_csv_format",
            )

    def fingerprint(self, workdir: Path | None = None) -> str:
        """Digest of every file's bytes and of how they are read.

        Raises
        ------
        DataError
            If a file does not exist.
        """
        content = {t: sorted(map(digest_file, files)) for t, files in self._files().items()}
        return digest_json(["csv", content, self.delimiter, self.encoding, self.reading()])

    def load(self, workdir: Path) -> RawTables:
        """Write each file as Parquet, all values text.

        Raises
        ------
        DataError
            If a file is missing, is not in the encoding, or is not well-formed CSV.
        """
        made: dict[str, list[Path]] = {}
        for table, files in self._files().items():
            made[table] = [workdir / f"{table}-{number}.parquet" for number in range(len(files))]
            for file, target in zip(files, made[table], strict=True):
                self._convert(file, target)
        return self.raw_tables(made)

    def _files(self) -> dict[str, list[Path]]:
        return log_files(self.places(), suffix=".csv")

    def _convert(self, file: Path, target: Path) -> None:
        text = self._as_utf8(file, target.with_suffix(".csv"))
        names = self._header(text, file)
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
        # Nothing is sniffed: a guessed header or dialect would drop lines without a word.
        read = (
            f"read_csv({literal(str(text))}, auto_detect=false, header=true, strict_mode=true, "
            f"delim={literal(self.delimiter)}, quote='\"', escape='\"', columns={{{columns}}}, "
            f"max_line_size={_LONGEST_LINE}, compression='none')"
        )
        place = f"{literal(str(file))} AS {PLACE}"
        try:
            with duckdb.connect() as connection:
                connection.execute("SET threads = 2; SET memory_limit = '1GB'")
                connection.execute(
                    f"COPY (SELECT *, {place} FROM {read}) TO {literal(str(target))} "
                    "(FORMAT parquet)"
                )
        except duckdb.Error as error:
            raise DataError(
                "a CSV file cannot be read",
                got=f"{file}: {_first_line(error, text)}",
                allowed=f"a header and rows of equal length, split by {self.delimiter!r}",
                remedy="mend the file, or set data.delimiter and data.encoding",
                reason_code="unreadable_file",
            ) from error

    def _header(self, text: Path, file: Path) -> list[str]:
        try:
            with text.open(encoding="utf-8-sig", newline="") as stream:
                names = next(csv.reader(stream, delimiter=self.delimiter, strict=True), [])
        except UnicodeDecodeError as error:
            raise DataError(
                "a CSV file cannot be read",
                got=f"{file}: {error}",
                allowed="UTF-8 text, or the encoding declared",
                remedy="set data.encoding, for example cp1252 or utf-16",
                reason_code="unreadable_file",
            ) from error
        except csv.Error as error:
            raise self._bad_header(f"{file}: {error}") from error
        names = [name.strip() for name in names]
        if not names or "" in names:
            raise self._bad_header(f"{file}: {names or 'an empty first line'}")
        check_header(names, str(file))
        return names

    def _bad_header(self, got: str) -> DataError:
        return DataError(
            "the header of a CSV file cannot be read",
            got=got,
            allowed=f"column names, split by {self.delimiter!r}",
            remedy="mend the first line, or set data.delimiter",
            reason_code="unreadable_file",
        )

    def _as_utf8(self, file: Path, target: Path) -> Path:
        if self.encoding.lower().replace("_", "-") in _UTF8:
            return file
        try:
            with (
                file.open(encoding=self.encoding, newline="") as source,
                target.open("w", encoding="utf-8", newline="") as sink,
            ):
                while chunk := source.read(1 << 20):
                    sink.write(chunk)
        except (LookupError, UnicodeError) as error:
            raise DataError(
                "a CSV file is not in the declared encoding",
                got=f"{file} as {self.encoding}: {error}",
                allowed="an encoding Python knows",
                remedy="set data.encoding, for example cp1252, latin-1 or utf-16",
                reason_code="bad_encoding",
            ) from error
        return target


def _first_line(error: duckdb.Error, text: Path) -> str:
    line = str(error).splitlines()[0].replace(str(text), "the file")
    if "invalid state" in line:
        return "line ends of more than one kind (LF, CRLF), or a quote inside a quoted value"
    return line
