from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gosales.core.errors import ConfigError, DataError
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.policy import Policy
from gosales.gauntlet.runner import run_gauntlet


class Scripted:
    """A check that does what it is told."""

    subject = Subject.QUALITY
    is_proof = False

    def __init__(self, name="scripted", act=None):
        self.name = name
        self._act = act

    @property
    def act(self):
        return "scripted"

    def run(self, context):
        if callable(self._act):
            return self._act(self, context)
        return Finding(self.name, self.subject, Outcome.PASS, "fine", {"n": 1})


def audit_with(context, *checks, required=None):
    named = {c.name: c for c in checks}
    policy = Policy(named, required or list(named))
    return run_gauntlet(context, policy.checks, policy, recipe_digest="r" * 64)


def raising(error):
    def act(check, context):
        raise error

    return act


@pytest.fixture(scope="module")
def context(star, tmp_path_factory):
    from tests.support.toy_candidate import ToyCandidate, toy_context

    return toy_context(star, ToyCandidate(), tmp_path_factory.mktemp("work"))


def test_a_clean_run_passes_with_all_digests(context):
    report = audit_with(context, Scripted("a"), Scripted("b"))
    assert report.passed
    assert [f.name for f in report.findings] == ["a", "b"]
    assert all(report.digests.values())
    assert report.digests["data"] == context.star.digest


@pytest.mark.parametrize(
    "error",
    [
        DataError("broken"),
        ValueError("odd"),
        ZeroDivisionError("zero"),
        KeyError("gone"),
        AssertionError("no"),
        MemoryError(),
        OSError("disk"),
        np.linalg.LinAlgError("singular"),
    ],
)
def test_a_crashing_check_closes_the_gate_and_the_others_still_run(context, error):
    report = audit_with(context, Scripted("bad", raising(error)), Scripted("good"))
    bad, good = report.findings
    assert (bad.outcome, good.outcome) == (Outcome.ERROR, Outcome.PASS)
    assert type(error).__name__ in bad.reason
    assert "Traceback" in bad.detail[0]["traceback"]
    assert report.verdict.status is Outcome.FAIL
    assert report.verdict.failed_subjects == ("quality",)


def test_an_interrupt_is_not_a_finding(context):
    with pytest.raises(KeyboardInterrupt):
        audit_with(context, Scripted("stop", raising(KeyboardInterrupt())))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        True,
        "PASS",
        Finding("other", Subject.LEAK, Outcome.PASS, "", {"n": 1}),
        Finding("scripted", Subject.LEAK, Outcome.PASS, "", {"n": 1}, is_proof=True),
        Finding("scripted", Subject.LEAK, Outcome.PASS, "", {}),
        Finding("scripted", Subject.LEAK, Outcome.PASS, "", {"auc": float("nan")}),
        Finding("scripted", Subject.LEAK, Outcome.PASS, "", {"auc": np.float64("inf")}),
        Finding("scripted", Subject.LEAK, Outcome.PASS, "", {"frame": object()}),
    ],
)
def test_an_answer_that_is_not_evidence_is_an_error(context, answer):
    report = audit_with(context, Scripted(act=lambda check, context: answer))
    assert report.findings[0].outcome is Outcome.ERROR
    assert "not evidence" in report.findings[0].reason
    assert report.verdict.status is Outcome.FAIL


def test_numpy_values_become_plain(context):
    def act(check, context):
        values = {"auc": np.float64(0.5), "n": np.int64(3), "all": np.array([1.0, 2.0])}
        return Finding(check.name, check.subject, Outcome.PASS, "", values)

    report = audit_with(context, Scripted(act=act))
    assert report.findings[0].values == {"auc": 0.5, "n": 3, "all": [1.0, 2.0]}
    assert type(report.findings[0].values["n"]) is int


def test_scratch_space_is_per_check_and_emptied(context):
    seen = []

    def act(check, context):
        (context.workdir / "junk").write_text("x")
        seen.append(context.workdir)
        raise ValueError("crash after writing")

    audit_with(context, Scripted("a", act), Scripted("b", act))
    assert len(set(seen)) == 2
    assert not any(path.exists() for path in seen)


def test_a_required_check_left_out_counts_as_missing(context):
    policy = Policy({"a": Scripted("a"), "b": Scripted("b")}, ["a", "b"])
    part = {"a": policy.checks["a"]}
    report = run_gauntlet(context, part, policy, recipe_digest="r")
    assert report.verdict.status is Outcome.INCONCLUSIVE
    assert not report.passed


def test_no_check_at_all_is_not_a_pass(context):
    policy = Policy({"a": Scripted("a")}, ["a"])
    report = run_gauntlet(context, {}, policy, recipe_digest="r")
    assert report.verdict.status is Outcome.INCONCLUSIVE


def test_checks_unlike_the_policys_are_refused(context):
    class Other(Scripted):
        pass

    policy = Policy({"a": Scripted("a")}, ["a"])
    with pytest.raises(ConfigError, match="not what its policy says"):
        run_gauntlet(context, {"a": Other("a")}, policy, recipe_digest="r")
    with pytest.raises(ConfigError, match="no recipe digest"):
        run_gauntlet(context, policy.checks, policy, recipe_digest="")


def test_two_audits_give_the_same_digest(context):
    first = audit_with(context, Scripted("a"))
    second = audit_with(context, Scripted("a"))
    assert first.digest == second.digest
    other = replace(context, seed=context.seed + 1)
    assert audit_with(other, Scripted("a")).digest != first.digest
