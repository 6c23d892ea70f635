from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from gosales.core.errors import ConfigError, InternalError
from gosales.evaluation.interval import Interval
from gosales.gauntlet.checks.calibration import Calibration
from gosales.gauntlet.finding import Outcome, Subject

CLOSE = Interval(-0.01, -0.02, -0.005)
STRAIGHT = Interval(1.0, 0.8, 1.2)


@dataclass(frozen=True)
class Says:
    """A model that answers with given probabilities."""

    probability: np.ndarray

    def predict(self, X):
        return self.probability


def run(context, p=None, **limits):
    if p is not None:
        context = replace(context, model=Says(p))
    return Calibration(**{"replicates": 150, **limits}).run(context)


def test_fires_on_probabilities_worse_than_the_constant(audit):
    context = audit()
    finding = run(context, np.where(context.forward.y > 0, 0.3, 0.7))
    assert (finding.outcome, finding.subject) == (Outcome.FAIL, Subject.QUALITY)
    assert finding.values["brier_excess"][1] > 0
    assert finding.values["brier"] > finding.values["constant_brier"]


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.PASS
    assert finding.values["brier_excess"][0] < 0
    assert finding.values["slope"][1] < 1.4 and finding.values["slope"][2] > 0.7


def test_a_timid_promise_warns(audit):
    context = audit()
    p = context.model.predict(context.forward.X)
    timid = 1 / (1 + np.exp(-0.3 * np.log(p / (1 - p)) + 0.6))
    finding = run(context, timid)
    assert finding.outcome is Outcome.WARN
    assert "outside [0.7, 1.4]" in finding.reason


@pytest.mark.parametrize(
    ("excess", "slope", "outcome"),
    [
        (Interval(0.02, 0.001, 0.04), STRAIGHT, Outcome.FAIL),
        (Interval(0.02, 0.0, 0.04), STRAIGHT, Outcome.WARN),
        (CLOSE, STRAIGHT, Outcome.PASS),
        (CLOSE, Interval(1.8, 1.41, 2.2), Outcome.WARN),
        (CLOSE, Interval(1.8, 1.39, 2.2), Outcome.PASS),
        (CLOSE, Interval(0.4, 0.2, 0.69), Outcome.WARN),
        (CLOSE, Interval(None, note="undefined"), Outcome.WARN),
        (Interval(-0.01, note="insufficient"), STRAIGHT, Outcome.INCONCLUSIVE),
    ],
)
def test_the_rule(excess, slope, outcome):
    assert Calibration()._judge(excess, slope)[0] is outcome


def test_nothing_can_be_said_without_both_classes_or_with_few_buyers(audit):
    context = audit()
    n = len(context.forward)
    for y in (np.full(n, np.nan), np.zeros(n), np.ones(n)):
        blind = replace(context, forward=context.forward.with_labels(y))
        assert run(blind).outcome is Outcome.INCONCLUSIVE
    assert run(context, min_positive_accounts=5000).outcome is Outcome.INCONCLUSIVE


def test_a_score_that_is_not_finite_is_an_error(audit):
    context = audit()
    with pytest.raises(InternalError, match="cannot measure"):
        run(context, np.full(len(context.forward), np.nan))


def test_one_score_for_everybody_warns_and_is_no_slope(audit):
    context = audit()
    finding = run(context, np.full(len(context.forward), 0.2))
    assert finding.outcome in (Outcome.WARN, Outcome.FAIL)
    assert finding.values["slope"][0] is None


@pytest.mark.parametrize("band", [{"slope_min": 0.0}, {"slope_min": 2.0}])
def test_malformed_limits_are_refused(band):
    with pytest.raises(ConfigError, match="limits of the calibration slope"):
        Calibration(**band)
