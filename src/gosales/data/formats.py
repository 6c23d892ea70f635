"""How a log writes its dates and numbers: declared, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from gosales.core.errors import ConfigError
from gosales.data.table_schema import Kind

_DATES: Final = {
    "iso": "ISO, YYYY-MM-DD",
    "day_first": "day first, DD.MM.YYYY",
    "month_first": "month first, MM/DD/YYYY",
    "excel": "an Excel day number",
}
_YEAR, _DAY = re.compile(r"%-?[Yy]"), re.compile(r"%-?d.*%-?[mbB]|%-?[mbB].*%-?d|%-?j", re.DOTALL)
_MARKS: Final = ".,"
_GROUPS: Final = ("", ",", ".", " ", "'")


@dataclass(frozen=True)
class Formats:
    """How text becomes dates and numbers, one way for a whole source.

    A value that does not fit breaks the contract; values that are dates or numbers already
    (Parquet, SQL) need no format.

    Parameters
    ----------
    dates : str, default "iso"
        ``iso``: year, month, day, with or without a time of day. ``day_first``, ``month_first``:
        two figures and a year of four. ``excel``: days since 1899-12-30, fractions are the time
        of day (the 1900 system; its 29 February 1900 is no date). Anything with ``%``: a
        ``strptime`` pattern, for example ``%d-%b-%y``.
    decimal : {".", ","}, default "."
        The decimal mark.
    thousands : {"", ",", ".", " ", "'"}, default ""
        What groups three digits; empty: nothing does. A blank stands for no-break blanks too.
    currency : str or sequence of str, default ""
        Signs or codes of the log's one currency, before or after an amount. Another sign breaks
        the contract: dollars and euros are never added up.
    time_zone : str, default "UTC"
        Where the day of an instant (a timestamp with an offset) is read off.
    repair_mojibake : bool, default False
        Put right text that was UTF-8 and was once read as cp1252.

    Raises
    ------
    ConfigError
        Naming everything that is not allowed.

    Notes
    -----
    Whatever the format, a minus may stand before or after a number, and an amount in
    parentheses is negative, as accountants write it. Percentages are refused.

    Examples
    --------
    >>> Formats(dates="day_first").says("date")
    'a date (day first, DD.MM.YYYY)'
    """

    dates: str = "iso"
    decimal: str = "."
    thousands: str = ""
    currency: str | Sequence[str] = ""
    time_zone: str = "UTC"
    repair_mojibake: bool = False

    def __post_init__(self) -> None:
        wrong = [*self._wrong_dates(), *self._wrong_numbers()]
        if self.time_zone != "UTC" and not _is_time_zone(self.time_zone):
            wrong.append(f"time_zone={self.time_zone!r}")
        if wrong:
            raise ConfigError(
                "the formats of the source are malformed",
                got=", ".join(wrong),
                allowed=f"dates {', '.join(_DATES)} or a strptime pattern with year, month and "
                "day; decimal . or ,; thousands empty or one of , . blank ' and unlike decimal; "
                "currency a sign or code without digits; time_zone such as Europe/Berlin",
                remedy="mend data.dates, data.decimal, data.thousands, data.currency or "
                "data.time_zone",
                reason_code="bad_formats",
            )

    @property
    def is_pattern(self) -> bool:
        """Whether dates are read by a ``strptime`` pattern."""
        return "%" in self.dates

    @property
    def signs(self) -> tuple[str, ...]:
        """The currency's signs, longest first so that ``US$`` is tried before ``$``."""
        given = [self.currency] if isinstance(self.currency, str) else list(self.currency)
        return tuple(sorted((s for s in given if s), key=lambda s: (-len(s), s)))

    def says(self, kind: Kind) -> str:
        """What a value of a kind must be, in words."""
        marks = "" if (self.decimal, self.thousands) == (".", "") else self._marks()
        return {
            "text": "text",
            "date": f"a date ({_DATES.get(self.dates, self.dates)})",
            "money": f"an amount (finite, below 10^14{marks})",
            "units": f"a quantity (finite, below 10^15{marks})",
            "number": f"a finite number{marks}",
            "flag": "true or false",
        }[kind]

    def remedy(self, kind: Kind) -> str:
        """What to do about a value that does not fit."""
        if kind == "date":
            return "correct the value, or declare how dates are written: data.dates"
        if kind in ("money", "units", "number"):
            return "correct the value, or set data.decimal, data.thousands or data.currency"
        return "correct the value"

    def _marks(self) -> str:
        grouped = f", thousands {self.thousands!r}" if self.thousands else ""
        return f", decimal {self.decimal!r}{grouped}"

    def _wrong_dates(self) -> list[str]:
        if self.dates in _DATES or (self.is_pattern and _is_whole_pattern(self.dates)):
            return []
        return [f"dates={self.dates!r}"]

    def _wrong_numbers(self) -> list[str]:
        wrong = []
        if self.decimal not in tuple(_MARKS):
            wrong.append(f"decimal={self.decimal!r}")
        if self.thousands not in _GROUPS or self.thousands == (self.decimal or None):
            wrong.append(f"thousands={self.thousands!r}")
        bad = [s for s in self.signs if re.search(r"[\d()%+\-]", s) or s.strip() != s]
        return wrong + [f"currency={sign!r}" for sign in bad]


def _is_whole_pattern(pattern: str) -> bool:
    """Whether DuckDB reads the pattern, and the pattern leaves nothing of a day to chance."""
    if not (_YEAR.search(pattern) and _DAY.search(pattern)):
        return False
    try:
        with duckdb.connect() as connection:
            connection.execute("SELECT try_strptime('', $1) IS NULL", [pattern])
    except duckdb.Error:
        return False
    return True


def _is_time_zone(name: str) -> bool:
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT COUNT(*) FROM pg_timezone_names() WHERE name = $1", [name]
        ).fetchone()
    return bool(found and found[0])
