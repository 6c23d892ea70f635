"""A decision about the champion, as its command tells it."""

from __future__ import annotations

from dataclasses import dataclass

from gosales.pipelines.summary import Summary
from gosales.registry.decision import PromotionDecision


@dataclass(frozen=True)
class Decided:
    """Outcome of promote or rollback.

    Parameters
    ----------
    decision : PromotionDecision
        What was decided and why.
    division : str
        Key of the target.
    """

    decision: PromotionDecision
    division: str

    def summary(self) -> Summary:
        """Verdict and reasons; closed unless the version is champion now."""
        d = self.decision
        notes = [f"closed: {reason}" for reason in d.reasons]
        notes += [f"note: {note}" for note in d.notes]
        if d.comparison is not None:
            c = d.comparison
            notes.append(
                f"{c.metric} on forward rows of {c.cutoff}: challenger minus champion "
                f"{c.difference:+.4f} [{c.lo:+.4f}, {c.hi:+.4f}], "
                f"{c.positive_accounts} positive accounts"
            )
        notes.append(f"previous champion: {d.previous or 'none'}; decision run {d.run_id}")
        return Summary(
            title=f"{d.action}: {self._said()}",
            notes=tuple(notes),
            next_command=self._next(),
            closed="" if d.promoted else self._closed(),
        )

    def _said(self) -> str:
        d = self.decision
        if not d.version:
            verb = "put back" if d.action == "rollback" else "promoted"
            return f"no version of {d.name} can be {verb}"
        said = "is champion" if d.moved else "stays champion" if d.promoted else "is refused"
        return f"{d.name} version {d.version} {said}"

    def _closed(self) -> str:
        why = f": {self.decision.reasons[0]}" if self.decision.reasons else ""
        return f"{self._said()}{why}"

    def _next(self) -> str:
        if self.decision.promoted:
            return f"gosales score division={self.division}"
        # What cannot be put back is not mended by an audit.
        if self.decision.action == "rollback":
            return "gosales verify"
        version = f" version={self.decision.version}" if self.decision.version else ""
        return f"gosales gauntlet division={self.division}{version}"
