from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.support.toy_candidate import ToyCandidate, toy_context
from tests.support.toy_star import FIRST, LAST, star_of_lines

from gosales.core.errors import ConfigError, InternalError
from gosales.gauntlet.announcements import announcements
from gosales.gauntlet.checks.event_proximity import EventProximity
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.out_of_fold import out_of_fold


def run(context, **limits):
    return EventProximity(**limits).run(context)


def peeking(context, days):
    """Out-of-fold scores of a model that knows the events of the first days."""
    oof = out_of_fold(context).copy()
    first = context.training.rows["first_event_days"].to_numpy()
    known = ~np.isnan(oof) & (first <= days)
    oof[known] = 0.99
    return replace(context, oof=oof, forward=context.forward.at([]))


def test_fires_on_features_that_peek(audit):
    finding = run(audit("peek"))
    assert finding.outcome is Outcome.FAIL
    assert finding.values["auc"][0] > 0.9


@pytest.mark.parametrize("days", [14, 45])
def test_fires_on_a_cliff(audit, days):
    finding = run(peeking(audit(), days))
    assert finding.outcome is Outcome.FAIL
    assert finding.values["auc"][0] > 0.95


def test_a_slope_is_not_a_cliff(audit):
    context = audit()
    buckets = [
        {"bucket": b, "auc": a, "se": 0.01} for b, a in (("a", 0.88), ("b", 0.8), ("c", 0.74))
    ]
    assert EventProximity()._judge(buckets)[0] is Outcome.PASS
    assert run(context).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("aucs", "outcome"),
    [
        ((0.94, 0.80, 0.70), Outcome.PASS),
        ((0.95, 0.80, 0.69), Outcome.FAIL),
        ((0.98, 0.87, 0.80), Outcome.FAIL),
        ((0.98, 0.90, 0.80), Outcome.PASS),
        ((0.98, 0.97, 0.96), Outcome.PASS),
    ],
)
def test_the_cliff_rule(aucs, outcome):
    buckets = [{"bucket": str(i), "auc": a, "se": 0.01} for i, a in enumerate(aucs)]
    assert EventProximity()._judge(buckets)[0] is outcome


def test_a_steep_slope_that_few_events_show_only_warns():
    # Seen on an honest world of 900 accounts: 92 buyers, .91 / .77 / .65.
    buckets = [
        {"bucket": str(i), "auc": a, "se": se}
        for i, (a, se) in enumerate([(0.905, 0.04), (0.768, 0.05), (0.650, 0.05)])
    ]
    outcome, reason = EventProximity()._judge(buckets)
    assert outcome is Outcome.WARN and "few events" in reason
    sure = [{**b, "se": 0.005} for b in buckets]
    assert EventProximity()._judge(sure)[0] is Outcome.FAIL


def test_an_even_descent_warns_however_sure_it_is():
    # Seen on an honest world of much activity (218, 220, 106 and 116 buyers).
    even = [
        {"bucket": str(i), "auc": a, "se": 0.005} for i, a in enumerate((0.95, 0.90, 0.80, 0.68))
    ]
    outcome, reason = EventProximity()._judge(even)
    assert outcome is Outcome.WARN and "no step" in reason
    assert EventProximity(step_shares=(0.35, 0.75))._judge(even)[0] is Outcome.FAIL
    step = [{**b, "auc": a} for b, a in zip(even, (0.95, 0.80, 0.76, 0.68), strict=True)]
    assert EventProximity()._judge(step)[0] is Outcome.FAIL


def test_silent_on_the_clean_twin_and_small_buckets_are_joined(audit):
    context = audit()
    finding = run(context)
    assert finding.outcome is Outcome.PASS
    assert sum(d["positives"] for d in finding.detail) == int(
        np.nansum(context.forward.y) + context.training.y[~np.isnan(out_of_fold(context))].sum()
    )
    joined = run(context, min_bucket_positives=70)
    assert joined.values["buckets"] == ["(0, 45]", "(45, H]"]


