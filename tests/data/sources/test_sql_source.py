from __future__ import annotations

import sqlite3
from contextlib import closing

import duckdb
import pandas as pd
import pytest
from tests.support.scratch_postgres import PASSWORD, ScratchPostgres

from gosales.core.errors import ConfigError, DataError
from gosales.core.progress import SilentProgress
from gosales.data.ingest import ingest
from gosales.data.sku_map import SkuMap
from gosales.data.sources.parquet_source import ParquetSource
from gosales.data.sources.sql_source import SqlSource
from gosales.data.star import CUSTOMERS, TRANSACTIONS

ENV = "GOSALES_TEST_URL"
LINES = pd.DataFrame(
    [
        ("c1", "2024-06-01", "SWX_Core", "Solidworks", 100.25),
        ("c1", "2024-06-01", "SWX_Core", "Solidworks", 100.25),
        ("c2", "2024-05-15", "Training", "Größe & Co", -50.0),
        ("c3", "2024-07-10", "100%", "a:b", 10.125),
    ],
    columns=["customer_id", "order_date", "sku", "division", "gross_profit"],
)


def star(source, tmp_path):
    return ingest(source, SkuMap(), tmp_path / "stars", SilentProgress())


def table(result, name=TRANSACTIONS):
    return duckdb.sql(f"SELECT * FROM '{result.star.table(name)}' ORDER BY ALL").df()


@pytest.fixture
def twin(tmp_path):
    """The digest of the same lines read from Parquet."""
    LINES.to_parquet(tmp_path / "lines.parquet")
    return star(ParquetSource(str(tmp_path / "lines.parquet")), tmp_path).star.digest


@pytest.fixture
def sqlite_url(tmp_path):
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection:
        LINES.to_sql("lines", connection, index=False)
    return f"sqlite:///{tmp_path / 'log.db'}"


@pytest.mark.parametrize("chunk_rows", [1, 3, 50_000])
def test_a_sqlite_table_is_the_log(sqlite_url, tmp_path, twin, chunk_rows):
    result = star(SqlSource("lines", url=sqlite_url, chunk_rows=chunk_rows), tmp_path)
    assert result.star.digest == twin
    assert result.facts["duplicates"] == 1


def test_a_query_is_taken_as_the_driver_takes_it(sqlite_url, tmp_path):
    query = """
      WITH x AS (SELECT * FROM lines WHERE sku LIKE '100%' OR division = 'a:b')
      SELECT customer_id AS who, order_date, sku, division, gross_profit FROM x"""
    source = SqlSource(query, url=sqlite_url, columns={"customer_id": "who"})
    assert table(star(source, tmp_path))["sku"].tolist() == ["100%"]


def test_an_equal_content_is_not_ingested_again_whatever_its_order(sqlite_url, tmp_path):
    first = star(SqlSource("lines", url=sqlite_url), tmp_path)
    turned = SqlSource("SELECT * FROM lines ORDER BY gross_profit", url=sqlite_url, chunk_rows=2)
    assert star(turned, tmp_path).reused
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection, connection:
        connection.execute("UPDATE lines SET gross_profit = 11 WHERE customer_id = 'c3'")
    changed = star(SqlSource("lines", url=sqlite_url), tmp_path)
    assert not changed.reused
    assert changed.star.digest != first.star.digest


def test_what_was_digested_is_what_is_loaded(sqlite_url, tmp_path):
    source, scratch = SqlSource("lines", url=sqlite_url), tmp_path / "scratch"
    scratch.mkdir()
    source.fingerprint(scratch)
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection, connection:
        connection.execute("DELETE FROM lines")
    raw = source.load(scratch)
    assert len(pd.read_parquet(raw.transactions[0])) == len(LINES)


