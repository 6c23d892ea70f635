"""What was decided about the champion, and why."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from gosales.registry.audit_log import read_audit, write_audit
from gosales.registry.comparison import Comparison
from gosales.tracking.model_registry import ModelRegistry
from gosales.tracking.tracker import RunHandle

DECISION_FILE: Final = "decision.json"
_AUDITED: Final = (
    "action",
    "version",
    "promoted",
    "moved",
    "reasons",
    "notes",
    "previous",
    "run_id",
    "policy_digest",
    "evidence_digest",
)


@dataclass(frozen=True)
class PromotionDecision:
    """A decision to move the champion, or not to.

    Parameters
    ----------
    name : str
        Registered model.
    action : str
        ``promote`` or ``rollback``.
    version : str or None
        The version decided on; None when there was none to decide on.
    promoted : bool
        Whether it is champion now.
    reasons : tuple of str
        Why not; empty when it is.
    notes : tuple of str
        What else the reader should know.
    previous : str or None
        The champion before.
    run_id : str
        The decision's run.
    policy_digest : str
        The approved policy.
    evidence_digest : str
        Evidence of the version; empty when it did not verify.
    comparison : Comparison or None
        With the champion; None when there was no champion, or it came to none.
    moved : bool
        Whether an alias was moved (not so when it was champion already).
    """

    name: str
    action: str
    version: str | None
    promoted: bool
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    previous: str | None = None
    run_id: str = ""
    policy_digest: str = ""
    evidence_digest: str = ""
    comparison: Comparison | None = None
    moved: bool = False

    def refused(self, *reasons: str) -> PromotionDecision:
        """The same decision, closed for further reasons."""
        return replace(self, promoted=False, moved=False, reasons=(*self.reasons, *reasons))

    def plain(self) -> dict[str, Any]:
        """Plain values; numbers that are not finite become null."""
        body = asdict(self)
        if self.comparison is not None:
            body["comparison"] = {k: _finite(v) for k, v in body["comparison"].items()}
        return body

    def markdown(self) -> str:
        """A short page: verdict, reasons, comparison."""
        verdict = "**moved**" if self.moved else "**stays**" if self.promoted else "**refused**"
        lines = [f"## {self.action}: {self.name} version {self.version or '-'}", "", verdict, ""]
        lines += [f"- closed: {reason}" for reason in self.reasons]
        lines += [f"- note: {note}" for note in self.notes]
        if self.comparison is not None:
            c = self.comparison
            lines.append(
                f"- {c.metric} at {c.cutoff}: challenger {c.challenger:.4f}, champion "
                f"{c.champion:.4f}, difference {c.difference:+.4f} [{c.lo:+.4f}, {c.hi:+.4f}], "
                f"{c.positive_accounts} positive accounts"
            )
        lines.append(f"- previous champion: {self.previous or 'none'}")
        return "\n".join(lines) + "\n"


def log_decision(run: RunHandle, decision: PromotionDecision) -> None:
    """Write a decision into its run, before anything moves.

    Parameters
    ----------
    run : RunHandle
        The decision's run.
    decision : PromotionDecision
        What was decided.
    """
    run.log_text(json.dumps(decision.plain(), indent=2, sort_keys=True) + "\n", DECISION_FILE)
    run.set_note(decision.markdown())
    run.set_tags(
        {
            "decision": "promoted" if decision.promoted else "refused",
            **({"version": decision.version} if decision.version else {}),
            **({"reasons": "; ".join(decision.reasons)} if decision.reasons else {}),
        }
    )
    run.log_metrics(_metrics(decision.comparison))


def append_audit(models: ModelRegistry, run: RunHandle, decision: PromotionDecision) -> None:
    """Append a decision that was carried out to the model's audit log.

    Parameters
    ----------
    models : ModelRegistry
        Holds the head of the log.
    run : RunHandle
        The decision's run; gets the whole log as an artifact.
    decision : PromotionDecision
        What was decided.
    """
    if not models.exists(decision.name):
        return
    plain = decision.plain()
    log = read_audit(models, decision.name).append({key: plain[key] for key in _AUDITED})
    write_audit(models, run, decision.name, log)


def _metrics(comparison: Comparison | None) -> dict[str, float]:
    if comparison is None:
        return {}
    name = f"promotion_{comparison.metric}_difference"
    values = {
        name: comparison.difference,
        f"{name}_lo": comparison.lo,
        f"{name}_hi": comparison.hi,
    }
    return {key: value for key, value in values.items() if math.isfinite(value)}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
