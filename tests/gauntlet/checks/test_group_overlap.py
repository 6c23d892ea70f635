from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gosales.gauntlet.checks.group_overlap import GroupOverlap
from gosales.gauntlet.finding import Outcome


def run(context):
    return GroupOverlap(max_examples=1000).run(context)


@pytest.mark.parametrize(
    ("leak", "what"),
    [
        ("both_folds", "account on both sides"),
        ("both_folds", "customer on both sides"),
        ("row_twice", "row validated twice"),
        ("left_out", "row of a validation cutoff left out"),
    ],
)
def test_fires_on_overlapping_or_incomplete_folds(audit, leak, what):
    finding = run(audit(leak))
    assert finding.outcome is Outcome.FAIL
    assert what in {d["what"] for d in finding.detail}


def test_fires_on_an_internal_fit(audit):
    finding = run(audit("inner_overlap"))
    assert finding.outcome is Outcome.FAIL
    assert all(d["fold"].startswith("inner") for d in finding.detail)


def test_one_shared_parent_account_is_enough(audit):
    context = audit()
    fold = context.plan.folds[0]
    rows = context.training.rows.copy()
    rows.loc[[fold.train[0], fold.valid[0]], "group"] = "parent"
    finding = run(replace(context, training=replace(context.training, rows=rows)))
    assert {"account on both sides"} <= {d["what"] for d in finding.detail}
    assert "parent" in {d["example"] for d in finding.detail}


def test_a_row_on_both_sides_is_named(audit):
    context = audit()
    fold = context.plan.folds[0]
    both = replace(fold, train=np.append(fold.train, fold.valid[0]))
    finding = run(replace(context, plan=replace(context.plan, folds=(both,))))
    assert "row on both sides" in {d["what"] for d in finding.detail}


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert (finding.outcome, finding.values["overlaps"]) == (Outcome.PASS, 0)
    # Shipped fit: two validation cutoffs; each outer fold: none, so one group-only plan.
    assert finding.values["inner_folds"] == 2 * 2 + 2 * 6


def test_inconclusive_without_folds(audit):
    context = audit()
    plan = replace(context.plan, folds=())
    assert run(replace(context, plan=plan)).outcome is Outcome.INCONCLUSIVE


def test_a_position_outside_the_panel_is_an_error(audit):
    context = audit()
    fold = replace(context.plan.folds[0], valid=np.array([10**6]))
    with pytest.raises(IndexError, match="out of bounds"):
        run(replace(context, plan=replace(context.plan, folds=(fold,))))
