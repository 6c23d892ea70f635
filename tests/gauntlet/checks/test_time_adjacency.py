from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gosales.core.timeline import Lookback
from gosales.data.star import TRANSACTIONS
from gosales.features.spec import FeatureSpec
from gosales.gauntlet.checks.time_adjacency import TimeAdjacency, _days_since_order
from gosales.gauntlet.finding import Outcome

DISGUISED = FeatureSpec("mood", "warmth", "all", Lookback(months=12), "warmth")
RECENT = FeatureSpec("recency", "log_days", "all", Lookback(), "log days", adjacency=True)


def run(context, **limits):
    return TimeAdjacency(**limits).run(context)


def with_column(context, spec, values):
    panel = context.training
    X = panel.X.assign(**{spec.name: values})
    return replace(context, training=replace(panel, X=X, specs=(*panel.specs, spec)))


@pytest.fixture
def since(audit):
    context = audit()
    return _days_since_order(context, context.training)


def test_the_newest_order_is_the_newest_known_at_the_cutoff(audit, star, since):
    tx = pd.read_parquet(star.table(TRANSACTIONS))
    row = audit().training.rows.iloc[-1]
    day = pd.Timestamp(row["cutoff"])
    mine = tx[tx["customer_id"] == row["customer_id"]]
    dates = pd.to_datetime(mine["order_date"])
    known = dates[(dates <= day) & (pd.to_datetime(mine["known_date"]) <= day)]
    assert since[-1] == (day - known.max()).days


@pytest.mark.parametrize("shape", [lambda days: np.exp(-days / 5), lambda days: days**3])
def test_warns_of_a_long_window_that_restates_the_newest_order(audit, since, shape):
    # Any monotone shape of it, rising or falling, however far from a line.
    finding = run(with_column(audit(), DISGUISED, shape(since)))
    assert finding.outcome is Outcome.WARN
    assert finding.values["restating"] == [DISGUISED.name]
    assert finding.values["drop"] == []  # SAFE cannot know: the window is long enough


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_recommends_what_safe_would_drop(audit, since, sign):
    noise = np.random.default_rng(0).normal(0, 0.7, len(since))
    finding = run(with_column(audit(), RECENT, sign * (np.log1p(since) + noise)))
    assert finding.outcome is Outcome.PASS
    assert finding.values["drop"] == [RECENT.name]
    assert "an adjacency-heavy column needs 30" in finding.detail[0]["advice"]


def test_a_weak_relation_is_listed_without_advice(audit, since):
    noise = np.random.default_rng(0).normal(0, 4.0, len(since))
    finding = run(with_column(audit(), RECENT, np.log1p(since) + noise))
    row = next(r for r in finding.detail if r["column"] == RECENT.name)
    assert 0.1 < row["correlation"] < 0.8 and row["advice"] == ""
    assert finding.values["drop"] == []


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.PASS
    assert finding.values["near_columns"] == 3  # the lagged window ends 60 days before
    assert finding.values["drop"] == finding.values["restating"] == []


def test_does_not_apply_when_every_window_ends_earlier(audit):
    panel = audit().training
    far = tuple(s for s in panel.specs if s.lookback is None or s.lookback.lag_days)
    lagged = replace(panel, X=panel.X[[s.name for s in far]], specs=far)
    finding = run(replace(audit(), training=lagged))
    assert finding.outcome is Outcome.NOT_APPLICABLE


def test_a_panel_without_its_column_is_an_error(audit):
    panel = audit().training
    with pytest.raises(KeyError, match="toy__count"):
        run(replace(audit(), training=replace(panel, X=panel.X.drop(columns=panel.X.columns[0]))))
