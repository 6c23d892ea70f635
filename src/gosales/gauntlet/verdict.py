"""The verdict: a pure function of the findings and the policy, closed by default."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gosales.gauntlet.finding import Finding, Outcome
from gosales.gauntlet.policy import Policy
from gosales.gauntlet.soundness import complaint

_CLOSING = (Outcome.FAIL, Outcome.ERROR)
_OPEN = (Outcome.PASS, Outcome.WARN)


@dataclass(frozen=True)
class Verdict:
    """Whether the candidate may be promoted, and if not, why.

    Parameters
    ----------
    status : Outcome
        PASS, FAIL or INCONCLUSIVE.
    reasons : tuple of str
        One line per finding that closes the gate, failures first; empty for PASS.
    failed_subjects : tuple of str
        ``leak``, ``quality`` or both: what the failures are about.
    warnings : tuple of str
        One line per WARN.
    """

    status: Outcome
    reasons: tuple[str, ...]
    failed_subjects: tuple[str, ...]
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, findings: Sequence[Finding], policy: Policy) -> Verdict:
        """Judge findings under a policy.

        Notes
        -----
        PASS only if every required check is present exactly once, sound (finite values, a
        measured value), and PASS, WARN, or NOT_APPLICABLE where the policy allows it; a proof is
        never allowed to be. FAIL if any finding at all is FAIL or ERROR. Otherwise INCONCLUSIVE.
        """
        failures = [f for f in findings if _closes(f)]
        open_questions = list(_open_questions(findings, policy))
        status = (
            Outcome.FAIL if failures else Outcome.INCONCLUSIVE if open_questions else Outcome.PASS
        )
        return cls(
            status=status,
            reasons=(*(_line(f) for f in failures), *open_questions),
            failed_subjects=tuple(sorted({str(f.subject) for f in failures})),
            warnings=tuple(_line(f) for f in findings if f.outcome is Outcome.WARN),
        )


def _line(finding: Finding) -> str:
    unsound = complaint(finding)
    return f"{finding.name}: {finding.outcome}: {unsound or finding.reason}"


def _closes(finding: Finding) -> bool:
    # An unsound finding is an error of its check, whatever outcome it claims.
    return finding.outcome in _CLOSING or bool(complaint(finding))


def _open_questions(findings: Sequence[Finding], policy: Policy) -> Iterator[str]:
    counts = Counter(f.name for f in findings)
    for name in policy.required:
        if counts[name] == 0:
            yield f"{name}: missing: the required check was not run"
        if counts[name] > 1:
            yield f"{name}: {counts[name]} findings where one was expected"
    for finding in findings:
        if finding.name not in policy.required or _closes(finding):
            continue
        if finding.is_proof != (finding.name in policy.proofs):
            yield f"{finding.name}: the finding and the policy disagree on whether it is a proof"
        elif finding.outcome not in _OPEN and not _excused(finding, policy):
            yield _line(finding)


def _excused(finding: Finding, policy: Policy) -> bool:
    # A policy that excuses a proof cannot be built.
    return (
        finding.outcome is Outcome.NOT_APPLICABLE and finding.name in policy.not_applicable_allowed
    )
