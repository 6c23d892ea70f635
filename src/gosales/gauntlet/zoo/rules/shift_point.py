"""The earlier point rule: features of two weeks before must not do better."""

from __future__ import annotations

from gosales.core.columns import CUSTOMER
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.rank_auc import rank_auc


class ShiftPoint:
    """Fails when the model ranks forward accounts better by their features of ``days`` before.

    Parameters
    ----------
    days : int, default 14
        How far features are moved back; accounts and label window stay.
    eps : float, default 0.01
        Gain in AUC beyond which it fails.

    Notes
    -----
    A point value without an interval: it is shown beside the checks and gates nothing.
    """

    name = "shift_point"
    subject = Subject.LEAK
    is_proof = False

    def __init__(self, days: int = 14, eps: float = 0.01) -> None:
        self.days = days
        self.eps = eps

    def run(self, context: GauntletContext) -> Finding:
        """Compare the two AUC on the forward accounts that stand at both days."""
        forward = context.forward.labelled()
        before = context.cutoff.plus_days(-self.days)
        earlier = context.candidate.build(context.star, [before])
        ids = forward.rows[CUSTOMER]
        at = earlier.rows.reset_index().set_index(CUSTOMER)["index"].reindex(ids)
        both = at.notna().to_numpy()
        y = forward.y[both]
        now = rank_auc(y, context.model.predict(forward.X[both].reset_index(drop=True)))
        rows = earlier.take(at[both].to_numpy(dtype="int64"))
        then = rank_auc(y, context.model.predict(rows.X))
        if now is None or then is None:
            return finding_of(self, Outcome.INCONCLUSIVE, "the forward labels have one class", {})
        gain = then - now
        outcome = Outcome.FAIL if gain > self.eps else Outcome.PASS
        reason = f"AUC {then:.3f} with features of {self.days} days before against {now:.3f}"
        return finding_of(self, outcome, reason, {"gain": gain, "now": now, "then": then})
