"""The earlier rules, which are shown beside the checks: what they see, and what they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.support.toy_star import toy_star

from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.zoo.rules.permutation_rows import PermutationRows
from gosales.gauntlet.zoo.rules.shift_point import ShiftPoint


@pytest.fixture(scope="module")
def no_signal(tmp_path_factory):
    """A star whose accounts all buy at one rate."""
    return toy_star(tmp_path_factory.mktemp("flat") / "star", spread=0.0, rate=-2.0)


def test_shuffled_rows_fire_without_signal_and_end_early(audit, no_signal):
    finding = PermutationRows().run(audit(on=no_signal, permutable=True))
    assert finding.outcome is Outcome.FAIL
    assert finding.values["draws"] < 20


def test_shuffled_rows_pass_what_has_signal_leaking_or_not(audit):
    for leaks in ((), ("peek",)):
        finding = PermutationRows().run(audit(*leaks, permutable=True))
        assert (finding.outcome, finding.values["draws"]) == (Outcome.PASS, 20)
        assert finding.values["p"] == 1 / 21


def test_shuffled_rows_need_a_recipe_and_two_classes(audit):
    assert PermutationRows().run(audit()).outcome is Outcome.NOT_APPLICABLE
    context = audit(permutable=True)
    nobody = context.training.with_labels(np.zeros(len(context.training)))
    finding = PermutationRows().run(replace(context, training=nobody))
    assert finding.outcome is Outcome.INCONCLUSIVE


def test_the_point_shift_fires_by_its_number_alone(audit):
    context = audit()
    calm = ShiftPoint(days=14, eps=0.01).run(context)
    gain = calm.values["gain"]
    assert ShiftPoint(days=14, eps=gain - 0.001).run(context).outcome is Outcome.FAIL
    assert ShiftPoint(days=14, eps=gain + 0.001).run(context).outcome is Outcome.PASS
    assert gain == pytest.approx(calm.values["then"] - calm.values["now"])