def test_values_of_mixed_types_break_the_contract_with_their_row(tmp_path):
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection, connection:
        connection.execute("CREATE TABLE t (customer_id, order_date, sku, division, quantity)")
        rows = [
            (7, "2024-01-01", "s", "d", 1),
            ("x", "2024-01-02", "s", "d", 2.5),
            (8.0, "2024-01-03", "s", "d", "many"),
            (None, "2024-01-04", "s", "d", b"\xff"),
        ]
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    for chunk_rows in (1, 10):
        source = SqlSource("t", url=f"sqlite:///{tmp_path / 'log.db'}", chunk_rows=chunk_rows)
        with pytest.raises(DataError, match="quantity: 2 rows are not a quantity"):
            star(source, tmp_path)
        found = pd.read_csv(tmp_path / "stars" / "violations" / "sql.csv", dtype=str)
        places = found[["file", "row", "column"]].to_numpy().tolist()
        assert ["t", "3", "quantity"] in places
        assert ["t", "4", "customer_id"] in places


def test_a_table_without_rows_is_a_log_without_lines(sqlite_url, tmp_path):
    with pytest.raises(DataError, match="the log has no lines"):
        star(SqlSource("SELECT * FROM lines WHERE 1 = 0", url=sqlite_url), tmp_path)


def test_a_missing_sqlite_file_is_not_made(tmp_path):
    with pytest.raises(DataError, match=r"a source file is missing; got no .*none\.db"):
        star(SqlSource("lines", url=f"sqlite:///{tmp_path / 'none.db'}"), tmp_path)
    assert not (tmp_path / "none.db").exists()


def test_a_column_that_stands_twice_is_refused(sqlite_url, tmp_path):
    with pytest.raises(DataError, match="names a column twice; got the query: sku, SKU"):
        star(SqlSource("SELECT sku, sku AS SKU FROM lines", url=sqlite_url), tmp_path)


@pytest.mark.parametrize("chunk_rows", [0, -1, 1.5, True])
def test_a_malformed_chunk_is_refused(chunk_rows):
    with pytest.raises(ConfigError, match="the chunk of rows is malformed"):
        SqlSource("t", url="sqlite:///x.db", chunk_rows=chunk_rows)


@pytest.fixture
def pg(postgres: ScratchPostgres, monkeypatch: pytest.MonkeyPatch) -> ScratchPostgres:
    monkeypatch.setenv(ENV, postgres.url)
    postgres.execute("""
      DROP SCHEMA IF EXISTS sales CASCADE;
      CREATE SCHEMA sales;
      CREATE TABLE sales.lines (
        customer_id text, order_date date, sku varchar(20), division text,
        gross_profit numeric);
      INSERT INTO sales.lines VALUES
        ('c1', '2024-06-01', 'SWX_Core', 'Solidworks', 100.25),
        ('c1', '2024-06-01', 'SWX_Core', 'Solidworks', 100.250),
        ('c2', '2024-05-15', 'Training', 'Größe & Co', -50),
        ('c3', '2024-07-10', '100%', 'a:b', 10.125);""")
    return postgres


@pytest.mark.parametrize("chunk_rows", [1, 3, 50_000])
def test_a_postgres_table_is_the_log(pg, tmp_path, twin, chunk_rows):
    result = star(SqlSource("sales.lines", url_env=ENV, chunk_rows=chunk_rows), tmp_path)
    assert result.star.digest == twin
    result = star(SqlSource("SELECT * FROM sales.lines WHERE sku LIKE '%'", url_env=ENV), tmp_path)
    assert result.reused


