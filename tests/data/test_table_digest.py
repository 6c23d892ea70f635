from __future__ import annotations

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gosales.data.table_digest import table_digest

ROWS = "(VALUES ('x', 1.5, DATE '2024-01-01'), ('y', NULL, NULL)) t(a, b, c)"


@pytest.fixture
def digest(tmp_path):
    connection = duckdb.connect()

    def of(query, **options):
        path = tmp_path / "t.parquet"
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        return table_digest(connection, path, **options)

    yield of
    connection.close()


def test_no_order_of_rows_or_columns_matters(digest):
    whole = digest(f"SELECT * FROM {ROWS} ORDER BY a")
    assert (whole.rows, whole.copies) == (2, 0)
    assert digest(f"SELECT * FROM {ROWS} ORDER BY a DESC") == whole
    assert digest(f"SELECT c, a, b FROM {ROWS}") == whole


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * FROM {ROWS} WHERE a = 'x'",
        f"SELECT * FROM {ROWS} UNION ALL SELECT * FROM {ROWS}",
        f"SELECT a, b + 1 AS b, c FROM {ROWS}",
        f"SELECT a, b::DOUBLE AS b, c FROM {ROWS}",
        f"SELECT a AS z, b, c FROM {ROWS}",
        f"SELECT a, COALESCE(b, 0) AS b, c FROM {ROWS}",
        # Every column as before, two values in each other's rows.
        "SELECT * FROM (VALUES ('x', NULL, DATE '2024-01-01'), ('y', 1.5, NULL)) t(a, b, c)",
    ],
)
def test_any_other_content_name_or_type_matters(digest, query):
    assert digest(query).digest != digest(f"SELECT * FROM {ROWS}").digest


row = st.tuples(st.sampled_from(["a", "b", "a longer text than that"]), st.integers(-2, 2))


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one=st.lists(row, max_size=6), two=st.lists(row, max_size=6))
def test_equal_digests_mean_equal_rows(digest, one, two):
    a, b = (
        digest("SELECT NULL::VARCHAR AS t, NULL::INTEGER AS n WHERE false UNION ALL FROM (VALUES "
               + ", ".join(f"('{t}', {n})" for t, n in rows) + ")" if rows
               else "SELECT NULL::VARCHAR AS t, NULL::INTEGER AS n WHERE false")
        for rows in (one, two)
    )  # fmt: skip
    assert (a.digest == b.digest) == (sorted(one) == sorted(two))
    assert a.copies == len(one) - len(set(one))


def test_a_column_that_is_no_content_neither_tells_rows_apart_nor_changes_the_digest(digest):
    one, two = (digest(f"SELECT 'x' AS a, i + {more} AS place FROM range(3) t(i)",
                       without=("place",)) for more in (0, 7))  # fmt: skip
    assert one == two == digest("SELECT 'x' AS a FROM range(3)")
    assert one.copies == 2


def test_a_table_read_in_parts_is_the_same(digest):
    query = "SELECT i % 700 AS a, 'text ' || (i % 700) AS b FROM range(1000) t(i)"
    whole = digest(query)
    assert whole.copies == 300
    assert digest(query, part_rows=64) == whole
