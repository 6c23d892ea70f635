"""The one place where values are read as types: SQL made from the declared formats."""

from __future__ import annotations

from collections.abc import Sequence

from gosales.data.blank_text import BLANKS, is_given, trimmed
from gosales.data.formats import Formats
from gosales.data.sql_text import literal
from gosales.data.table_schema import SQL_TYPE, Kind

_EXACT = ("DECIMAL", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT", "UINTEGER")
_FLOATS = ("DOUBLE", "FLOAT")
_SMALL = ("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER")
# Types of which every value fits the kind.
_CERTAIN: dict[Kind, tuple[str, ...]] = {
    "text": ("VARCHAR",), "date": ("DATE",), "money": _SMALL, "units": _SMALL, "flag": ("BOOLEAN",),
}  # fmt: skip
_INSTANTS = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")

_MINUS = r"[-\x{2212}]"
_CLOCK = r"((?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)(?:[.,]\d+)?"
_OFFSET = r"(Z|UTC|[+-]\d{2}(?::?\d{2})?)"
_YEAR_FIRST = r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
_YEAR_LAST = r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})"
# Per order of day, month and year: the pattern, the same day in ISO order, and what most values
# are (ten characters), read without a pattern because that is ten times as fast.
_ORDERS = {
    "iso": (_YEAR_FIRST, r"\1-\2-\3", "{t}[5] = '-'", "{t}"),
    "day_first": (
        _YEAR_LAST,
        r"\3-\2-\1",
        "{t}[3] = {t}[6] AND {t}[3] IN ('.', '/', '-')",
        "{t}[7:10] || '-' || {t}[4:5] || '-' || {t}[1:2]",
    ),
    "month_first": (
        _YEAR_LAST,
        r"\3-\1-\2",
        "{t}[3] = {t}[6] AND {t}[3] IN ('.', '/', '-')",
        "{t}[7:10] || '-' || {t}[1:2] || '-' || {t}[4:5]",
    ),
}


def is_text(own: str) -> bool:
    """Whether a SQL type is text."""
    return own.startswith(("VARCHAR", "ENUM"))


def text_value(raw: str, own: str) -> str:
    """SQL of a value as trimmed text; null where it is blank or not a number.

    Parameters
    ----------
    raw : str
        SQL of the value.
    own : str
        Its SQL type.
    """
    if own == "VARCHAR":
        return trimmed(raw)
    text = f"NULLIF(TRIM(CAST({raw} AS VARCHAR), {literal(BLANKS)}), '')"
    return f"CASE WHEN NOT isnan({raw}) THEN {text} END" if own in _FLOATS else text


def given_text(raw: str, own: str) -> str:
    """SQL of whether a text holds more than blanks: cheaper than `text_value`.

    Parameters
    ----------
    raw : str
        SQL of the value.
    own : str
        Its SQL type, a text.
    """
    return is_given(raw) if own == "VARCHAR" else f"{text_value(raw, own)} IS NOT NULL"


def is_certain(kind: Kind, own: str) -> bool:
    """Whether a SQL type holds nothing that does not fit a kind.

    Examples
    --------
    >>> is_certain("date", "DATE"), is_certain("date", "VARCHAR"), is_certain("money", "DOUBLE")
    (True, False, False)
    """
    return own in _CERTAIN.get(kind, ())


def typed_value(kind: Kind, raw: str, text: str, own: str, formats: Formats) -> str:
    """SQL of a value as its kind demands; null where it does not fit.

    Parameters
    ----------
    kind : {"text", "date", "money", "units", "number", "flag"}
        What it must be.
    raw, text : str
        SQL of the value and of `text_value`; best the names of two columns, for they are
        repeated.
    own : str
        The value's SQL type: what is a date or a number already needs no format.
    formats : Formats
        How text writes dates and numbers.
    """
    wanted, is_number = SQL_TYPE[kind], own in _FLOATS or own.startswith(_EXACT)
    if kind == "text":
        return _name(raw, text, own)
    if kind == "date":
        return _date(raw, text, own, formats)
    if kind == "flag":
        return f"TRY_CAST({text} AS {wanted})"
    value = f"TRY_CAST({raw} AS {wanted})" if is_number else number_value(text, wanted, formats)
    return f"CASE WHEN isfinite({value}) THEN {value} END" if kind == "number" else value


def _name(raw: str, text: str, own: str) -> str:
    """An id that some program made a number must not become ``12346.0``."""
    if own in _FLOATS:
        is_whole = f"{raw} = FLOOR({raw}) AND ABS({raw}) < 1e15"
        return f"CASE WHEN {is_whole} THEN CAST(CAST({raw} AS BIGINT) AS VARCHAR) ELSE {text} END"
    if own.startswith("DECIMAL") and not own.endswith(",0)"):
        return f"RTRIM(RTRIM({text}, '0'), '.')"
    return text


