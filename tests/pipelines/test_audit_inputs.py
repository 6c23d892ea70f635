"""A version is rebuilt as it was trained, or not audited at all."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from gosales.core.errors import IntegrityError
from gosales.evaluation.recipe_digest import recipe_digest
from gosales.pipelines.audit_inputs import _compare


class Family:
    def __init__(self, months):
        self.months = months


@dataclass(frozen=True)
class Candidate:
    family: Family

    @property
    def recipe_digest(self):
        return "as trained" if self is FIRST else recipe_digest({"family": self.family})


FIRST = Candidate(Family([12]))


def rebuilt(candidate, recorded):
    said = {"data.digest": "d", "training.digest": "t", "recipe.digest": recorded}
    run = SimpleNamespace(data=SimpleNamespace(tags=said))
    tracker = SimpleNamespace(run_data=lambda run_id: run)
    desk = SimpleNamespace(models=SimpleNamespace(tracker=tracker))
    subject = SimpleNamespace(title="gosales.x version 1", run_id="r")
    prepared = SimpleNamespace(
        star=SimpleNamespace(digest="d"),
        training=SimpleNamespace(digest="t"),
        candidate=candidate,
    )
    _compare(desk, subject, prepared)


def test_the_same_recipe_is_let_through():
    candidate = Candidate(Family([12]))
    rebuilt(candidate, candidate.recipe_digest)


def test_another_recipe_is_refused():
    with pytest.raises(IntegrityError, match="another recipe digest"):
        rebuilt(Candidate(Family([6])), "as trained")


def test_a_part_that_changed_its_own_parameters_is_refused():
    # Its digest was taken before the part was asked for anything; a copy's is taken now.
    with pytest.raises(IntegrityError, match="changed its own parameters"):
        rebuilt(FIRST, "as trained")
