"""What crosses to the fresh process: classes and arguments, whatever a part has learned."""

from __future__ import annotations

import pickle
from enum import Enum

import pytest

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff
from gosales.gauntlet.candidate_parcel import parcel_of


class Colour(Enum):
    RED = 1


class Part:
    def __init__(self, *names, depth=1, inner=None):
        self.names, self._depth, self.inner = names, depth, inner
        self.memory = []

    def __reduce__(self):
        return _smuggled, (self.memory,)


def _smuggled(memory):
    part = Part()
    part.memory = memory
    return part


class Hiding:
    def __init__(self, secret):
        self.kept = secret


def test_a_part_is_made_anew_whatever_its_own_pickling_sends():
    part = Part("a", "b", depth=3, inner=[Part("c"), Cutoff.parse("2024-06-30"), Colour.RED, Part])
    part.memory.append("the future")
    part.inner[0].memory.append("the future")
    again = pickle.loads(parcel_of({"part": part}))["part"]
    assert (again.names, again._depth, again.memory) == (("a", "b"), 3, [])
    assert (again.inner[0].names, again.inner[0].memory) == (("c",), [])
    assert again.inner[1:] == [Cutoff.parse("2024-06-30"), Colour.RED, Part]


def test_a_part_that_hides_a_parameter_cannot_be_audited():
    with pytest.raises(ConfigError, match="Hiding without attribute secret"):
        parcel_of(Hiding(1))
