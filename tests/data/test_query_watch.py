from __future__ import annotations

import duckdb
import pytest

from gosales.data import query_watch
from gosales.data.query_watch import watched


class Ears:
    """Keeps what it is told."""

    def __init__(self):
        self.said, self.steps = [], 0

    def start(self, task, total=None):
        self.said.append(f"{task} of {total}")

    def advance(self, steps=1):
        self.steps += steps

    def say(self, message):
        self.said.append(message)


@pytest.fixture
def long_query(tmp_path, monkeypatch):
    monkeypatch.setattr(query_watch, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr(query_watch, "_SAY_SECONDS", 0.02)
    path = tmp_path / "t.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        query = "SELECT md5(i::VARCHAR) AS x FROM range(600000) t(i)"
        connection.execute(f"COPY ({query}) TO '{path}' (ROW_GROUP_SIZE 20000)")
        yield connection, f"SELECT COUNT(DISTINCT md5(x)) FROM '{path}'"


def test_a_long_query_says_how_far_it_is(long_query):
    connection, query = long_query
    ears = Ears()
    with watched(connection, ears, "check", 600_000):
        assert connection.execute(query).fetchall() == [(600_000,)]
    assert ears.said[0] == "check 600,000 lines of 100"
    shares = [int(line.split()[1]) for line in ears.said[1:]]
    assert shares
    assert all(0 < share <= 100 for share in shares)
    assert 0 < ears.steps <= 100


def test_an_error_ends_the_watch(long_query):
    connection, _ = long_query
    ears = Ears()
    with pytest.raises(duckdb.Error, match="nowhere"), watched(connection, ears, "check", 1):
        connection.execute("SELECT * FROM nowhere")
    assert ears.said == ["check 1 lines of 100"]
