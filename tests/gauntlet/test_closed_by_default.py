"""What cannot be measured is no pass: empty frames, one class, no folds, numbers that are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate

from gosales.gauntlet.audited_check import audited_check
from gosales.gauntlet.finding import Finding, Outcome
from gosales.gauntlet.verdict import Verdict

CONF = Path(__file__).resolve().parents[2] / "conf"
OPEN = (Outcome.PASS, Outcome.WARN)


@pytest.fixture(scope="module")
def approved():
    with initialize_config_dir(str(CONF), version_base=None):
        return instantiate(compose("gauntlet/approved").gauntlet)


@dataclass(frozen=True)
class Silent:
    """A model whose every prediction is NaN."""

    told: object

    def __getattr__(self, name):
        return getattr(self.told, name)

    def predict(self, X):
        return np.full(len(X), np.nan)


def labelled_as(context, value):
    def flat(panel):
        return panel.with_labels(np.full(len(panel), value))

    return replace(context, training=flat(context.training), forward=flat(context.forward))


DEGRADED = {
    "empty": lambda c: replace(c, training=c.training.at([]), forward=c.forward.at([])),
    "no forward row": lambda c: replace(c, forward=c.forward.at([])),
    "no positive": lambda c: labelled_as(c, 0.0),
    "no negative": lambda c: labelled_as(c, 1.0),
    "no label": lambda c: labelled_as(c, np.nan),
    "no fold": lambda c: replace(c, plan=replace(c.plan, folds=())),
    "no number": lambda c: replace(c, model=Silent(c.model)),
    "no column": lambda c: replace(
        c,
        training=replace(c.training, X=c.training.X[[]], specs=()),
        forward=replace(c.forward, X=c.forward.X[[]], specs=()),
    ),
}


ASKED = (
    "feature_dates",
    "group_overlap",
    "horizon_purge",
    "label_guards",
    "single_feature",
    "event_proximity",
    "optimism_gap",
    "calibration",
    "shift_grid",
    "permutation",
)


OUTCOMES = {
    "label_guards",
    "single_feature",
    "event_proximity",
    "optimism_gap",
    "calibration",
    "shift_grid",
    "permutation",
}
SCORES = {"event_proximity", "optimism_gap", "calibration", "shift_grid"}
CLOSES = {
    "empty": set(ASKED),
    "no forward row": {"feature_dates", "optimism_gap", "calibration"},
    "no positive": OUTCOMES,
    "no negative": OUTCOMES,
    "no label": OUTCOMES,
    "no fold": {"group_overlap", "horizon_purge", "optimism_gap", "permutation"},
    "no number": {"single_feature", *SCORES},
    "no column": {"feature_dates", "single_feature", "permutation", *SCORES},
}


@pytest.mark.parametrize("kind", DEGRADED)
def test_what_cannot_be_measured_does_not_pass(audit, approved, kind):
    context = DEGRADED[kind](audit(permutable=True))
    found = {n: audited_check(n, approved.checks[n], context) for n in ASKED}
    assert {n for n, f in found.items() if f.outcome not in OPEN} == CLOSES[kind]
    # Even if every other check passes: the gate stays closed.
    others = [
        Finding(n, c.subject, Outcome.PASS, "fine", {"x": 1.0}, is_proof=c.is_proof)
        for n, c in approved.checks.items()
        if n not in ASKED
    ]
    assert Verdict.of((*found.values(), *others), approved).status is not Outcome.PASS


def test_the_same_checks_pass_where_they_can_measure(audit, approved):
    context = audit(permutable=True)
    found = {n: audited_check(n, approved.checks[n], context) for n in ASKED}
    assert {n for n, f in found.items() if f.outcome not in OPEN} == set()
