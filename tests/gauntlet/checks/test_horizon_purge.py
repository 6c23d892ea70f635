from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from gosales.core.timeline import Cutoff
from gosales.gauntlet.checks.horizon_purge import HorizonPurge
from gosales.gauntlet.finding import Outcome


def run(context, **limits):
    return HorizonPurge(**limits).run(context)


def test_fires_on_unpurged_windows(audit):
    finding = run(audit("unpurged"))
    assert finding.outcome is Outcome.FAIL
    assert {"train": "2023-03-31", "test": "2023-06-30", "clear_days": 0}.items() <= (
        finding.detail[0].items()
    )


def test_fires_on_an_internal_fit_that_could_have_purged(audit):
    finding = run(audit("inner_unpurged"))
    assert finding.outcome is Outcome.FAIL
    assert all(d["fold"].startswith("inner of the shipped fit") for d in finding.detail)


def test_fires_on_a_forward_cutoff_that_training_labels_reach(audit):
    finding = run(replace(audit(), cutoff=Cutoff.parse("2024-03-31")))
    assert finding.outcome is Outcome.FAIL
    assert [d["train"] for d in finding.detail] == ["2023-12-31"]


def test_fires_on_outcomes_beyond_the_declared_window(audit):
    finding = run(audit("late_label"))
    assert finding.outcome is Outcome.FAIL
    assert "outcomes of 2023-03-31" in finding.reason


def test_fires_when_the_candidate_purges_less_than_the_policy(audit):
    context = audit()
    context.candidate.purge_days = 0
    finding = run(context)
    assert (finding.outcome, finding.values["purge_days"]) == (Outcome.FAIL, 0)


def test_group_only_folds_fail_where_purged_ones_are_possible(audit):
    finding = run(audit("group_only"))
    assert finding.outcome is Outcome.FAIL


def test_group_only_folds_warn_where_the_log_is_too_short(audit):
    context = audit("group_only")
    short = replace(context.star.manifest, first_date=date(2023, 1, 15))
    finding = run(replace(context, star=replace(context.star, manifest=short)))
    assert (finding.outcome, finding.values["scheme"]) == (Outcome.WARN, "grouped")
    assert "the log is too short" in finding.reason


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert (finding.outcome, finding.values["offences"]) == (Outcome.PASS, 0)
    assert finding.values["pairs"] == 9
    # The shipped fit can purge inside; the parts of the outer folds are too short for it.
    assert (finding.values["inner_plans"], finding.values["inner_group_only"]) == (7, 6)


def test_inconclusive_without_folds(audit):
    context = audit()
    plan = replace(context.plan, folds=())
    assert run(replace(context, plan=plan)).outcome is Outcome.INCONCLUSIVE


def test_a_panel_without_event_days_is_an_error(audit):
    context = audit()
    rows = context.training.rows.drop(columns="first_event_days")
    with pytest.raises(KeyError, match="first_event_days"):
        run(replace(context, training=replace(context.training, rows=rows)))


@pytest.mark.parametrize("leak", [(), ("group_only",)])
def test_the_newest_cutoff_that_can_be_validated_must_be(audit, leak):
    context = audit(*leak)
    newest = context.training.cutoffs[-1]
    older = [f for f in context.plan.folds if context.training.take(f.valid).cutoffs != (newest,)]
    plan = replace(context.plan, folds=tuple(older))
    finding = run(replace(context, plan=plan), max_examples=1000)
    assert finding.outcome is Outcome.FAIL
    assert f"{newest} can be validated and is not" in {
        d["what"].partition(":")[0] for d in finding.detail
    }
    # Where nobody bought there is nothing to validate.
    y = np.where(context.training.rows["cutoff"] == str(newest), 0.0, context.training.y)
    bare = run(replace(context, plan=plan, training=context.training.with_labels(y)))
    assert not any("can be validated" in d["what"] for d in bare.detail)
