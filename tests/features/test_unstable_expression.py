"""A family may not ask the clock or chance."""

from __future__ import annotations

import ibis
import pytest
from tests.support.label_case import facts_star, panel

from gosales.core.errors import InternalError
from gosales.core.timeline import Lookback
from gosales.features.family import FeatureBlock
from gosales.features.spec import FeatureSpec


class Restless:
    name = "restless"

    def __init__(self, what):
        self.what = what

    def specs(self):
        return [FeatureSpec("restless", "value", "all", Lookback(months=12), "a value")]

    def compute(self, view):
        lines = view.purchases()
        inside = view.within(lines, Lookback(months=12))
        value = {
            "honest": ibis.literal(1.0),
            "clock": ibis.now().epoch_seconds().cast("float64"),
            "chance": ibis.random(),
        }[self.what]
        total = inside.ifelse(value, 0.0).sum()
        return FeatureBlock(
            all=lines.group_by(view.keys(lines)).aggregate(**{self.specs()[0].name: total})
        )


@pytest.mark.parametrize("what", ["clock", "chance"])
def test_clock_and_chance_are_refused_and_the_family_named(tmp_path, what):
    with pytest.raises(InternalError, match=r"'restless' breaks its contract.*clock or chance"):
        panel(facts_star(tmp_path), families=[Restless(what)])


def test_an_honest_expression_is_taken(tmp_path):
    assert len(panel(facts_star(tmp_path), families=[Restless("honest")]))
