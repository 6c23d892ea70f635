"""Closed by default: one open case, and everything that must close it."""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from gosales.registry.evidence import DIGESTS, Evidence
from gosales.registry.gates import gate_reasons

POLICY = "policy-digest"
EVIDENCE = Evidence(
    "gosales.printers", "1", "run", {**{name: f"{name}-digest" for name in DIGESTS}}
)


def _case() -> dict[str, Any]:
    report = {
        "status": "PASS",
        "digest": "report-digest",
        "permutation_p": 0.01,
        **{f"{k}_digest": f"{k}-digest" for k in ("model", "data", "recipe", "policy")},
        "checks": {
            "group_overlap": {"outcome": "PASS", "subject": "leak", "is_proof": True},
            "permutation": {"outcome": "WARN", "subject": "leak", "is_proof": False},
        },
    }
    tags = {
        "gauntlet.status": "PASS",
        "gauntlet.group_overlap": "PASS",
        "gauntlet.permutation": "WARN",
        "gauntlet.permutation_p": "0.01",
        "evidence.digest": EVIDENCE.digest,
        "evidence.run_id": "audit",
        "policy.digest": POLICY,
        "model_backed": "true",
        "unrelated": "tag",
    }
    observed = {n: f"{n}-digest" for n in ("bundle", "code", "model", "package", "report")}
    return deepcopy(
        {
            "tags": tags,
            "evidence": EVIDENCE,
            "report": report,
            "observed": observed,
            "approved_policy": POLICY,
        }
    )


def _reasons(case: dict[str, Any]) -> str:
    return "; ".join(gate_reasons(**case))


def test_the_whole_case_is_open() -> None:
    assert gate_reasons(**_case()) == []


@pytest.mark.parametrize(
    "tag",
    ["gauntlet.status", "evidence.digest", "evidence.run_id", "policy.digest", "model_backed"],
)
def test_a_missing_tag_closes(tag: str) -> None:
    case = _case()
    del case["tags"][tag]
    assert f"no tag {tag}" in _reasons(case)


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("gauntlet.status", "pass"),
        ("gauntlet.group_overlap", "WARN"),
        ("gauntlet.permutation_p", "0.02"),
        ("gauntlet.permutation_p", "nan"),
        ("gauntlet.permutation_p", "missing"),
        ("gauntlet.shift_grid", "PASS"),
    ],
)
def test_a_tag_that_disagrees_with_the_report_closes(tag: str, value: str) -> None:
    case = _case()
    case["tags"][tag] = value
    assert f"the tag {tag} says {value}" in _reasons(case)


def test_a_check_without_its_tag_closes() -> None:
    case = _case()
    del case["tags"]["gauntlet.permutation"]
    assert "gauntlet.permutation says nothing" in _reasons(case)


@pytest.mark.parametrize("status", ["FAIL", "INCONCLUSIVE", "ERROR", "", None, "OK"])
def test_only_a_pass_opens(status: str | None) -> None:
    case = _case()
    case["report"]["status"] = status
    case["tags"]["gauntlet.status"] = str(status)
    assert "not PASS" in _reasons(case)


@pytest.mark.parametrize("outcome", ["FAIL", "ERROR", "INCONCLUSIVE", "SKIPPED", None])
def test_every_finding_must_leave_the_gate_open(outcome: str | None) -> None:
    case = _case()
    case["report"]["checks"]["permutation"]["outcome"] = outcome
    case["tags"]["gauntlet.permutation"] = str(outcome)
    assert f"permutation is {outcome} (leak)" in _reasons(case)


def test_a_proof_is_never_not_applicable() -> None:
    case = _case()
    case["report"]["checks"]["group_overlap"]["outcome"] = "NOT_APPLICABLE"
    case["tags"]["gauntlet.group_overlap"] = "NOT_APPLICABLE"
    assert "is a proof" in _reasons(case)


def test_a_report_without_findings_closes() -> None:
    case = _case()
    case["report"]["checks"] = {}
    assert "no findings" in _reasons(case)


@pytest.mark.parametrize("p", [None, math.nan, math.inf, "0.01"])
def test_a_permutation_p_that_is_no_number_closes(p: Any) -> None:
    case = _case()
    case["report"]["permutation_p"] = p
    assert "missing or not finite" in _reasons(case)


@pytest.mark.parametrize("name", ["bundle", "code", "model", "package", "report"])
def test_anything_that_changed_after_the_audit_closes(name: str) -> None:
    case = _case()
    case["observed"][name] = "changed"
    assert f"the {name} is not the one that was audited" in _reasons(case)
    del case["observed"][name]
    assert f"the {name} is not the one that was audited" in _reasons(case)


@pytest.mark.parametrize("name", ["model", "data", "recipe", "policy"])
def test_report_and_evidence_must_be_about_the_same(name: str) -> None:
    case = _case()
    case["report"][f"{name}_digest"] = "other"
    assert f"about another {name}" in _reasons(case)
    case["report"][f"{name}_digest"] = None
    assert f"report has no digest of {name}" in _reasons(case)


def test_an_edited_report_closes() -> None:
    case = _case()
    case["report"]["digest"] = "other"
    assert "own digest" in _reasons(case)


@pytest.mark.parametrize("approved", ["another-policy", ""])
def test_another_policy_closes(approved: str) -> None:
    case = _case()
    case["approved_policy"] = approved
    assert "another policy" in _reasons(case)


def test_other_evidence_than_the_tag_names_closes() -> None:
    case = _case()
    case["evidence"] = replace(EVIDENCE, version="2")
    assert "not the digest of the evidence" in _reasons(case)


def test_evidence_with_a_missing_digest_closes() -> None:
    case = _case()
    del case["evidence"].digests["data"]
    assert "no digest of data" in _reasons(case)


@pytest.mark.parametrize("lacking", ["evidence", "report"])
def test_nothing_is_not_a_pass(lacking: str) -> None:
    case = _case()
    case[lacking] = None
    assert "that verifies" in _reasons(case)
