"""What cannot be measured is no pass: empty frames, one class, no folds, numbers that are none."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from tests.support.every_toy import EveryToy
from tests.support.toy_candidate import toy_context
from tests.support.toy_star import FIRST, toy_star

from gosales.data.star import CUSTOMERS
from gosales.gauntlet.audited_check import audited_check
from gosales.gauntlet.checks.future_invariance import FutureInvariance
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


LABELS = {"no positive", "no negative", "no label"}
# Of every check of the approved policy what it cannot do without, besides rows. What it does not
# need it honestly passes without: a check of the split asks for no score, one that rebuilds its
# own months from the log asks for no reported label.
NEEDS = {
    "feature_dates": {"no forward row", "no column"},
    "group_overlap": {"no fold"},
    "horizon_purge": {"no fold"},
    "label_guards": LABELS,
    "single_feature": {*LABELS, "no number", "no column"},
    "identifier_order": LABELS,
    "attribute_vintage": {*LABELS, "no column"},
    # What accounts ordered stands in the log; labels that are no numbers spoil the rest.
    "attribute_hindsight": {"no label", "no column"},
    "roster_hindsight": set(),
    "duplicates": {"no fold"},
    "time_adjacency": {"no column"},
    "adversarial_validation": {"no forward row", "no column"},
    "source_scan": set(),
    "future_invariance": {*LABELS, "no forward row", "no number", "no column"},
    "fit_scope": {"no label", "no fold", "no column"},
    "fit_isolation": {*LABELS, "no fold", "no number", "no column"},
    # It fits anew and compares states: what a wrapper then says is for fit_isolation to hold.
    "reproducibility": {*LABELS, "no fold", "no column"},
    "event_proximity": {*LABELS, "no number", "no column"},
    "optimism_gap": {*LABELS, "no forward row", "no fold", "no number", "no column"},
    "calibration": {*LABELS, "no forward row", "no number", "no column"},
    "prequential": {"no number"},
    "shift_grid": {*LABELS, "no number", "no column"},
    "importance_stability": {*LABELS, "no fold", "no column"},
    "topk_ablation": {*LABELS, "no fold", "no column"},
    "adjacency_ablation": {*LABELS, "no fold"},
    "permutation": {*LABELS, "no fold", "no column"},
}
# These read code, not rows.
WITHOUT_ROWS = {"source_scan"}
# Seconds each: asked where they must not pass, and once of all labels. That they pass where they
# can measure is theirs to test.
SLOW = {"future_invariance", "fit_isolation", "reproducibility", "attribute_hindsight"}


def must_not_pass(kind):
    if kind == "empty":
        return set(NEEDS) - WITHOUT_ROWS
    return {name for name, needs in NEEDS.items() if kind in needs}


def asked(kind):
    closes = must_not_pass(kind)
    quick = {n for n in NEEDS if n not in SLOW}
    again = kind in LABELS - {"no positive"}
    return quick | {n for n in SLOW & closes if not again or n == "attribute_hindsight"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A candidate that every check can ask, with accounts on its roster that never ordered."""
    root = tmp_path_factory.mktemp("closed")
    star = toy_star(root / "star", seed=4)
    customers = pd.read_parquet(star.table(CUSTOMERS))
    quiet = customers.head(25).assign(
        customer_id=[f"q{i}" for i in range(25)], first_known_date=FIRST
    )
    pd.concat([customers, quiet]).to_parquet(star.table(CUSTOMERS), index=False)
    return toy_context(star, EveryToy(), root)


def audited(context, approved, names):
    context = replace(context, candidate=copy(context.candidate), shared={})
    # One difference is enough here; the approved audit counts them all.
    quick = {**approved.checks, "future_invariance": FutureInvariance(stop_at_first=True)}
    return {n: audited_check(n, quick[n], context) for n in approved.checks if n in names}


def test_every_approved_check_says_what_it_needs(approved):
    assert set(NEEDS) == set(approved.required) == set(approved.checks)


@pytest.mark.parametrize("kind", DEGRADED)
def test_what_cannot_be_measured_does_not_pass(whole, approved, kind):
    found = audited(DEGRADED[kind](whole), approved, asked(kind))
    assert {n for n, f in found.items() if f.outcome not in OPEN} == must_not_pass(kind) & set(
        found
    )
    # Even if every other check passes: the gate stays closed.
    others = [
        Finding(n, c.subject, Outcome.PASS, "fine", {"x": 1.0}, is_proof=c.is_proof)
        for n, c in approved.checks.items()
        if n not in found
    ]
    assert Verdict.of((*found.values(), *others), approved).status is not Outcome.PASS


def test_the_same_checks_pass_where_they_can_measure(whole, approved):
    found = audited(whole, approved, set(NEEDS) - SLOW)
    assert {n: f.reason for n, f in found.items() if f.outcome not in OPEN} == {}
