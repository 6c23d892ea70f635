from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.support.toy_candidate import ToyCandidate

from gosales.core.timeline import Cutoff
from gosales.gauntlet.checks.prequential import Prequential
from gosales.gauntlet.finding import Outcome, Subject


class LaterKnows(ToyCandidate):
    """Features of the latest month asked for are made from its outcomes."""

    def build(self, star, cutoffs, *, cached=True):
        panel = super().build(star, cutoffs, cached=cached)
        last = (panel.rows["cutoff"] == str(panel.cutoffs[-1])).to_numpy()
        column = panel.X.columns[0]
        told = np.where(last, 40.0 * np.nan_to_num(panel.y), panel.X[column])
        return panel.with_features(panel.X.assign(**{column: told}))


def run(context, **limits):
    return Prequential(**{"replicates": 150, **limits}).run(context)


def test_fires_when_a_later_month_is_known_too_well(audit):
    finding = run(replace(audit(), candidate=LaterKnows()))
    assert (finding.outcome, finding.subject) == (Outcome.FAIL, Subject.QUALITY)
    assert "of 2024-09-30 beats that of" in finding.reason
    assert {d["later"] for d in finding.detail} == {"2024-09-30"}


def test_silent_on_the_clean_twin_and_every_complete_month_is_judged(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.PASS
    # Labels of 2023-12-31 close on 2024-03-31; 45 days later is 2024-05-15.
    assert finding.values["months"] == [
        "2024-05-31", "2024-06-30", "2024-07-31", "2024-08-31", "2024-09-30",
    ]  # fmt: skip
    assert finding.figure["kind"] == "horizon"
    assert {row["metric"] for row in finding.figure["rows"]} == {"auc", "lift_at_10pct", "brier"}


def test_does_not_apply_to_one_month(audit):
    assert run(audit(), max_months=1).outcome is Outcome.NOT_APPLICABLE
    open_window = replace(audit(), cutoff=Cutoff.parse("2024-12-15"))
    finding = run(open_window)
    assert (finding.outcome, finding.values["months"]) == (Outcome.NOT_APPLICABLE, [])


def test_inconclusive_with_few_buyers(audit):
    finding = run(audit(), min_positive_accounts=5000)
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "5000 needed in two months" in finding.reason


def test_a_candidate_that_cannot_be_rebuilt_is_an_error(audit):
    class Broken(ToyCandidate):
        def build(self, star, cutoffs, *, cached=True):
            raise RuntimeError("no features today")

    with pytest.raises(RuntimeError, match="no features today"):
        run(replace(audit(), candidate=Broken()))
