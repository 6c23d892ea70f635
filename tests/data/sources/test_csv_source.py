from __future__ import annotations

import duckdb
import pytest

from gosales.core.errors import ConfigError, DataError
from gosales.core.progress import SilentProgress
from gosales.data.ingest import ingest
from gosales.data.sku_map import SkuMap
from gosales.data.sources.csv_source import CsvSource
from gosales.data.star import CUSTOMERS, TRANSACTIONS

HEAD = "customer_id,order_date,sku,division,gross_profit\n"


def table(result, name):
    return duckdb.sql(f"SELECT * FROM '{result.star.table(name)}' ORDER BY ALL").df()


def run(tmp_path, text, written_as="utf-8", **options):
    path = tmp_path / "tx.csv"
    path.write_bytes(text.encode(written_as))
    source = CsvSource(str(path), **options)
    return ingest(source, SkuMap(), tmp_path / "stars", SilentProgress())


def test_ids_keep_their_zeros_and_quoted_names_their_commas(tmp_path):
    text = HEAD + '007,2024-01-05,S,"Tools, hand ""&"" power",1.50\n1e5,2024-01-06,,d,\n'
    with pytest.raises(DataError, match="sku: 1 row is not given"):
        run(tmp_path, text)
    got = table(run(tmp_path, text.replace(",,d,\n", ",S,d,-2\n")), TRANSACTIONS)
    assert got["customer_id"].tolist() == ["007", "1e5"]
    assert got["division"].tolist() == ['Tools, hand "&" power', "d"]
    assert [str(v) for v in got["gross_profit"]] == ["1.5", "-2.0"]


def test_a_european_file_means_the_same_as_its_plain_twin(tmp_path):
    plain = run(tmp_path, HEAD + "a,2024-03-01,Öl,d,1234.5\nb,2024-04-01,x,d,-2\n")
    text = "Kunde;Datum;sku;division;DB\na;01.03.2024;Öl;d;1.234,50\nb;01.04.2024;x;d;-2\n"
    own = {"customer_id": "Kunde", "order_date": "Datum", "gross_profit": "DB"}
    european = run(tmp_path, text, "latin-1", encoding="latin-1", delimiter=";", columns=own,
                   dates="%d.%m.%Y", decimal=",", thousands=".")  # fmt: skip
    assert european.star.digest == plain.star.digest


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path):
    text = HEAD + 'a,2024-01-01,s,"two\nlines",1\nb,2024-01-02,s,d,2'
    plain = run(tmp_path, text).star.digest
    windows = run(tmp_path, "\ufeff" + text.replace("\n", "\r\n").replace("two\r", "two"))
    assert windows.star.digest == plain


def test_a_date_that_does_not_fit_the_format_is_shown_as_it_stands(tmp_path):
    with pytest.raises(DataError, match="order_date: 1 row is not a date"):
        run(tmp_path, HEAD + "a,31/12/2024,s,d,1\nb,12/31/2024,s,d,1\n", dates="%d/%m/%Y")
    report = (tmp_path / "stars" / "violations" / "csv.csv").read_text(encoding="utf-8")
    assert "12/31/2024" in report


def test_accounts_and_several_files(tmp_path):
    folder = tmp_path / "tx"
    folder.mkdir()
    (folder / "1.csv").write_text(HEAD + "a,2024-01-05,s,d,1\n", encoding="utf-8")
    turned = "gross_profit,sku,customer_id,order_date,division\n2,s,b,2024-01-06,d\n"
    (folder / "2.csv").write_text(turned, encoding="utf-8")
    accounts = tmp_path / "accounts.csv"
    accounts.write_text('id,size\na,"1,5"\nc,\n', encoding="utf-8")
    attributes = {"size": {"kind": "static", "dtype": "number"}}
    own = {"customer_id": "id"}
    source = CsvSource(
        str(folder), str(accounts), customer_columns=own, attributes=attributes, decimal=","
    )
    result = ingest(source, SkuMap(), tmp_path / "stars", SilentProgress())
    got = table(result, CUSTOMERS).set_index("customer_id")
    assert got.index.tolist() == ["a", "b", "c"]
    assert got.loc["a", "size"] == 1.5
    assert result.star.manifest.rows[TRANSACTIONS] == 2


@pytest.mark.parametrize(
    ("text", "options", "match"),
    [
        (HEAD + "a,2024-01-01,s,d,1,surplus\n", {}, "cannot be read"),
        (HEAD + "a,2024-01-01,s\n", {}, "cannot be read"),
        (HEAD + "ä,2024-01-01,s,d,1\n", {"encoding": "ascii"}, "not in the declared encoding"),
        (HEAD, {"encoding": "klingon"}, "not in the declared encoding"),
        (HEAD, {}, "the log has no lines"),
        ("", {}, "the header of a CSV file cannot be read; got .*an empty first line"),
        ("a,A\n1,2\n", {}, "names a column twice; got .*tx.csv: a, A"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, text, options, match):
    with pytest.raises(DataError, match=match):
        run(tmp_path, text, **options)
    assert not list((tmp_path / "stars").glob(".tmp-*"))


def test_a_utf8_file_that_is_not_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        run(tmp_path, HEAD + "ä,2024-01-01,s,d,1\n", "latin-1")


def test_a_missing_file_is_named_with_all_its_fellows(tmp_path):
    source = CsvSource(str(tmp_path / "no.csv"), str(tmp_path / "neither.csv"))
    with pytest.raises(DataError, match=r"no .*no\.csv, no .*neither\.csv"):
        source.fingerprint()


@pytest.mark.parametrize("delimiter", [";;", "", '"', "\n"])
def test_a_malformed_delimiter_is_refused(delimiter):
    with pytest.raises(ConfigError, match="the CSV delimiter is malformed"):
        CsvSource("x.csv", delimiter=delimiter)


def test_the_fingerprint_sees_content_and_reading(tmp_path):
    path = tmp_path / "tx.csv"
    path.write_text(HEAD, encoding="utf-8")
    plain = CsvSource(str(path)).fingerprint()
    assert CsvSource(str(path), decimal=",").fingerprint() != plain
    assert CsvSource(str(path), columns={"sku": "x"}).fingerprint() != plain
    assert CsvSource(str(path)).fingerprint() == plain
    path.write_text(HEAD + "a", encoding="utf-8")
    assert CsvSource(str(path)).fingerprint() != plain
