"""Card section: the audit, its findings, and what it cannot see."""

from __future__ import annotations

from gosales.gauntlet.report import GauntletReport
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import code_text, markdown_table, plain_text

_BLIND = (
    "What the permutation test cannot see: a leak tied to the true label disappears when labels "
    "are permuted, so a small p does not show that there is no leak. The proofs (rebuilding "
    "features from truncated and poisoned history, falsifying outside rows) are there for that."
)
_BEYOND = (
    "What no audit here can see, because nothing is left to compare with: an order or acquaintance "
    "date that the log itself backdates (only a roster made of later buyers shows); a static "
    "attribute that knows a little (labels with a fifth or more of them false, or where orders "
    "foretell nearly everything); numbers written into a plug-in's own code by somebody who had "
    "seen the future; evidence forged by whoever may write to the store, unless it is signed "
    "(`GOSALES_EVIDENCE_KEY`)."
)
_UNAUDITED = "**Not audited.** A version without a passing gauntlet cannot become champion."


def gauntlet_section(facts: CardFacts) -> str:
    """Verdict, reasons, one row per check."""
    head = "## Gauntlet\n\n"
    return head + (_UNAUDITED if facts.report is None else _audited(facts.report))


def _audited(report: GauntletReport) -> str:
    verdict = report.verdict
    about = f" ({' and '.join(verdict.failed_subjects)})" if verdict.failed_subjects else ""
    parts = [f"Verdict: **{verdict.status}**{about}, policy {code_text(_policy(report))}."]
    if verdict.reasons:
        parts.append("\n".join(f"- {plain_text(reason)}" for reason in verdict.reasons))
    rows = [
        [
            code_text(f.name),
            "proof" if f.is_proof else "statistic",
            str(f.subject),
            f"**{f.outcome}**"
            if str(f.outcome) not in ("PASS", "NOT_APPLICABLE")
            else str(f.outcome),
            plain_text(f.reason),
        ]
        for f in report.findings
    ]
    parts.append(markdown_table(["Check", "Kind", "About", "Outcome", "Finding"], rows))
    if report.finding("permutation") is not None:
        parts.append(_BLIND)
    parts.append(_BEYOND)
    return "\n\n".join(parts)


def _policy(report: GauntletReport) -> str:
    return report.digests.get("policy", "")[:16] or "not recorded"
