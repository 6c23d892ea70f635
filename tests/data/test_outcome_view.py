from __future__ import annotations

import pandas as pd
import pytest

from gosales.core.timeline import Cutoff, Horizon
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.outcome_view import OutcomeView

MEMBERS = pd.DataFrame(
    [("sw", "solidworks", "swx_core"), ("tr", "training", "training")],
    columns=["target", "division_key", "sku_key"],
)


@pytest.fixture(scope="module")
def engine():
    engine = DuckDBEngine()
    yield engine
    engine.close()


def seen(star, engine, cutoffs, horizon):
    view = OutcomeView(star, [Cutoff.parse(c) for c in cutoffs], horizon, engine, MEMBERS)
    frame = engine.run(view.lines())
    frame["cutoff"] = pd.to_datetime(frame["cutoff"]).dt.strftime("%Y-%m-%d")
    columns = ["cutoff", "target", "customer_id", "days_after"]
    return [tuple(r) for r in frame[columns].sort_values(columns).to_numpy().tolist()]


def test_the_lines_after_the_cutoff_and_only_those(ingest_frames, lines, engine):
    star = ingest_frames(lines).star
    assert seen(star, engine, ["2024-06-30"], Horizon(6)) == [
        ("2024-06-30", "sw", "c1", 32),
        ("2024-06-30", "sw", "c2", 5),
        ("2024-06-30", "tr", "c3", 10),
    ]


def test_the_day_of_the_cutoff_is_out_and_the_last_day_is_in(ingest_frames, lines, engine):
    lines["order_date"] = ["2024-06-30", "2024-07-31", "2024-07-01", "2024-08-01", "2024-07-31"]
    got = seen(ingest_frames(lines).star, engine, ["2024-06-30"], Horizon(1))
    assert [(r[1], r[2], r[3]) for r in got] == [
        ("sw", "c1", 31),
        ("tr", "c2", 1),
        ("tr", "c3", 31),
    ]


def test_a_buffer_moves_the_whole_window(ingest_frames, lines, engine):
    star = ingest_frames(lines).star
    got = seen(star, engine, ["2024-06-30"], Horizon(1, buffer_days=7))
    assert [(r[2], r[3]) for r in got] == [("c1", 32), ("c3", 10)]


def test_adjacent_windows_share_no_line_and_lose_none(ingest_frames, lines, engine):
    star = ingest_frames(lines).star
    cutoffs = ["2024-04-30", "2024-05-31", "2024-06-30", "2024-07-31"]
    got = seen(star, engine, cutoffs, Horizon(1))
    assert len(got) == len(lines)
    assert {r[0] for r in got} == set(cutoffs)


def test_an_outcome_counts_even_when_it_became_known_after_the_window(ingest_frames, lines, engine):
    lines["known_date"] = "2024-12-31"
    assert len(seen(ingest_frames(lines).star, engine, ["2024-06-30"], Horizon(6))) == 3
