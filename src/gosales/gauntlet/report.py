"""The gauntlet's report: findings, verdict and the digests of what was audited."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from gosales.core.digests import canonical_json, digest_json
from gosales.core.errors import IntegrityError
from gosales.gauntlet.finding import Finding, Outcome
from gosales.gauntlet.policy import Policy
from gosales.gauntlet.verdict import Verdict

DIGEST_KEYS = ("model", "data", "recipe", "policy", "training", "forward", "plan")
_MISSING = "missing"


@dataclass(frozen=True)
class GauntletReport:
    """Evidence about one candidate, bound to it by digests.

    Parameters
    ----------
    target : str
        Key of the target.
    cutoff : str
        The requested cutoff (ISO text).
    seed : int
        Root seed of the audit.
    verdict : Verdict
        What the findings mean under the policy.
    findings : tuple of Finding
        In the order the checks ran.
    digests : mapping of str to str
        ``model``, ``data``, ``recipe``, ``policy``, ``training``, ``forward`` and ``plan``.
    """

    target: str
    cutoff: str
    seed: int
    verdict: Verdict
    findings: tuple[Finding, ...]
    digests: Mapping[str, str]

    @property
    def passed(self) -> bool:
        """Whether the verdict is PASS."""
        return self.verdict.status is Outcome.PASS

    @property
    def digest(self) -> str:
        """SHA-256 of everything the report says but how long it took (hex)."""
        return digest_json(_without_seconds(self._body()))

    @property
    def permutation_p(self) -> float | None:
        """The p of the permutation check; None when it was not measured."""
        for finding in self.findings:
            if finding.name == "permutation" and isinstance(finding.values.get("p"), float):
                return float(finding.values["p"])
        return None

    def finding(self, name: str) -> Finding | None:
        """The finding of one check; None when it did not run."""
        return next((f for f in self.findings if f.name == name), None)

    def tags(self) -> dict[str, str]:
        """Short texts for the registry: status, one per check, and the permutation p."""
        p = self.permutation_p
        return {
            "gauntlet.status": str(self.verdict.status),
            "gauntlet.permutation_p": _MISSING if p is None else repr(p),
            **{f"gauntlet.{f.name}": str(f.outcome) for f in self.findings},
        }

    def table(self) -> pd.DataFrame:
        """One row per finding: check, kind, subject, outcome, reason, seconds."""
        return pd.DataFrame(
            {
                "check": [f.name for f in self.findings],
                "kind": ["proof" if f.is_proof else "statistic" for f in self.findings],
                "subject": [str(f.subject) for f in self.findings],
                "outcome": [str(f.outcome) for f in self.findings],
                "reason": [f.reason for f in self.findings],
                "seconds": [f.seconds for f in self.findings],
            }
        )

    def _body(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "cutoff": self.cutoff,
            "seed": self.seed,
            "verdict": asdict(self.verdict),
            "findings": [asdict(f) for f in self.findings],
            "digests": dict(self.digests),
        }

    def to_json(self) -> str:
        """The report with its own digest, as text that `from_json` reads back."""
        return canonical_json({**self._body(), "digest": self.digest})

    @classmethod
    def from_json(cls, text: str) -> GauntletReport:
        """Read a report back.

        Raises
        ------
        IntegrityError
            If the text is not a report, or was edited after it was written.
        """
        try:
            report, recorded = _parse(text)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise IntegrityError(
                "the gauntlet report cannot be read",
                got=f"{type(error).__name__}: {error}",
                allowed="gauntlet_report.json as written",
                remedy="run `gosales gauntlet` again",
                reason_code="report_unreadable",
            ) from error
        if report.digest != recorded:
            raise IntegrityError(
                "the gauntlet report was edited",
                got=report.digest[:16],
                allowed=str(recorded)[:16],
                remedy="run `gosales gauntlet` again",
                reason_code="report_edited",
            )
        return report

    def verify(self, policy: Policy) -> None:
        """Judge the findings anew under a policy and compare with what the report claims.

        Raises
        ------
        IntegrityError
            If the report was made under another policy, lacks a digest, or claims a verdict that
            its findings do not give.
        """
        faults = [f"no digest of {k}" for k in DIGEST_KEYS if not self.digests.get(k)]
        if self.digests.get("policy") != policy.digest:
            faults.append("made under another policy")
        if Verdict.of(self.findings, policy) != self.verdict:
            faults.append("the verdict is not what the findings give")
        if faults:
            raise IntegrityError(
                "the gauntlet report does not verify",
                got="; ".join(faults),
                allowed=f"a report under policy {policy.digest[:16]}",
                remedy="run `gosales gauntlet` under the approved policy",
                reason_code="report_not_verified",
            )


def _without_seconds(body: dict[str, Any]) -> dict[str, Any]:
    findings = [{k: v for k, v in f.items() if k != "seconds"} for f in body["findings"]]
    return {**body, "findings": findings}


def _parse(text: str) -> tuple[GauntletReport, str]:
    raw = json.loads(text)
    verdict = raw["verdict"]
    report = GauntletReport(
        target=raw["target"],
        cutoff=raw["cutoff"],
        seed=raw["seed"],
        verdict=Verdict(
            status=Outcome(verdict["status"]),
            reasons=tuple(verdict["reasons"]),
            failed_subjects=tuple(verdict["failed_subjects"]),
            warnings=tuple(verdict["warnings"]),
        ),
        findings=tuple(Finding.from_plain(f) for f in raw["findings"]),
        digests=raw["digests"],
    )
    return report, raw["digest"]
