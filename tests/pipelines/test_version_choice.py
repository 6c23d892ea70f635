"""Which version an audit is of: a number, a training run's, or the newest."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gosales.core.errors import TrackingError
from gosales.pipelines.version_choice import choose_version
from gosales.tracking.model_registry import ModelVersion

NAME = "gosales.printers"
TRAINED = {"kind": "train", "division": "printers", "outcome": "trained"}


def desk(*versions: ModelVersion, tags=TRAINED):
    run = SimpleNamespace(data=SimpleNamespace(tags=tags))
    models = SimpleNamespace(
        tracker=SimpleNamespace(run_data=lambda run_id: run),
        versions=lambda name: [v for v in versions if v.name == name],
        version=lambda name, number: next(v for v in versions if v.version == number),
    )
    return SimpleNamespace(models=models)


TWO = (ModelVersion(NAME, "2", "b"), ModelVersion(NAME, "1", "a"))


@pytest.mark.parametrize(
    ("asked", "wanted"), [({}, "2"), ({"number": 1}, "1"), ({"run": "a"}, "1")]
)
def test_the_version_that_is_meant(asked, wanted):
    assert choose_version(desk(*TWO), "printers", **asked).version == wanted


def test_a_run_knows_its_own_division():
    assert choose_version(desk(*TWO), "training", run="b").version == "2"


def test_a_division_without_a_version_is_told_to_train():
    with pytest.raises(TrackingError, match="mend it: gosales train division=training"):
        choose_version(desk(*TWO), "training")


def test_a_run_without_a_version_says_its_outcome_and_what_to_do():
    tags = {**TRAINED, "outcome": "one_class"}
    with pytest.raises(TrackingError, match=r"run=c: outcome one_class; .*: gosales train div"):
        choose_version(desk(*TWO, tags=tags), "printers", run="c")


def test_a_run_with_several_versions_is_asked_which():
    again = ModelVersion(NAME, "3", "a")
    with pytest.raises(TrackingError, match=r"one of them: 3, 1; .*division=printers version=3"):
        choose_version(desk(again, *TWO), "printers", run="a")


@pytest.mark.parametrize("kind", ["gauntlet", None])
def test_a_run_that_trained_nothing_is_refused(kind):
    tags = {} if kind is None else {"kind": kind}
    with pytest.raises(TrackingError, match=f"kind {kind or 'none'}"):
        choose_version(desk(*TWO, tags=tags), "printers", run="a")
