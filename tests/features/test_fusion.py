"""Shared work changes no value, and is shared."""

import pandas as pd
import pytest

from gosales.data.duckdb_engine import DuckDBEngine
from gosales.features.fusion import Fusion

ROWS = pd.DataFrame({"k": list("aabbb"), "day": [1, 1, 1, 2, 2], "x": [1, 2, 3, 4, 5]})
SCHEMA = {"k": "string", "day": "int64", "x": "int64"}


@pytest.fixture
def engine():
    engine = DuckDBEngine(threads=1)
    yield engine
    engine.close()


@pytest.fixture
def lines(engine):
    return engine.literal(ROWS, SCHEMA)


def rows(engine, table, fusion=None):
    for shared in fusion.needed(table) if fusion else ():
        engine.fill(shared.slot, shared.query)
    return engine.run(table).sort_values("k", ignore_index=True)


def counted(lines):
    return lines.group_by("k").aggregate(n=lines.count(where=lines.x > 1))


def ratio(lines):
    return lines.group_by("k").aggregate(mean=lines.x.sum() / lines.count())


def busiest(lines):
    daily = lines.group_by("k", "day").aggregate(total=lines.x.sum())
    return daily.group_by("k").aggregate(most=daily.total.max())


def quietest(lines):
    daily = lines.group_by("k", "day").aggregate(total=lines.x.sum())
    return daily.group_by("k").aggregate(least=daily.total.min())


def days(lines):
    daily = lines.group_by("k", "day").aggregate(n=lines.count())
    return daily.group_by("k").aggregate(days=daily.count())


def test_values_are_what_they_are_alone(engine, lines) -> None:
    makers = [counted, ratio, busiest, days]
    alone = [rows(engine, make(lines)) for make in makers]
    fusion = Fusion(engine)
    together = fusion.fused([make(lines) for make in makers])
    for want, table in zip(alone, together, strict=True):
        pd.testing.assert_frame_equal(rows(engine, table, fusion), want)
    # One result by account, one by account and day.
    assert fusion.shared == 2


def test_other_rows_or_other_keys_are_not_shared(engine, lines) -> None:
    fusion = Fusion(engine)
    later = lines.filter(lines.day > 1)
    tables = [counted(lines), counted(later), lines.group_by("day").aggregate(n=lines.count())]
    got = fusion.fused(tables)
    assert fusion.shared == 0
    assert [g.op() for g in got] == [t.op() for t in tables]


def test_the_same_grouping_twice_in_one_table_is_shared(engine, lines) -> None:
    whole = lines.group_by("k").aggregate(total=lines.x.sum())
    other = lines.group_by("k").aggregate(least=lines.x.min())
    fusion = Fusion(engine)
    joined = fusion.fused([whole.join(other, "k")])[0]
    assert fusion.shared == 1
    assert rows(engine, joined, fusion)[["total", "least"]].to_numpy().tolist() == [[3, 1], [12, 3]]


def test_nothing_runs_before_it_is_asked_for_and_what_is_needed_comes_in_order(engine, lines):
    fusion = Fusion(engine)
    table = fusion.fused([busiest(lines), quietest(lines)])[0]
    with pytest.raises(Exception, match="does not exist"):
        engine.run(table)
    by_day, by_account = fusion.needed(table)
    assert by_account.needs == (by_day,)
    assert by_day.needs == ()
    assert rows(engine, table, fusion)["most"].tolist() == [3, 9]


def test_a_pass_holds_no_more_measures_than_it_may(engine, lines) -> None:
    makers = [counted, ratio, lambda t: t.group_by("k").aggregate(most=t.x.max())]
    for width, kept in ((1, 3), (2, 2), (9, 1)):
        fusion = Fusion(engine, width)
        tables = fusion.fused([make(lines) for make in makers])
        assert fusion.shared == kept
        assert rows(engine, tables[2], fusion)["most"].tolist() == [2, 5]