def test_inconclusive_with_few_events(audit):
    context = audit()
    few = context.training.with_labels(np.zeros(len(context.training)))
    finding = run(replace(context, training=few, forward=context.forward.at([])))
    assert finding.outcome is Outcome.INCONCLUSIVE


def test_inconclusive_in_one_bucket(audit):
    finding = run(audit(), edges_days=[120])
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "one bucket" in finding.reason


@pytest.mark.parametrize("edges", [[], [0, 14], [45, 14], [14, 14]])
def test_malformed_buckets_are_refused(edges):
    with pytest.raises(ConfigError, match="buckets are malformed"):
        EventProximity(edges_days=edges)


def test_predictions_of_another_panel_are_an_error(audit):
    with pytest.raises(InternalError, match="do not fit the panel"):
        run(replace(audit(), oof=np.zeros(3)))


def test_the_figure_says_how_many_buyers_a_bar_stands_on(audit):
    figure = run(audit()).figure
    assert figure["order"] == list(figure["series"])
    assert all(name.endswith(" buyers") for name in figure["order"])
    assert figure["order"][0].startswith("days 1 to ")
    assert set(figure["bounds"]) == set(figure["series"])
    assert all(lo < figure["series"][name] < hi for name, (lo, hi) in figure["bounds"].items())


def quoted(folder, share):
    """A log in which such a share of orders has a quote of up to 45 days before."""
    rng = np.random.default_rng(6)
    ids = np.array([f"c{i:04d}" for i in range(900)], dtype=object)
    who = np.repeat(ids, rng.poisson(4.0, len(ids)))
    at = pd.Timestamp(FIRST) + pd.to_timedelta(rng.integers(0, (LAST - FIRST).days, len(who)), "D")
    lines = pd.DataFrame({"customer_id": who, "order_date": at, "division": "alpha"})
    won = lines[rng.random(len(lines)) < share]
    ahead = pd.to_timedelta(rng.integers(1, 46, len(won)), "D")
    won = pd.DataFrame(
        {
            "customer_id": won["customer_id"],
            "opened_date": won["order_date"] - ahead,
            "closed_date": won["order_date"],
            "stage": "won",
        }
    )
    other = rng.choice(ids, int(0.2 * 4 * len(ids)))
    opened = pd.Timestamp(FIRST) + pd.to_timedelta(rng.integers(0, 1400, len(other)), "D")
    lost = pd.DataFrame({"customer_id": other, "opened_date": opened, "stage": "lost"})
    lost["closed_date"] = lost["opened_date"] + pd.Timedelta(days=30)
    deals = pd.concat([won, lost], ignore_index=True)
    deals = deals.assign(known_date=deals["opened_date"], amount=1.0)
    deals["deal_id"] = [f"D{i}" for i in range(len(deals))]
    star = star_of_lines(folder / "star", lines, deals=deals)
    return toy_context(star, ToyCandidate(), folder / "work")


def test_buyers_with_an_open_deal_are_near_by_nature(tmp_path):
    honest = quoted(tmp_path, 0.9)
    # What a model that sees the deals says: who has one open is first.
    oof = out_of_fold(honest).copy()
    oof[(announcements(honest, honest.training) > 0) & ~np.isnan(oof)] += 1.0
    context = replace(honest, oof=oof, forward=honest.forward.at([]))
    finding = run(context)
    assert finding.outcome is Outcome.WARN
    assert finding.reason.startswith("only for buyers whose own turn or deal foretells it a cliff")
    assert finding.values["announced"] > 0


def test_a_peek_is_no_deal(tmp_path):
    # Where deals announce a part only, they excuse nobody.
    finding = run(peeking(quoted(tmp_path, 0.4), 14))
    assert finding.outcome is Outcome.FAIL
    assert finding.values["announced"] == 0


def test_a_peek_shows_beside_deals_too(tmp_path):
    finding = run(peeking(quoted(tmp_path, 0.75), 45))
    assert finding.outcome is Outcome.FAIL
    assert finding.values["announced"] > 0
