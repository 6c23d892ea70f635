"""Tables held as codes behave as text; one star at a path is not another."""

import pickle
import shutil
import threading
import time

import pandas as pd
import pytest
from tests.support.label_case import facts
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import CUSTOMERS, TRANSACTIONS
from gosales.data.star_table import star_table


@pytest.fixture
def engine():
    engine = DuckDBEngine(threads=1)
    yield engine
    engine.close()


def test_codes_compare_join_sort_and_fetch_as_text(engine, tmp_path) -> None:
    star = make_star(tmp_path / "s", facts())
    lines = star_table(star, TRANSACTIONS, engine)
    some = engine.literal(pd.DataFrame({"sku_key": ["training", "nothing"]}), {"sku_key": "string"})
    joined = lines.join(some, "sku_key").select("customer_id", "sku_key")
    assert set(engine.run(joined)["sku_key"]) == {"training"}
    known = star_table(star, CUSTOMERS, engine).select("customer_id")
    ordered = engine.run(lines.join(known, "customer_id").order_by("customer_id"))
    assert ordered["customer_id"].is_monotonic_increasing
    assert len(ordered) == len(facts())
    assert str(lines["customer_id"].type()) == "string"
    assert engine.run(lines.filter(lines.sku_key == "training"))["sku"].unique().tolist() == [
        "Training"
    ]


def test_another_star_at_the_same_path_is_read_anew(engine, tmp_path) -> None:
    first = make_star(tmp_path / "s", facts())
    n = len(engine.run(star_table(first, TRANSACTIONS, engine)))
    shutil.rmtree(tmp_path / "s")
    second = make_star(tmp_path / "s", facts().iloc[:2])
    assert len(engine.run(star_table(second, TRANSACTIONS, engine))) == 2 < n


def test_tables_of_the_two_last_stars_are_kept(engine, tmp_path) -> None:
    stars = [make_star(tmp_path / str(k), facts().iloc[: k + 1]) for k in range(3)]
    tables = [star_table(star, TRANSACTIONS, engine) for star in stars]
    assert [len(engine.run(t)) for t in tables[1:]] == [2, 3]
    with pytest.raises(Exception, match="does not exist"):
        engine.run(tables[0])
    assert len(engine.run(star_table(stars[0], TRANSACTIONS, engine))) == 1


def test_equal_literals_are_one_table(engine) -> None:
    frame, schema = pd.DataFrame({"a": [1, 2]}), {"a": "int64"}
    first, second = engine.literal(frame, schema), engine.literal(frame.copy(), schema)
    assert first.equals(second)
    assert not first.equals(engine.literal(frame + 1, schema))
    assert not first.equals(engine.literal(frame, {"a": "float64"}))


def test_what_is_materialised_lasts_until_it_is_released(engine) -> None:
    table = engine.literal(pd.DataFrame({"a": [1, 2]}), {"a": "int64"})
    kept = engine.materialise(table.filter(table.a > 1))
    assert engine.run(kept)["a"].tolist() == [2]
    engine.release(kept)
    with pytest.raises(Exception, match="does not exist"):
        engine.run(kept)


def test_it_crosses_process_borders_with_its_settings_alone(engine) -> None:
    engine.literal(pd.DataFrame({"a": [1]}), {"a": "int64"})
    other = pickle.loads(pickle.dumps(engine))
    table = other.literal(pd.DataFrame({"a": [3]}), {"a": "int64"})
    assert other.run(table)["a"].tolist() == [3]
    other.close()


def test_with_two_threads_two_pieces_of_work_run_at_once_and_the_first_error_stops_the_rest():
    engine = DuckDBEngine(threads=2)
    table = engine.literal(pd.DataFrame({"a": [1, 2]}), {"a": "int64"})
    both = threading.Barrier(2, timeout=20)
    rows = []

    def work() -> None:
        both.wait()  # passes only when two are here
        rows.append(engine.fetch(table).num_rows)

    engine.together([work, work])
    assert rows == [2, 2]
    later = []

    def broken() -> None:
        raise KeyError("told")

    with pytest.raises(KeyError, match="told"):
        engine.together([broken, *[lambda: later.append(time.sleep(0.05))] * 50])
    assert len(later) < 50
    threads = "SELECT current_setting('threads')"
    assert engine._connect().raw_sql(threads).fetchall() == [(2,)]
    engine.close()


def test_no_thread_is_refused() -> None:
    with pytest.raises(ConfigError, match="engine is malformed; got threads=0"):
        DuckDBEngine(threads=0)
