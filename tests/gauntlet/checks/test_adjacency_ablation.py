from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.support.ablatable_toy import NEAR, SHORT, AblatableToy
from tests.support.toy_candidate import toy_context

from gosales.core.errors import InternalError
from gosales.evaluation.interval import Interval
from gosales.gauntlet.checks.adjacency_ablation import AdjacencyAblation
from gosales.gauntlet.finding import Outcome


@pytest.fixture(scope="module")
def contexts(star, tmp_path_factory):
    made = {}

    def make(*leaks):
        if leaks not in made:
            work = tmp_path_factory.mktemp("ablation")
            made[leaks] = toy_context(star, AblatableToy(*leaks), work)
        return made[leaks]

    return make


def run(context, **limits):
    return AdjacencyAblation(**{"replicates": 200, **limits}).run(context)


def gap(finding, columns, split, metric="auc"):
    rows = finding.values["table"]
    return next(
        r for r in rows if (r["columns"], r["split"], r["metric"]) == (columns, split, metric)
    )


def test_fires_on_near_columns_that_shine_in_cross_validation_only(contexts):
    finding = run(contexts("afterglow", "ships_near"))
    assert finding.outcome is Outcome.FAIL
    assert gap(finding, "full", "cv")["lo"] > 0 > gap(finding, "full", "forward")["difference"]
    assert finding.values["ships_columns_safe_drops"] == 2
    assert finding.values["proposal"] == {"safe_mode": "on"}


def test_the_same_columns_only_report_when_they_are_not_shipped(contexts):
    finding = run(contexts("afterglow"))
    assert finding.outcome is Outcome.PASS
    assert gap(finding, "full", "cv")["lo"] > 0
    assert (finding.values["ships_columns_safe_drops"], finding.values["proposal"]) == (0, {})


def test_silent_on_the_clean_twin(contexts):
    finding = run(contexts("ships_near"))
    assert finding.outcome is Outcome.PASS
    assert finding.values["columns"] == {
        "full": 8,
        "safe": 6,
        "safe_lite": 6,
        "no_recency_short": 6,
    }


def test_no_recency_short_leaves_out_both_columns_and_is_not_safe(contexts):
    context = contexts("afterglow", "ships_near")
    kept = AdjacencyAblation()._sets(context.candidate, _fits(context))
    assert not {NEAR.name, SHORT.name} & set(kept["no_recency_short"])
    assert {NEAR.name, SHORT.name} <= set(kept["full"])


def _fits(context):
    from gosales.gauntlet.fixed_fits import FixedFits

    return FixedFits.of(context)


@pytest.mark.parametrize(
    ("cv", "forward", "outcome"),
    [
        ((0.05, 0.03, 0.07), (-0.01, -0.02, 0.01), Outcome.FAIL),
        ((0.05, 0.03, 0.07), (-0.01, -0.05, 0.04), Outcome.WARN),
        ((0.05, 0.03, 0.07), (0.01, -0.01, 0.02), Outcome.PASS),
        ((0.05, -0.01, 0.11), (-0.05, -0.06, -0.04), Outcome.PASS),
        ((0.05, 0.03, 0.07), None, Outcome.WARN),
    ],
)
def test_the_rule(cv, forward, outcome):
    gain = {"cv": Interval(*cv)}
    if forward is not None:
        gain["forward"] = Interval(*forward)
    assert AdjacencyAblation()._judge(gain, ["near"])[0] is outcome
    assert AdjacencyAblation()._judge(gain, [])[0] is Outcome.PASS


def test_does_not_apply_to_a_candidate_with_one_set_of_columns(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert "no columns but its own" in finding.reason


def test_does_not_apply_with_few_buyers(contexts):
    context = contexts("ships_near")
    few = context.training.with_labels(np.zeros(len(context.training)))
    assert run(replace(context, training=few)).outcome is Outcome.NOT_APPLICABLE


def test_rows_that_the_other_columns_lack_are_an_error(contexts, monkeypatch):
    context = contexts("ships_near")
    true = AblatableToy.build_every_column
    half = lambda self, *a: true(self, *a).take(np.arange(50))  # noqa: E731
    monkeypatch.setattr(AblatableToy, "build_every_column", half)
    safe = replace(context, shared={}, training=replace(context.training, specs=()))
    with pytest.raises(InternalError, match="lacks rows of the reported one"):
        run(safe)
