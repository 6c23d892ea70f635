"""How each format reads each value; None is a breach of the contract, never a guess."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from gosales.data.formats import Formats
from gosales.data.typed_value import text_value, typed_value


def read(kind: str, value: str, formats: Formats, own: str = "VARCHAR") -> str | None:
    """One value, given as SQL, read as a kind; as text, so that a case is one line."""
    with duckdb.connect() as connection:
        # A machine in another zone must read the same days.
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        text = text_value("raw", own)
        typed = typed_value(kind, "raw", "text", own, formats)  # type: ignore[arg-type]
        row = connection.execute(
            f"SELECT CAST({typed} AS VARCHAR) FROM (SELECT raw, {text} AS text "
            f"FROM (SELECT CAST({value} AS {own}) AS raw))"
        ).fetchone()
    assert row
    return row[0]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


ISO = "iso"
DAY = "day_first"
MONTH = "month_first"
EXCEL = "excel"


@pytest.mark.parametrize(
    ("dates", "text", "expected"),
    [
        (ISO, "2024-02-29", "2024-02-29"),
        (ISO, " 2024-02-29\u00a0", "2024-02-29"),
        (ISO, "2024/2/9", "2024-02-09"),
        (ISO, "20240229", "2024-02-29"),
        (ISO, "2024-02-29 23:59:59.123456", "2024-02-29"),
        (ISO, "2024-02-29T23:59", "2024-02-29"),
        (ISO, "2024-02-29T23:59:00Z", "2024-02-29"),
        (ISO, "2024-02-29T23:30:00-05:00", "2024-03-01"),  # an instant: its day in UTC
        (ISO, "2024-02-29 00:30:00.5+0200", "2024-02-28"),
        (ISO, "2024-02-30", None),
        (ISO, "2023-02-29", None),
        (ISO, "2024-02-29 25:00", None),
        (ISO, "2024-02-29x", None),
        (ISO, "24-02-29", None),
        (ISO, "05/06/2024", None),
        (ISO, "45351", None),
        (ISO, "2024-02-29 (BC)", None),
        (ISO, "infinity", None),
        (ISO, "2024-13-01", None),
        (DAY, "05/06/2024", "2024-06-05"),
        (DAY, "5.6.2024", "2024-06-05"),
        (DAY, "05-06-2024 14:30", "2024-06-05"),
        (DAY, "05.06.2024 23:30:00 +01:00", "2024-06-05"),
        (DAY, "31/12/2024", "2024-12-31"),
        (DAY, "12/31/2024", None),
        (DAY, "2024-06-05", None),
        (DAY, "05/06/24", None),  # of which century? declare %d/%m/%y
        (MONTH, "05/06/2024", "2024-05-06"),
        (MONTH, "5/6/2024 2:30 PM", "2024-05-06"),
        (MONTH, "12/31/2024", "2024-12-31"),
        (MONTH, "31/12/2024", None),
        (EXCEL, "45292", "2024-01-01"),
        (EXCEL, "45292.99999", "2024-01-01"),
        (EXCEL, "1", "1900-01-01"),
        (EXCEL, "59", "1900-02-28"),
        (EXCEL, "60", None),  # Excel's 29 February 1900
        (EXCEL, "60.5", None),
        (EXCEL, "61", "1900-03-01"),
        (EXCEL, "2958465", "9999-12-31"),
        (EXCEL, "2958466", None),
        (EXCEL, "0", None),
        (EXCEL, "-5", None),
        (EXCEL, "2024-01-01", None),
        ("%d-%b-%y", "29-Feb-24", "2024-02-29"),
        ("%d-%b-%y", "29-Feb-2024", None),
        ("%Y%j", "2024060", "2024-02-29"),
        ("%d/%m/%Y %H:%M", "05/06/2024 14:30", "2024-06-05"),
        ("%d/%m/%Y %H:%M", "05/06/2024", None),
        ("%Y-%m-%d %H:%M %z", "2024-02-29 23:30 -05:00", "2024-03-01"),
    ],
)  # fmt: skip
def test_dates_in_text(dates: str, text: str, expected: str | None) -> None:
    assert read("date", quoted(text), Formats(dates=dates)) == expected


@pytest.mark.parametrize(
    ("own", "value", "dates", "zone", "expected"),
    [
        ("DATE", "'2024-02-29'", DAY, "UTC", "2024-02-29"),
        ("TIMESTAMP", "'2024-02-29 23:59:59'", EXCEL, "UTC", "2024-02-29"),
        ("TIMESTAMP_NS", "'2024-02-29 23:59:59'", ISO, "UTC", "2024-02-29"),
        ("TIMESTAMP WITH TIME ZONE", "'2024-02-29 23:30:00+00'", ISO, "UTC", "2024-02-29"),
        ("TIMESTAMP WITH TIME ZONE", "'2024-02-29 23:30:00+00'", ISO, "Europe/Berlin",
         "2024-03-01"),
        ("BIGINT", "45292", EXCEL, "UTC", "2024-01-01"),
        ("DOUBLE", "45292.75", EXCEL, "UTC", "2024-01-01"),
        ("DOUBLE", "'nan'", EXCEL, "UTC", None),
        ("BIGINT", "20240229", ISO, "UTC", "2024-02-29"),
        ("DOUBLE", "45292.0", ISO, "UTC", None),
        ("VARCHAR", "'2024-02-29T23:30:00Z'", ISO, "Europe/Berlin", "2024-03-01"),
    ],
)  # fmt: skip
def test_dates_that_are_typed_already(
    own: str, value: str, dates: str, zone: str, expected: str | None
) -> None:
    assert read("date", value, Formats(dates=dates, time_zone=zone), own) == expected


PLAIN: dict[str, Any] = {}
ENGLISH = {"thousands": ","}
GERMAN = {"decimal": ",", "thousands": "."}
FRENCH = {"decimal": ",", "thousands": " ", "currency": ["€", "EUR"]}
SWISS = {"thousands": "'", "currency": "CHF"}
DOLLARS = {"thousands": ",", "currency": ["$", "US$", "USD"]}


@pytest.mark.parametrize(
    ("formats", "text", "expected"),
    [
        (PLAIN, "1234.5", "1234.5000"),
        (PLAIN, " -0.5 ", "-0.5000"),
        (PLAIN, ".5", "0.5000"),
        (PLAIN, "+5", "5.0000"),
        (PLAIN, "1e3", "1000.0000"),
        (PLAIN, "(1234.50)", "-1234.5000"),
        (PLAIN, "( 5 )", "-5.0000"),
        (PLAIN, "5.00-", "-5.0000"),
        (PLAIN, "−5", "-5.0000"),
        (PLAIN, "1,234.50", None),
        (PLAIN, "1,5", None),
        (PLAIN, "5%", None),
        (PLAIN, "$5", None),
        (PLAIN, "1_000", None),
        (PLAIN, "0x1F", None),
        (PLAIN, "inf", None),
        (PLAIN, "(5", None),
        (PLAIN, "(-5)", None),
        (PLAIN, "--5", None),
        (PLAIN, "1 2", None),
        (PLAIN, "=1+1", None),
        (PLAIN, "100000000000000", None),
        (ENGLISH, "1,234,567.89", "1234567.8900"),
        (ENGLISH, "(1,234.50)", "-1234.5000"),
        (ENGLISH, "1234.5", "1234.5000"),
        (ENGLISH, "12,50", None),  # a decimal comma, or a slip: not 1,250
        (ENGLISH, "1,2345", None),
        (ENGLISH, ",123", None),
        (ENGLISH, "5%", None),
        (GERMAN, "1.234,50", "1234.5000"),
        (GERMAN, "-1.234.567,8", "-1234567.8000"),
        (GERMAN, "1.234", "1234.0000"),
        (GERMAN, "12.5", None),
        (GERMAN, "1234,5-", "-1234.5000"),
        (FRENCH, "1\u202f234,50 €", "1234.5000"),
        (FRENCH, "1\u00a0234,50", "1234.5000"),
        (FRENCH, "-1 234,5 EUR", "-1234.5000"),
        (FRENCH, "€ 5", "5.0000"),
        (FRENCH, "5 $", None),
        (SWISS, "CHF 1'234.50", "1234.5000"),
        (SWISS, "1’234.50 chf", "1234.5000"),
        (DOLLARS, "$1,234.50", "1234.5000"),
        (DOLLARS, "($1,234.50)", "-1234.5000"),
        (DOLLARS, "$(1,234.50)", "-1234.5000"),
        (DOLLARS, "-$5", "-5.0000"),
        (DOLLARS, "$-5", "-5.0000"),
        (DOLLARS, "US$ 5.25-", "-5.2500"),
        (DOLLARS, "5 USD", "5.0000"),
        (DOLLARS, "$", None),
        (DOLLARS, "€5", None),
        (DOLLARS, "5$5", None),
        ({"currency": "Rs."}, "Rs.5", "5.0000"),
    ],
)
def test_amounts_in_text(formats: dict[str, Any], text: str, expected: str | None) -> None:
    assert read("money", quoted(text), Formats(**formats)) == expected


@pytest.mark.parametrize(
    ("kind", "own", "value", "expected"),
    [
        ("money", "DOUBLE", "0.1", "0.1000"),
        ("money", "DECIMAL(38,18)", "1234.5", "1234.5000"),
        ("units", "BIGINT", "3", "3.000"),
        ("number", "VARCHAR", "'1,5'", "1.5"),
        ("number", "VARCHAR", "'inf'", None),
        ("number", "DOUBLE", "'inf'", None),
        ("number", "INTEGER", "7", "7.0"),
        ("text", "DOUBLE", "12346.0", "12346"),
        ("text", "DECIMAL(38,18)", "12346", "12346"),
        ("text", "DECIMAL(10,0)", "1200", "1200"),
        ("text", "VARCHAR", "'\ufeff a\t'", "a"),
        ("text", "VARCHAR", "'\u00a0'", None),
        ("flag", "VARCHAR", "'true'", "true"),
        ("flag", "VARCHAR", "'perhaps'", None),
    ],
)
def test_typed_values_need_no_format(kind: str, own: str, value: str, expected: str | None) -> None:
    assert read(kind, value, Formats(decimal=","), own) == expected
