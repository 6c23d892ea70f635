from __future__ import annotations

from dataclasses import replace

import pytest

from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.policy import Policy
from gosales.gauntlet.soundness import complaint
from gosales.gauntlet.verdict import Verdict


class Stub:
    def __init__(self, name, is_proof=False, subject=Subject.LEAK):
        self.name, self.is_proof, self.subject = name, is_proof, subject

    def run(self, context):
        raise AssertionError


POLICY = Policy(
    {c.name: c for c in (Stub("proof", True), Stub("stat"), Stub("extra"))},
    required=["proof", "stat"],
    not_applicable_allowed=["stat"],
)
PROOF = Finding("proof", Subject.LEAK, Outcome.PASS, "ok", {"n": 1}, is_proof=True)
STAT = Finding("stat", Subject.QUALITY, Outcome.PASS, "ok", {"z": 0.1})


def verdict(*findings):
    return Verdict.of(findings, POLICY)


def test_pass_needs_every_required_check():
    assert verdict(PROOF, STAT) == Verdict(Outcome.PASS, (), (), ())


def test_a_warning_leaves_the_gate_open_and_is_told():
    found = verdict(PROOF, replace(STAT, outcome=Outcome.WARN))
    assert (found.status, found.warnings) == (Outcome.PASS, ("stat: WARN: ok",))


@pytest.mark.parametrize("findings", [(), (PROOF,), (STAT,)])
def test_a_missing_check_closes(findings):
    found = verdict(*findings)
    assert found.status is Outcome.INCONCLUSIVE
    assert "missing" in found.reasons[-1]


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.ERROR])
@pytest.mark.parametrize("which", ["proof", "stat", "extra", "unknown"])
def test_any_failure_closes_also_of_a_check_that_is_not_required(outcome, which):
    findings = {"proof": PROOF, "stat": STAT}
    base = findings.get(which, replace(STAT, name=which))
    findings[which] = replace(base, outcome=outcome)
    found = verdict(*findings.values())
    assert found.status is Outcome.FAIL
    assert found.failed_subjects == (str(base.subject),)


def test_the_verdict_says_what_the_failures_are_about():
    both = verdict(replace(PROOF, outcome=Outcome.FAIL), replace(STAT, outcome=Outcome.ERROR))
    assert both.failed_subjects == ("leak", "quality")
    assert both.reasons == ("proof: FAIL: ok", "stat: ERROR: ok")


def test_inconclusive_closes():
    assert verdict(PROOF, replace(STAT, outcome=Outcome.INCONCLUSIVE)).status is (
        Outcome.INCONCLUSIVE
    )


def test_not_applicable_only_where_declared_and_never_for_a_proof():
    stat = replace(STAT, outcome=Outcome.NOT_APPLICABLE)
    assert verdict(PROOF, stat).status is Outcome.PASS
    proof = replace(PROOF, outcome=Outcome.NOT_APPLICABLE)
    assert verdict(proof, STAT).status is Outcome.INCONCLUSIVE
    strict = Policy(POLICY.checks, POLICY.required)
    assert Verdict.of([PROOF, stat], strict).status is Outcome.INCONCLUSIVE


def test_a_proof_may_not_pose_as_a_statistic():
    assert verdict(replace(PROOF, is_proof=False), STAT).status is Outcome.INCONCLUSIVE
    assert verdict(PROOF, replace(STAT, is_proof=True)).status is Outcome.INCONCLUSIVE


def test_two_findings_of_one_check_close():
    found = verdict(PROOF, STAT, STAT)
    assert found.status is Outcome.INCONCLUSIVE
    assert "2 findings" in found.reasons[0]


@pytest.mark.parametrize(
    "unsound",
    [
        replace(STAT, values={"auc": float("nan")}),
        replace(STAT, values={"deep": [{"auc": float("inf")}]}),
        replace(STAT, detail=[{"z": float("-inf")}]),
        replace(STAT, limits={"z": float("nan")}),
        replace(STAT, figure={"series": [float("nan")]}),
        replace(STAT, seconds=float("nan")),
        replace(STAT, values={}),
        replace(STAT, outcome=Outcome.WARN, values={}),
        replace(STAT, values={"x": object()}),
        replace(STAT, outcome="PASSED"),
        replace(STAT, subject="leak"),
    ],
)
def test_an_unsound_finding_fails_whatever_it_claims(unsound):
    assert complaint(unsound)
    assert verdict(PROOF, unsound).status is Outcome.FAIL


def test_what_is_not_a_finding_is_not_evidence():
    assert complaint(None) == "not a finding but NoneType"
    assert complaint(True) == "not a finding but bool"
