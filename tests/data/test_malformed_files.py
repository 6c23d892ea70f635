"""Whatever a file holds: it is read for what it says, or one error says what is wrong."""

from __future__ import annotations

import io
import random
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from gosales.core.errors import DataError, GoSalesError
from gosales.core.progress import SilentProgress
from gosales.data.ingest import IngestResult, ingest
from gosales.data.sku_map import SkuMap
from gosales.data.sources.csv_source import CsvSource
from gosales.data.sources.parquet_source import ParquetSource
from gosales.data.star import TRANSACTIONS, Star

HEAD = "customer_id,order_date,sku,division,gross_profit\n"
LINE = "a,2024-01-05,s,d,1\n"
FRAME = pd.DataFrame(
    {"customer_id": ["a", "b"], "order_date": ["2024-01-05"] * 2, "sku": ["s", "t"],
     "division": ["d"] * 2, "gross_profit": [1.0, 2.0]}
)  # fmt: skip
MILLION = 10**6


def read(tmp_path: Path, data: bytes | str, suffix: str = ".csv", **options: str) -> IngestResult:
    path = tmp_path / f"tx{suffix}"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    source = (CsvSource if suffix == ".csv" else ParquetSource)(str(path), **options)
    return ingest(source, SkuMap(), tmp_path / "stars", SilentProgress())


def values(result: IngestResult, column: str) -> list[str]:
    path = result.star.table(TRANSACTIONS)
    found = duckdb.sql(f"SELECT CAST({column} AS VARCHAR) FROM '{path}' ORDER BY 1").fetchall()
    return [row[0] for row in found]


def nothing_half_written(tmp_path: Path) -> None:
    stars = tmp_path / "stars"
    left = {p.name for p in stars.iterdir()} - {".lock", "violations"}
    assert left == set()


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("\ufeff" + HEAD + LINE, "customer_id", ["a"]),
        ((HEAD + LINE * 2).replace("\n", "\r\n"), "sku", ["s", "s"]),
        ((HEAD + LINE * 2).replace("\n", "\r"), "sku", ["s", "s"]),
        ((HEAD + LINE).strip(), "gross_profit", ["1.0000"]),
        (HEAD + "\n" + LINE + "\n\n", "sku", ["s"]),
        (HEAD.replace("sku", " sku ") + LINE, "sku", ["s"]),
        (HEAD + 'a,2024-01-05,"x\ny, ""z""",d,1\n', "sku", ['x\ny, "z"']),
        (HEAD + f"a,2024-01-05,{'x' * MILLION},d,1\n", "LENGTH(sku)", [str(MILLION)]),
        (HEAD + f"a,2024-01-05,{'🙂' * MILLION},d,1\n", "LENGTH(sku)", [str(MILLION)]),
        (HEAD + "=cmd|' /C calc'!A0,2024-01-05,=1+1,@SUM(A1),1\n", "customer_id",
         ["=cmd|' /C calc'!A0"]),
        (HEAD + "a,2024-01-05,s,../../x,1\n", "division", ["../../x"]),
        (HEAD + "a\0b,2024-01-05,s,d,1\n", "customer_id", ["a\0b"]),
        (HEAD + "'); DROP TABLE lines; --,2024-01-05,s,d,1\n", "customer_id",
         ["'); DROP TABLE lines; --"]),
        ('"a ""b"" c",' + HEAD + "1," + LINE, "sku", ["s"]),
        ('"x\'); DROP TABLE y; --",' + HEAD + "1," + LINE, "sku", ["s"]),
        ("sku__text,sku__own,sku__raw,_file,_row," + HEAD + "1,2,3,4,5," + LINE, "sku", ["s"]),
    ],
)  # fmt: skip
def test_what_is_odd_and_right_is_read(
    tmp_path: Path, text: str, column: str, expected: list[str]
) -> None:
    assert values(read(tmp_path, text), column) == expected