def test_a_postgres_log_keeps_every_type(pg, tmp_path):
    """Typed values need no format: a decimal comma is for text columns alone."""
    pg.execute("""
      CREATE TABLE sales.typed (
        id uuid, day timestamptz, sku int, division text, q smallint, r double precision,
        gp text, flag boolean, note jsonb);
      INSERT INTO sales.typed VALUES
        ('0f8fad5b-d9cb-469f-a165-70867728950e', '2024-03-01 23:30:00-05', 7, 'd', 3, 0.1,
         '1.234,50 €', true, '{"a": 1}'),
        ('0f8fad5b-d9cb-469f-a165-70867728950e', '2024-03-01 12:00:00-05', 8, 'd', -1, 'NaN',
         '(5,00 €)', NULL, NULL);
      CREATE TABLE sales.accounts (
        customer_id uuid, first_known_date date, parent_account_id numeric(12, 2), size real);
      INSERT INTO sales.accounts VALUES
        ('0f8fad5b-d9cb-469f-a165-70867728950e', '2020-02-02', 42, 1.5);""")
    source = SqlSource(
        "sales.typed", "sales.accounts", url_env=ENV, time_zone="America/New_York",
        columns={"customer_id": "id", "order_date": "day", "quantity": "q", "revenue": "r",
                 "gross_profit": "gp"},
        attributes={"size": {"kind": "static", "dtype": "number"}},
        decimal=",", thousands=".", currency="€",
    )  # fmt: skip
    result = star(source, tmp_path)
    got = table(result)
    assert got["customer_id"].unique().tolist() == ["0f8fad5b-d9cb-469f-a165-70867728950e"]
    assert got["order_date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-03-01"] * 2
    assert got.sort_values("sku")["sku"].tolist() == ["7", "8"]
    assert sorted(map(str, got["gross_profit"])) == ["-5.0", "1234.5"]
    assert sorted(got["quantity"].astype(float)) == [-1.0, 3.0]
    assert got["revenue"].isna().sum() == 1
    account = table(result, CUSTOMERS).iloc[0]
    assert (account["parent_account_id"], account["size"]) == ("42", 1.5)
    assert result.facts["ignored"] == ["fact_transactions.flag", "fact_transactions.note"]


def test_postgres_streams_from_one_read_only_moment(pg, tmp_path):
    """A cursor on the server, seen from inside; and the level that keeps all tables together."""
    query = """
      SELECT customer_id, order_date, current_setting('transaction_isolation') AS sku,
        current_setting('transaction_read_only') AS division,
        (SELECT count(*) FROM pg_cursors WHERE is_holdable IS NOT NULL) AS quantity
      FROM sales.lines"""
    got = table(star(SqlSource(query, url_env=ENV, chunk_rows=2), tmp_path))
    assert set(got["sku"]) == {"repeatable read"}
    assert set(got["division"]) == {"on"}
    assert set(got["quantity"].astype(int)) == {1}


def test_a_statement_that_writes_is_refused_and_writes_nothing(pg, tmp_path):
    query = "WITH gone AS (DELETE FROM sales.lines RETURNING *) SELECT * FROM gone"
    with pytest.raises(DataError, match="the database refuses; got "):
        star(SqlSource(query, url_env=ENV), tmp_path)
    with pg.connect() as connection:
        assert connection.execute("SELECT count(*) FROM sales.lines").fetchone() == (4,)


@pytest.mark.parametrize(
    ("place", "match"),
    [
        ("sales.nothing", "relation .sales.nothing. does not exist"),
        ("SELECT nothing FROM sales.lines", "column .nothing. does not exist"),
        ("DROP TABLE sales.lines", "relation .*DROP TABLE sales.* does not exist"),
        ("SELECT 1/(gross_profit - gross_profit) FROM sales.lines", "division by zero"),
    ],
)
def test_what_the_database_does_not_know_is_told_in_its_words(pg, tmp_path, place, match):
    with pytest.raises(DataError, match=match) as caught:
        star(SqlSource(place, url_env=ENV), tmp_path)
    assert caught.value.exit_code == 2
    assert not list((tmp_path / "stars").glob("*/star.json"))
    assert not list((tmp_path / "stars").glob(".tmp-*"))


@pytest.mark.parametrize("port", [None, 1])
def test_no_error_repeats_the_password(pg, tmp_path, monkeypatch, port):
    wrong = pg.url_with(PASSWORD + "x") if port is None else ScratchPostgres(port).url
    monkeypatch.setenv(ENV, wrong)
    with pytest.raises(DataError, match="the database refuses") as caught:
        star(SqlSource("sales.lines", url_env=ENV), tmp_path)
    assert "zQ7" not in f"{caught.value!r} {caught.value} {caught.value.__cause__}"
