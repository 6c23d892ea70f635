from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.support.toy_candidate import ToyCandidate, toy_context

from gosales.core.errors import DataError
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_shelf import FindingShelf
from gosales.gauntlet.policy import Policy
from gosales.gauntlet.runner import run_gauntlet


class Counting:
    """A check that counts its runs, and does what it is told."""

    subject = Subject.QUALITY
    is_proof = False

    def __init__(self, name="counting", limit=1.0):
        self.name = name
        self.limit = limit
        self.runs = 0
        self.outcome = Outcome.PASS

    def run(self, context):
        self.runs += 1
        if self.outcome is Outcome.ERROR:
            raise RuntimeError("broken")
        return Finding(self.name, self.subject, self.outcome, "told", {"n": 1.5})


@pytest.fixture(scope="module")
def context(star, tmp_path_factory):
    return toy_context(star, ToyCandidate(), tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def audit(context, tmp_path):
    def run(*checks, on=context, code="code", sign=lambda digest: None, takes=True, fresh=True):
        shelf = FindingShelf(tmp_path / "findings", code, sign, takes=takes)
        named = {c.name: c for c in checks}
        policy = Policy(named, list(named))
        report = run_gauntlet(
            on, policy.checks, policy, recipe_digest="r" * 64, shelf=shelf if fresh else None
        )
        return report, shelf.taken

    return run


def test_a_finished_finding_is_taken_and_the_rest_goes_on(audit):
    first, second = Counting("a"), Counting("b")
    alone, taken = audit(first)
    assert taken == []
    both, taken = audit(first, second)
    assert (first.runs, second.runs, taken) == (1, 1, ["a"])
    assert both.findings[0] == alone.findings[0]
    assert both.digest == audit(Counting("a"), Counting("b"), fresh=False)[0].digest


@pytest.mark.parametrize(
    "other",
    [
        {"code": "edited"},
        {"sign": lambda digest: "signed"},
        {"takes": False},
    ],
)
def test_another_code_key_or_wish_runs_the_check_again(audit, other):
    check = Counting("a")
    audit(check)
    audit(check, **other)
    assert check.runs == 2


def test_other_limits_run_the_check_again(audit):
    audit(Counting("a"))
    strict = Counting("a", limit=2.0)
    assert (audit(strict)[1], strict.runs) == ([], 1)


def test_another_model_seed_or_reported_prediction_runs_the_check_again(audit, context):
    check = Counting("a")
    audit(check)
    oof = np.full(len(context.training), 0.5)
    flipped = context.training.with_labels(1.0 - context.training.y)
    for other in (
        replace(context, seed=12),
        replace(context, oof=oof),
        replace(context, training=flipped),
        replace(context, model=context.candidate.fit(flipped)),
    ):
        assert audit(check, on=other)[1] == []
    assert check.runs == 5


def test_an_error_is_not_kept(audit):
    check = Counting("a")
    check.outcome = Outcome.ERROR
    audit(check)
    check.outcome = Outcome.PASS
    report, taken = audit(check)
    assert (check.runs, taken, report.passed) == (2, [], True)


@pytest.mark.parametrize("edit", ["outcome", "digest", "text"])
def test_an_edited_finding_is_as_good_as_absent(audit, tmp_path, edit):
    check = Counting("a")
    check.outcome = Outcome.FAIL
    audit(check)
    (path,) = (tmp_path / "findings").glob("*.json")
    raw = json.loads(path.read_text(encoding="utf-8"))
    if edit == "outcome":
        raw["finding"]["outcome"] = "PASS"
    if edit == "digest":
        raw["digest"] = "0" * 64
    path.write_text("{" if edit == "text" else json.dumps(raw), encoding="utf-8")
    report, taken = audit(check)
    assert (check.runs, taken, report.passed) == (2, [], False)


def test_a_finding_of_another_key_is_not_taken(audit, tmp_path):
    one, other = Counting("a"), Counting("a", limit=2.0)
    one.outcome = Outcome.PASS
    audit(one)
    (passed,) = (tmp_path / "findings").glob("*.json")
    text = passed.read_text(encoding="utf-8")
    audit(other)
    (wanted,) = set((tmp_path / "findings").glob("*.json")) - {passed}
    wanted.write_text(text, encoding="utf-8")
    audit(other)
    assert other.runs == 2


def test_a_folder_that_cannot_be_written_is_told(audit, tmp_path):
    (tmp_path / "findings").write_text("no folder", encoding="utf-8")
    with pytest.raises(DataError, match="a finding cannot be kept"):
        audit(Counting("a"))
