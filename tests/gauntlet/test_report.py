from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gosales.core.errors import IntegrityError
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.policy import Policy
from gosales.gauntlet.report import DIGEST_KEYS, GauntletReport
from gosales.gauntlet.verdict import Verdict


class Stub:
    subject = Subject.LEAK
    is_proof = False

    def __init__(self, name="permutation", limit=1):
        self.name, self.limit = name, limit

    def run(self, context):
        raise AssertionError


POLICY = Policy({"permutation": Stub()}, ["permutation"])
PASS = Finding("permutation", Subject.LEAK, Outcome.PASS, "ok", {"p": 0.01}, seconds=1.5)


def report_of(*findings, policy=POLICY):
    base = {key: key * 8 for key in DIGEST_KEYS} | {"policy": policy.digest}
    verdict = Verdict.of(findings, policy)
    return GauntletReport("alpha", "2024-06-30", 7, verdict, findings, base)


def test_round_trip():
    report = report_of(PASS)
    again = GauntletReport.from_json(report.to_json())
    assert again == report
    assert again.digest == report.digest
    again.verify(POLICY)


def test_the_digest_does_not_depend_on_speed():
    assert report_of(PASS).digest == report_of(replace(PASS, seconds=99.0)).digest


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict", "status"), "FAIL"),
        (("findings", 0, "outcome"), "WARN"),
        (("findings", 0, "values", "p"), 0.02),
        (("findings", 0, "limits"), {"p": 1}),
        (("digests", "model"), "m"),
        (("digests", "policy"), "p"),
        (("target",), "beta"),
        (("cutoff",), "2024-07-01"),
        (("seed",), 8),
        (("digest",), "0" * 64),
    ],
)
def test_an_edited_report_is_refused(path, value):
    raw = json.loads(report_of(PASS).to_json())
    place = raw
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(IntegrityError, match="was edited"):
        GauntletReport.from_json(json.dumps(raw))


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "not json", '{"findings": 3}'],
)
def test_what_is_not_a_report_is_refused(text):
    with pytest.raises(IntegrityError, match="cannot be read"):
        GauntletReport.from_json(text)


def test_unknown_outcomes_are_refused():
    text = report_of(PASS).to_json().replace('"outcome":"PASS"', '"outcome":"SKIPPED"')
    with pytest.raises(IntegrityError, match="cannot be read"):
        GauntletReport.from_json(text)


def test_a_verdict_the_findings_do_not_give_is_refused_even_with_a_fresh_digest():
    failed = report_of(replace(PASS, outcome=Outcome.FAIL))
    forged = replace(failed, verdict=Verdict(Outcome.PASS, (), (), ()))
    readable = GauntletReport.from_json(forged.to_json())
    with pytest.raises(IntegrityError, match="verdict is not what the findings give"):
        readable.verify(POLICY)


def test_a_report_without_findings_does_not_verify_as_passed():
    empty = replace(report_of(PASS), findings=())
    with pytest.raises(IntegrityError, match="verdict is not"):
        empty.verify(POLICY)


def test_another_policy_is_refused():
    relaxed = Policy({"permutation": Stub(limit=2)}, ["permutation"])
    with pytest.raises(IntegrityError, match="another policy"):
        report_of(PASS, policy=relaxed).verify(POLICY)
    with pytest.raises(IntegrityError, match="another policy"):
        report_of(PASS).verify(relaxed)


@pytest.mark.parametrize("key", DIGEST_KEYS)
def test_a_missing_digest_is_refused(key):
    with pytest.raises(IntegrityError, match="does not verify"):
        report = report_of(PASS)
        replace(report, digests={**report.digests, key: ""}).verify(POLICY)


def test_tags():
    assert report_of(PASS).tags() == {
        "gauntlet.status": "PASS",
        "gauntlet.permutation": "PASS",
        "gauntlet.permutation_p": "0.01",
    }


@pytest.mark.parametrize("values", [{}, {"p": None}, {"p": "0.01"}, {"p": True}])
def test_a_p_that_was_not_measured_is_missing_in_the_tags(values):
    report = report_of(replace(PASS, values=values, outcome=Outcome.INCONCLUSIVE))
    assert report.tags()["gauntlet.permutation_p"] == "missing"
    assert report.permutation_p is None


def test_table():
    table = report_of(PASS).table()
    assert list(table["check"]) == ["permutation"]
    assert list(table["kind"]) == ["statistic"]


def test_a_report_that_is_not_finite_cannot_be_written():
    with pytest.raises(ValueError, match="JSON compliant"):
        report_of(replace(PASS, values={"p": float("nan")})).to_json()