def number_value(text: str, wanted: str, formats: Formats) -> str:
    """SQL that reads a number from text; null where it is none.

    Parameters
    ----------
    text : str
        SQL of the trimmed text.
    wanted : str
        SQL type of the result.
    formats : Formats
        Decimal mark, grouping and currency.

    Notes
    -----
    Digits are grouped by threes or not at all: under ``thousands=","`` a ``12,50`` is no number,
    so that a decimal comma under the wrong declaration does not become 1,250 unnoticed.
    """
    point, group = _escaped(formats.decimal), _group(formats.thousands)
    digits = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)" if group else r"\d+"
    number = rf"(?:{digits}(?:{point}\d*)?|{point}\d+)(?:[eE][-+]?\d+)?"
    bare = _without_sign(text, formats.signs)
    below = rf"\(\s*{number}\s*\)|{_MINUS}\s*{number}|{number}\s*{_MINUS}"
    plain = f"regexp_extract({bare}, {literal(number)})"
    if group:
        plain = f"regexp_replace({plain}, {literal(group)}, '', 'g')"
    if formats.decimal != ".":
        plain = f"REPLACE({plain}, {literal(formats.decimal)}, '.')"
    value = (
        f"TRY_CAST(CASE WHEN regexp_full_match({bare}, {literal(rf'[+]?{number}')}) THEN {plain} "
        f"WHEN regexp_full_match({bare}, {literal(below)}) THEN '-' || {plain} END AS {wanted})"
    )
    if formats.decimal != ".":
        return value
    # Most numbers are plain. SQL would also read 1_000, which no log means.
    quick = f"CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({text} AS {wanted}) END"
    return f"COALESCE({quick}, {value})"


def _group(thousands: str) -> str:
    if thousands == " ":
        return r"[ \x{A0}\x{202F}]"
    return r"[\x{27}\x{2019}]" if thousands == "'" else _escaped(thousands)


def _without_sign(text: str, signs: Sequence[str]) -> str:
    if not signs:
        return text
    sign = "|".join(map(_escaped, signs))
    front = literal(rf"(?i)^([-+(\x{{2212}}]?)\s*(?:{sign})\s*")
    back = literal(rf"(?i)\s*(?:{sign})\s*([-)\x{{2212}}]?)$")
    return f"regexp_replace(regexp_replace({text}, {front}, '\\1'), {back}, '\\1')"


def _escaped(text: str) -> str:
    return "".join(rf"\x{{{ord(character):X}}}" for character in text)


def _date(raw: str, text: str, own: str, formats: Formats) -> str:
    zone = literal(formats.time_zone)
    if own.startswith(_INSTANTS):
        # An instant has a day only somewhere; the machine's own zone must not decide.
        return f"TRY_CAST({raw} AT TIME ZONE {zone} AS DATE)"
    if own.startswith(("DATE", "TIMESTAMP")):
        return f"TRY_CAST({raw} AS DATE)"
    if formats.dates == "excel":
        return _excel(number_value(text, "DOUBLE", formats) if is_text(own) else raw)
    if formats.is_pattern:
        moment = f"try_strptime({text}, {literal(formats.dates)})"
        is_instant = "%z" in formats.dates.lower()
        return f"CAST({moment}{f' AT TIME ZONE {zone}' if is_instant else ''} AS DATE)"
    return _day(text, formats.dates, zone)


def _day(text: str, order: str, zone: str) -> str:
    """A day in a fixed order of its parts, with or without a time of day."""
    day, iso, is_quick, quick = _ORDERS[order]
    at = r" \4\5"
    local = rf"{day}(?:[T ]\s*{_CLOCK}\s*(?:[AaPp][Mm])?)?"
    instant = rf"{day}[T ]\s*{_CLOCK}\s*{_OFFSET}"
    moment = f"regexp_replace({text}, {literal(instant)}, {literal(iso + at)})"
    cases = {
        f"LENGTH({text}) = 10 AND {is_quick.format(t=text)}": quick.format(t=text),
        f"regexp_full_match({text}, {literal(local)})": (
            f"regexp_replace({text}, {literal(local)}, {literal(iso)})"
        ),
        f"regexp_full_match({text}, {literal(instant)})": (
            f"CAST(TRY_CAST({moment} AS TIMESTAMPTZ) AT TIME ZONE {zone} AS DATE)"
        ),
    }
    if order == "iso":
        cases[rf"regexp_full_match({text}, '\d{{8}}')"] = (
            f"{text}[1:4] || '-' || {text}[5:6] || '-' || {text}[7:8]"
        )
    body = " ".join(
        f"WHEN {found} THEN TRY_CAST({value} AS DATE)" for found, value in cases.items()
    )
    return f"CASE {body} END"


def _excel(number: str) -> str:
    """Excel's day 60 is 29 February 1900, which never was; days before it count one less."""
    day = f"CAST(FLOOR(TRY_CAST({number} AS DOUBLE)) AS INTEGER)"
    return (
        f"CASE WHEN {number} >= 61 AND {number} < 2958466 THEN DATE '1899-12-30' + {day} "
        f"WHEN {number} >= 1 AND {number} < 60 THEN DATE '1899-12-31' + {day} END"
    )
