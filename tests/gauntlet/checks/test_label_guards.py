from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gosales.gauntlet.checks.label_guards import LabelGuards
from gosales.gauntlet.finding import Outcome, Subject


def run(context, y=None, censored=False):
    if y is not None:
        context = replace(context, training=context.training.with_labels(y))
    if censored:
        n = len(context.forward)
        context = replace(context, forward=context.forward.with_labels(np.full(n, np.nan)))
    return LabelGuards().run(context)


def with_positives(context, k):
    y = np.zeros(len(context.training))
    y[:k] = 1
    return y


def test_out_of_bounds_warns_and_fails_when_censored_too(audit):
    context = audit()
    rare, common = with_positives(context, 1), with_positives(context, 900)
    for y in (rare, common):
        assert run(context, y).outcome is Outcome.WARN
        assert run(context, y, censored=True).outcome is Outcome.FAIL


def test_censored_alone_passes_and_is_told(audit):
    finding = run(audit(), censored=True)
    assert (finding.outcome, finding.values["forward_censored"]) == (Outcome.PASS, True)


def test_an_empty_forward_panel_counts_as_censored(audit):
    context = audit()
    context = replace(context, forward=context.forward.at([]))
    assert run(context, with_positives(context, 1)).outcome is Outcome.FAIL


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_one_class_fails(audit, label):
    context = audit()
    assert run(context, np.full(len(context.training), label)).outcome is Outcome.FAIL


@pytest.mark.parametrize("odd", [np.nan, 0.5, 2.0, np.inf])
def test_a_label_other_than_0_and_1_fails(audit, odd):
    context = audit()
    y = context.training.y.copy()
    y[3] = odd
    finding = run(context, y)
    assert (finding.outcome, finding.values["odd_labels"]) == (Outcome.FAIL, 1)


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert (finding.outcome, finding.subject) == (Outcome.PASS, Subject.QUALITY)
    assert finding.values["base_rate"] == pytest.approx(0.30, abs=0.05)


def test_inconclusive_without_rows(audit):
    context = audit()
    finding = run(replace(context, training=context.training.at([])))
    assert finding.outcome is Outcome.INCONCLUSIVE


def test_a_panel_without_labels_is_an_error(audit):
    context = audit()
    rows = context.training.rows.drop(columns="y")
    with pytest.raises(KeyError, match="y"):
        run(replace(context, training=replace(context.training, rows=rows)))
