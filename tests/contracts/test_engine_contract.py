"""What every engine must do; and the two engines give the same features."""

import os
import pickle
import shutil
import subprocess
from functools import partial
from importlib import util

import ibis
import numpy as np
import pandas as pd
import pytest
from tests.contracts.test_family_contract import FAMILIES
from tests.support.label_case import builder, facts
from tests.support.random_log import (
    ATTRIBUTES,
    CUTOFFS,
    random_assets,
    random_customers,
    random_lines,
)
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff
from gosales.data import spark_engine as module
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.spark_engine import SparkEngine
from gosales.data.star import TRANSACTIONS
from gosales.data.star_table import star_table
from gosales.labels.target import Target

TARGETS = [Target("Solidworks"), Target("Plotters", skus=["FDM", "Artec"])]
DAYS = [Cutoff.parse(c) for c in CUTOFFS]


def _why_no_spark() -> str:
    if util.find_spec("pyspark") is None:
        return "pyspark is not installed (make setup-spark)"
    java = shutil.which("java", path=f"{os.environ.get('JAVA_HOME', '')}/bin:{os.environ['PATH']}")
    if java is None or subprocess.run([java, "-version"], capture_output=True).returncode:
        return "Spark needs Java 17"
    return ""


spark = pytest.mark.skipif(bool(_why_no_spark()), reason=_why_no_spark() or "there")


@pytest.fixture(
    scope="module", params=["duckdb", "duckdb, two threads", pytest.param("spark", marks=spark)]
)
def engine(request):
    threads = 2 if "two" in request.param else 1
    engine = SparkEngine() if request.param == "spark" else DuckDBEngine(threads=threads)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def star(tmp_path_factory):
    lines = random_lines(3)
    path = tmp_path_factory.mktemp("star") / "s"
    customers, assets = random_customers(3, lines), random_assets(3, lines)
    return make_star(path, lines, customers, assets, attributes=ATTRIBUTES)


def test_a_table_is_text_days_and_numbers(engine, star) -> None:
    lines = star_table(star, TRANSACTIONS, engine)
    assert str(lines["customer_id"].type()) == "string"
    frame = engine.run(lines.select("customer_id", "order_date", "is_purchase").limit(3))
    assert [str(t)[:10] for t in frame.dtypes] == ["str", "datetime64", "bool"]


def test_equal_literals_are_one_table_and_others_are_not(engine) -> None:
    frame, schema = pd.DataFrame({"a": [1, 2], "b": ["x", None]}), {"a": "int64", "b": "string"}
    first = engine.literal(frame, schema)
    assert first.equals(engine.literal(frame.copy(), schema))
    assert not first.equals(engine.literal(frame.iloc[:1], schema))
    assert engine.run(first.order_by("a"))["b"].fillna("-").tolist() == ["x", "-"]


def test_what_is_materialised_lasts_until_it_is_released(engine) -> None:
    table = engine.literal(pd.DataFrame({"a": [1, 2]}), {"a": "int64"})
    kept = engine.materialise(table.filter(table.a > 1))
    assert engine.fetch(kept).to_pydict() == {"a": [2]}
    engine.release(kept)
    with pytest.raises(Exception, match=r"does not exist|cannot be found"):
        engine.run(kept)


def test_a_query_over_a_slot_sees_the_rows_that_lie_there_when_it_runs(engine) -> None:
    slot = engine.slot(ibis.schema({"a": "int64", "b": "string"}))
    query = engine.compiled(slot.filter(slot.a > 1))
    engine.fill(slot, pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}))
    assert engine.fetch(query).to_pydict() == {"a": [2], "b": ["y"]}
    kept = engine.slot(query.schema)
    engine.fill(kept, query)
    engine.fill(slot, pd.DataFrame({"a": [5], "b": [None]}))
    assert engine.fetch(query).to_pydict() == {"a": [5], "b": [None]}
    # Rows put into another slot are those of then.
    assert engine.fetch(kept).to_pydict() == {"a": [2], "b": ["y"]}
    engine.release(slot)
    with pytest.raises(Exception, match=r"does not exist|cannot be found"):
        engine.fetch(query)
    engine.release(slot)


def test_pieces_of_work_see_the_same_tables_and_the_first_error_is_raised(engine) -> None:
    table = engine.literal(pd.DataFrame({"a": [1, 2, 3]}), {"a": "int64"})
    slots = [engine.slot(table.schema()) for _ in range(5)]
    queries = [engine.compiled(table.filter(table.a > i)) for i in range(5)]
    found = {}

    def work(i: int) -> None:
        engine.fill(slots[i], queries[i])
        found[i] = engine.fetch(slots[i]).num_rows

    engine.together([partial(work, i) for i in range(5)])
    assert found == {0: 3, 1: 2, 2: 1, 3: 0, 4: 0}
    assert engine.fetch(slots[0]).num_rows == 3
    with pytest.raises(KeyError, match="told"):
        engine.together([lambda: found.clear(), lambda: {}["told"], lambda: None])
    assert engine.fetch(queries[1]).num_rows == 2


def test_another_star_at_the_same_path_is_read_anew(engine, tmp_path) -> None:
    first = make_star(tmp_path / "s", facts())
    n = len(engine.run(star_table(first, TRANSACTIONS, engine)))
    shutil.rmtree(tmp_path / "s")
    second = make_star(tmp_path / "s", facts().iloc[:2])
    assert len(engine.run(star_table(second, TRANSACTIONS, engine))) == 2 < n


def test_its_settings_cross_process_borders(engine) -> None:
    other = pickle.loads(pickle.dumps(engine))
    assert type(other) is type(engine)
    assert other.__getstate__() == engine.__getstate__()


# One of two variants of the same columns, and fits that are Python's on any engine.
_LEFT_OUT = ("division_mix", "assets", "als", "item2vec", "item2vec_everyone")


@pytest.fixture(scope="module")
def families():
    return [f for name, f in FAMILIES.items() if name not in _LEFT_OUT]


@spark
def test_the_engines_give_the_same_panels(star, families) -> None:
    spark_engine = SparkEngine()
    built = [
        builder(families=families, engine=e).build(star, TARGETS, DAYS)
        for e in (DuckDBEngine(threads=1), spark_engine)
    ]
    spark_engine.close()
    for target in TARGETS:
        one, two = (panels[target.key] for panels in built)
        pd.testing.assert_frame_equal(one.rows, two.rows)
        pd.testing.assert_frame_equal(one.provenance, two.provenance)
        for spec in one.specs:
            _same(one.X[spec.name], two.X[spec.name], spec)


def _same(one: pd.Series, two: pd.Series, spec) -> None:
    # Sums and counts are exact; quotients, logs and powers may differ in the last bits.
    exact = spec.measure.startswith(("tx_count", "gp_sum", "days_since", "sku_c", "division_c"))
    if spec.dtype == "category" or exact:
        pd.testing.assert_series_equal(one, two, check_exact=True)
    else:
        np.testing.assert_allclose(one.to_numpy(), two.to_numpy(), rtol=1e-12, atol=1e-12)


def test_without_pyspark_the_engine_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(module.util, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="Spark engine is not installed.*gosales.spark"):
        SparkEngine()