@pytest.mark.parametrize(
    ("data", "reason", "match"),
    [
        (b"", "unreadable_file", "header .* cannot be read; got .*an empty first line"),
        (b"\n\n", "unreadable_file", "header .* cannot be read"),
        (HEAD, "empty_log", "the log has no lines"),
        ((HEAD + LINE * 3)[:-8], "unreadable_file", "CSV Error on Line: 4"),
        (HEAD + "a,2024-01-05,s\n", "unreadable_file", "CSV Error on Line: 2"),
        (HEAD + "a,2024-01-05,s,d,1,2\n", "unreadable_file", "CSV Error on Line: 2"),
        (HEAD + 'a,2024-01-05,"s,d,1\n' + LINE, "unreadable_file", "CSV Error on Line: 2"),
        ('"' + HEAD + LINE, "unreadable_file", "header of a CSV file cannot be read"),
        ("x" * MILLION + "," + HEAD, "unreadable_file", "larger than field limit"),
        (HEAD + LINE + "\0\0\0\n", "unreadable_file", "CSV Error on Line: 3"),
        (HEAD.replace("sku", "s\0ku") + LINE, "contract_breach", "sku: not present"),
        (HEAD + LINE.replace("\n", "\r\n") + LINE, "unreadable_file", "more than one kind"),
        ("sku," + HEAD + "s," + LINE, "duplicate_column", "names a column twice; got .*: sku, sku"),
        ("SKU," + HEAD + "s," + LINE, "duplicate_column", "got .*: SKU, sku"),
        ("file_row_number," + HEAD, "reserved_column", "reserved; got .*file_row_number"),
        (HEAD.replace("\n", ",\n") + LINE, "unreadable_file", "header of a CSV file cannot"),
        ("sep=,\n" + HEAD + LINE, "unreadable_file", "header of a CSV file cannot be read"),
        (HEAD.replace(",", ";"), "contract_breach", "customer_id: not present"),
        (HEAD + "a,2024-01-05,s,d,=1+1\n", "contract_breach", "1 row is not an amount"),
        (HEAD + "a,2024-01-05,s,d,5%\n", "contract_breach", "1 row is not an amount"),
        (HEAD + "a,05/06/2024,s,d,1\n", "contract_breach", "1 row is not a date"),
        (bytes(range(256)) * 9, "unreadable_file", "'utf-8' codec can't decode"),
        ((HEAD + LINE).encode("utf-16"), "unreadable_file", "can't decode.*or utf-16"),
        ((HEAD + "ä" + LINE).encode("cp1252"), "unreadable_file", "can't decode.*set data.encod"),
        (parquet(FRAME), "unreadable_file", "cannot be read"),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused(
    tmp_path: Path, data: bytes | str, reason: str, match: str
) -> None:
    with pytest.raises(DataError, match=match) as caught:
        read(tmp_path, data)
    assert (caught.value.reason_code, caught.value.exit_code) == (reason, 2)
    nothing_half_written(tmp_path)


@pytest.mark.parametrize(
    ("text", "written", "declared"),
    [
        ("Größe, Café", "utf-8", "utf-8"),
        ("Größe, Café", "utf-8-sig", "utf-8-sig"),
        ("Größe, Café", "utf-8-sig", "utf-8"),
        ("Größe – 5 € Café", "cp1252", "cp1252"),
        ("Größe, Café", "latin-1", "latin-1"),
        ("Größe, Łódź 日本", "utf-16", "utf-16"),
        ("Größe, Łódź 日本", "utf-16-le", "utf-16-le"),
    ],
)
def test_an_encoding_is_read_as_declared(
    tmp_path: Path, text: str, written: str, declared: str
) -> None:
    data = (HEAD + f'a,2024-01-05,s,"{text}",1\n').encode(written)
    assert values(read(tmp_path, data, encoding=declared), "division") == [text]


@pytest.mark.parametrize(
    ("data", "declared", "match"),
    [
        ((HEAD + "a\x81").encode("latin-1"), "cp1252", "character maps to <undefined>"),
        ((HEAD + LINE).encode("utf-16-le"), "utf-16", "does not start with BOM"),
        ((HEAD + LINE).encode("utf-16") + b"a", "utf-16", "truncated data"),
        (HEAD + LINE, "base64", "not a text encoding"),
        (HEAD + LINE, "klingon", "unknown encoding"),
    ],
)
def test_a_file_in_another_encoding_is_refused(
    tmp_path: Path, data: bytes | str, declared: str, match: str
) -> None:
    with pytest.raises(DataError, match=match) as caught:
        read(tmp_path, data, encoding=declared)
    assert caught.value.reason_code == "bad_encoding"
    nothing_half_written(tmp_path)


WHOLE = parquet(FRAME)


@pytest.mark.parametrize(
    ("data", "reason", "match"),
    [
        (b"", "unreadable_file", "too small to be a Parquet file"),
        (WHOLE[: len(WHOLE) // 2], "unreadable_file", "No magic bytes"),
        (WHOLE[4:], "ingest_failed", "cannot be ingested; got .*whole source files"),
        ((HEAD + LINE).encode(), "unreadable_file", "No magic bytes"),
        (parquet(FRAME.iloc[:0]), "empty_log", "the log has no lines"),
        (parquet(FRAME.assign(SKU="x")), "duplicate_column", "got .*: sku, SKU"),
        (parquet(FRAME.assign(__row="x")), "reserved_column", "got .*: __row"),
        (parquet(FRAME.assign(__file="x")), "reserved_column", "got .*: __file"),
        (parquet(FRAME.assign(order_date=pd.Timedelta(days=1))), "contract_breach",
         "2 rows are not a date"),
        (parquet(FRAME.assign(order_date=[True, False])), "contract_breach", "not a date"),
        (parquet(FRAME.assign(gross_profit=[[1], [2]])), "contract_breach", "not an amount"),
        (parquet(FRAME.assign(division=None)), "contract_breach", "2 rows are not given"),
    ],
)  # fmt: skip
def test_a_parquet_file_that_cannot_be_read_is_refused(
    tmp_path: Path, data: bytes, reason: str, match: str
) -> None:
    with pytest.raises(DataError, match=match) as caught:
        read(tmp_path, data, ".parquet")
    assert (caught.value.reason_code, caught.value.exit_code) == (reason, 2)
    nothing_half_written(tmp_path)


def test_files_of_one_log_may_disagree_on_types(tmp_path: Path) -> None:
    folder = tmp_path / "tx"
    folder.mkdir()
    FRAME.to_parquet(folder / "numbers.parquet")
    text = FRAME.assign(gross_profit=["3.5", "(4)"], order_date=pd.Timestamp("2024-01-05 10:00"))
    text.to_parquet(folder / "text.parquet")
    result = ingest(ParquetSource(str(folder)), SkuMap(), tmp_path / "stars", SilentProgress())
    assert sorted(map(float, values(result, "gross_profit"))) == [-4.0, 1.0, 2.0, 3.5]
    assert set(values(result, "order_date")) == {"2024-01-05"}


PIECES = (
    b"\0", b'"', b",", b"\n", b"\r", b"\r\n", b"\xff", b"\xef\xbb\xbf", b"=cmd|", b"../", b"'",
    b";", b"\xc3", b"NULL", b"-", b"9" * 40,
)  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A file cut, overwritten, with pieces doubled, lost or put in, at one to four places."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data)) if data else 0
        what, piece = chance.choice((0, 1, 1, 2, 2, 2, 3)), data[at : at + chance.randint(1, 30)]
        if what == 0:
            data = data[:at]
        elif what == 1:
            data = data[:at] + chance.choice(PIECES) + data[at:]
        elif what == 2:
            data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        else:
            data = data[:at] + piece * chance.choice([0, 2]) + data[at + len(piece) :]
    return data


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_no_damage_ends_in_anything_but_a_star_or_an_error_of_ours(
    tmp_path: Path, suffix: str
) -> None:
    whole = WHOLE if suffix == ".parquet" else (HEAD + LINE * 3).encode()
    outcomes = set()
    for seed in range(30):
        data = damaged(whole, random.Random(seed))
        try:
            assert read(tmp_path, data, suffix).star.manifest.rows[TRANSACTIONS] > 0
            outcomes.add("read")
        except GoSalesError as error:
            outcomes.add(error.reason_code)
            assert error.exit_code == 2, (seed, error)
        assert not list((tmp_path / "stars").glob(".tmp-*")), seed
    for star in (tmp_path / "stars").glob("*/star.json"):
        Star.open(star.parent)
    assert outcomes >= {"read", "unreadable_file"}
