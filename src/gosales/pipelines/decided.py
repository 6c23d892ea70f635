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
        said = "is champion" if d.moved else "stays champion" if d.promoted else "is refused"
        version = f"version {d.version}" if d.version else "no version"
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
            title=f"{d.action}: {d.name} {version} {said}",
            notes=tuple(notes),
            next_command=f"gosales score division={self.division}"
            if d.promoted
            else f"gosales gauntlet division={self.division}",
            closed=""
            if d.promoted
            else f"{d.name}: {version} is promoted; {d.reasons[0]}"
            if d.reasons and not d.version
            else f"{d.name} {version} is not promoted",
        )
