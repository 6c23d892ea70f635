from __future__ import annotations

import duckdb
import pytest

from gosales.data.table_digest import table_digest

ROWS = "(VALUES ('x', 1.5, DATE '2024-01-01'), ('y', NULL, NULL)) t(a, b, c)"


@pytest.fixture
def digest(tmp_path):
    connection = duckdb.connect()

    def of(query):
        path = tmp_path / "t.parquet"
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        return table_digest(connection, path)

    yield of
    connection.close()


def test_no_order_of_rows_or_columns_matters(digest):
    whole = digest(f"SELECT * FROM {ROWS} ORDER BY a")
    assert whole[1] == 2
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
    ],
)
def test_any_other_content_name_or_type_matters(digest, query):
    assert digest(query)[0] != digest(f"SELECT * FROM {ROWS}")[0]
