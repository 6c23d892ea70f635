from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gosales.core.errors import InternalError
from gosales.evaluation.interval import Interval
from gosales.gauntlet.checks.optimism_gap import OptimismGap
from gosales.gauntlet.finding import Outcome, Subject
from gosales.gauntlet.out_of_fold import out_of_fold


def run(context, **limits):
    return OptimismGap(**{"replicates": 150, **limits}).run(context)


def promising(context):
    """Out-of-fold scores that know most of their labels: a cross-validation that leaks."""
    oof = out_of_fold(context)
    return replace(context, oof=0.2 * oof + 0.8 * context.training.y)


def test_fires_on_a_cross_validation_that_promises_too_much(audit):
    finding = run(promising(audit()))
    assert (finding.outcome, finding.subject) == (Outcome.FAIL, Subject.QUALITY)
    assert finding.values["lo"] > 0.05


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.PASS
    assert finding.values["gap"] == pytest.approx(
        finding.values["cv_auc"] - finding.values["forward_auc"]
    )
    names = [name.partition(":")[0] for name in finding.figure["bounds"]]
    assert names == ["cross-validation", "forward months"]


@pytest.mark.parametrize(
    ("gap", "outcome"),
    [
        (Interval(0.09, 0.051, 0.13), Outcome.FAIL),
        (Interval(0.09, 0.05, 0.13), Outcome.WARN),
        (Interval(0.04, 0.0, 0.08), Outcome.PASS),
        (Interval(-0.3, -0.4, -0.2), Outcome.PASS),
        (Interval(0.2, None, None, "insufficient"), Outcome.INCONCLUSIVE),
        (Interval(None, None, None, "undefined"), Outcome.INCONCLUSIVE),
    ],
)
def test_the_rule(gap, outcome):
    assert OptimismGap()._judge(gap)[0] is outcome


def test_nothing_can_be_said_without_forward_labels(audit):
    context = audit()
    blind = context.forward.with_labels(np.full(len(context.forward), np.nan))
    finding = run(replace(context, forward=blind))
    assert (finding.outcome, finding.values["rows"]) == (Outcome.INCONCLUSIVE, 0)
    silent = context.forward.with_labels(np.zeros(len(context.forward)))
    assert run(replace(context, forward=silent)).outcome is Outcome.INCONCLUSIVE
    assert run(context, min_positive_accounts=5000).outcome is Outcome.INCONCLUSIVE


def test_predictions_of_another_panel_are_an_error(audit):
    with pytest.raises(InternalError, match="do not fit the panel"):
        run(replace(audit(), oof=np.zeros(3)))
