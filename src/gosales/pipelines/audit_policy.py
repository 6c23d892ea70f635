"""Which policy a candidate is audited under."""

from __future__ import annotations

from omegaconf import DictConfig

from gosales.gauntlet.policy import Policy
from gosales.pipelines.approved_policy import approved_policy
from gosales.pipelines.assembly import make
from gosales.pipelines.audit_subject import AuditSubject
from gosales.registry.gates import MODEL_BACKED


def audit_policy(cfg: DictConfig, subject: AuditSubject) -> Policy:
    """The configured policy; a heuristic under the approved one needs its proofs only.

    Parameters
    ----------
    cfg : DictConfig
        Gives the policy.
    subject : AuditSubject
        What is audited. Its tag only chooses: promotion asks the model itself.
    """
    policy: Policy = make(cfg.gauntlet)
    if subject.tags.get(MODEL_BACKED) != "false" or policy.digest != approved_policy(cfg).digest:
        return policy
    return approved_policy(cfg, model_backed=False)
