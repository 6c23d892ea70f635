"""The gauntlet report as the plain facts that gates look at."""

from __future__ import annotations

from typing import Any

from gosales.core.errors import IntegrityError
from gosales.gauntlet.policy import Policy
from gosales.gauntlet.report import GauntletReport


def report_facts(text: str, policy: Policy | None = None) -> dict[str, Any]:
    """Read a report, check its own digest, and judge it anew where a policy is given.

    Parameters
    ----------
    text : str
        ``gauntlet_report.json``.
    policy : Policy, optional
        The approved policy; the findings are then judged again under it.

    Returns
    -------
    dict
        ``target``, ``status``, ``digest``, ``permutation_p``, ``model_digest``,
        ``data_digest``, ``recipe_digest``, ``policy_digest`` and ``checks``: name to outcome,
        subject and is_proof.

    Raises
    ------
    IntegrityError
        If the report cannot be read, was edited, or does not stand under the policy.
    """
    try:
        report = GauntletReport.from_json(text)
    except ValueError as error:
        # A number that is not finite has no canonical form, hence no digest.
        raise IntegrityError(
            "the gauntlet report holds a value that is not finite",
            got=str(error),
            remedy="run `gosales gauntlet` again",
            reason_code="report_not_finite",
        ) from error
    if policy is not None:
        report.verify(policy)
    digests = report.digests
    return {
        "target": report.target,
        "status": str(report.verdict.status),
        "digest": report.digest,
        "permutation_p": report.permutation_p,
        **{f"{k}_digest": digests.get(k) for k in ("model", "data", "recipe", "policy")},
        "checks": {
            f.name: {
                "outcome": str(f.outcome),
                "subject": str(f.subject),
                "is_proof": f.is_proof,
            }
            for f in report.findings
        },
    }
