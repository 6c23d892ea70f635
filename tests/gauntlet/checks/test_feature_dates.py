from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from gosales.gauntlet.checks.feature_dates import FeatureDates
from gosales.gauntlet.finding import Outcome


def run(context):
    return FeatureDates().run(context)


@pytest.mark.parametrize(
    ("leak", "why"),
    [
        ("unregistered", "no registered family declares it"),
        ("no_provenance", "no provenance was recorded"),
        ("late_provenance", "newest date used 2023-03-31, window ends 2023-01-30"),
        ("silent_provenance", "it has values although its window served no rows"),
    ],
)
def test_fires_on_a_column_without_an_honest_origin(audit, leak, why):
    finding = run(audit(leak))
    assert finding.outcome is Outcome.FAIL
    assert why in [d["why"] for d in finding.detail]


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert (finding.outcome, finding.values["offenders"]) == (Outcome.PASS, 0)
    assert finding.values["records"] == 6 * 5


def test_a_forward_column_is_audited_too(audit):
    context = audit()
    forward = context.forward
    provenance = forward.provenance.assign(newest_date="2024-07-01")
    finding = run(replace(context, forward=replace(forward, provenance=provenance)))
    assert finding.outcome is Outcome.FAIL
    assert {d["cutoff"] for d in finding.detail} == {"2024-06-30"}


def test_a_window_over_two_tables_may_find_one_of_them_empty(audit):
    context = audit()
    training = context.training
    twice = pd.concat([training.provenance, training.provenance.assign(newest_date=None)])
    finding = run(replace(context, training=replace(training, provenance=twice)))
    assert finding.outcome is Outcome.PASS
    late = training.provenance.assign(newest_date="2024-07-01")
    twice = pd.concat([training.provenance, late])
    finding = run(replace(context, training=replace(training, provenance=twice)))
    assert finding.outcome is Outcome.FAIL


def test_a_source_that_is_not_recorded_fails(audit):
    context = audit()
    odd = context.training.provenance.assign(source="guessed")
    finding = run(replace(context, training=replace(context.training, provenance=odd)))
    assert "its provenance is guessed, not recorded" in [d["why"] for d in finding.detail]


def test_an_event_column_may_not_pose_as_static(audit):
    context = audit()
    specs = tuple(replace(s, lookback=None) for s in context.training.specs)
    panel = replace(context.training, specs=specs)
    panel = replace(panel, X=panel.X.set_axis([s.name for s in specs], axis=1))
    finding = run(replace(context, training=panel))
    assert finding.outcome is Outcome.FAIL


def test_inconclusive_without_rows(audit):
    context = audit()
    assert run(replace(context, forward=context.forward.at([]))).outcome is Outcome.INCONCLUSIVE


def test_a_date_that_cannot_be_read_is_an_error(audit):
    context = audit()
    odd = context.training.provenance.assign(newest_date="yesterday")
    with pytest.raises(Exception, match="not a date"):
        run(replace(context, training=replace(context.training, provenance=odd)))
