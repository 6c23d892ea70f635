"""Statistic: cross-validation does not promise more than the forward months keep."""

from __future__ import annotations

from typing import Any

import numpy as np

from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.forward import evaluate
from gosales.evaluation.interval import Interval
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.optimism_gap import optimism_gap
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.out_of_fold import out_of_fold


class OptimismGap:
    """AUC of the out-of-fold rows minus AUC of the forward rows.

    Parameters
    ----------
    max_gap : float, default 0.05
        The gap fails when its lower bound lies above; it warns when only its value does.
    replicates : int, default 1000
        Sets of account weights.
    min_positive_accounts : int, default 40
        Fewer on either side: no interval, INCONCLUSIVE.

    Notes
    -----
    A negative gap passes: the forward months were easier than cross-validation promised. Without
    complete forward labels nothing can be said: INCONCLUSIVE.
    """

    name = "optimism_gap"
    subject = Subject.QUALITY
    is_proof = False

    def __init__(
        self, max_gap: float = 0.05, replicates: int = 1000, min_positive_accounts: int = 40
    ) -> None:
        self.max_gap = max_gap
        self.replicates = replicates
        self.min_positive_accounts = min_positive_accounts

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when the promise is broken beyond doubt; INCONCLUSIVE when nothing can be said."""
        forward, oof = context.forward.labelled(), out_of_fold(context)
        held = np.flatnonzero(~np.isnan(oof))
        values: dict[str, Any] = {"rows": len(forward), "cv_rows": len(held)}
        if not len(forward) or not len(held):
            reason = f"{len(held)} out-of-fold rows and {len(forward)} labelled forward rows"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        bootstrap = CustomerBootstrap(
            replicates=self.replicates,
            min_positive_accounts=self.min_positive_accounts,
            seed=context.seed,
        )
        cv = evaluate(context.training.take(held), oof[held], [Auc()], bootstrap, "cv")
        ahead = evaluate(forward, context.model.predict(forward.X), [Auc()], bootstrap, "forward")
        gap = optimism_gap(cv, ahead)
        sides = {"cross-validation": cv.get("auc"), "forward months": ahead.get("auc")}
        values |= {"cv_auc": sides["cross-validation"].value, "gap": gap.value}
        values |= {"forward_auc": sides["forward months"].value, "lo": gap.lo, "hi": gap.hi}
        outcome, reason = self._judge(gap)
        scored = Panel.without_features(context.training.rows).take(held)
        rows = {"cross-validation": scored, "forward": forward}
        return finding_of(self, outcome, reason, values, figure=_figure(sides, rows))

    def _judge(self, gap: Interval) -> tuple[Outcome, str]:
        if gap.value is None or not gap.has_bounds:
            return Outcome.INCONCLUSIVE, f"the gap has no interval: {gap.note}"
        said = f"CV minus forward AUC {gap.value:+.3f} [{gap.lo:+.3f}, {gap.hi:+.3f}]"
        if gap.lies_above(self.max_gap):
            return Outcome.FAIL, f"{said}, all of it above {self.max_gap:g}"
        if gap.value > self.max_gap:
            return Outcome.WARN, f"{said}: above {self.max_gap:g}, but not beyond doubt"
        return Outcome.PASS, said


def _figure(sides: dict[str, Interval], rows: dict[str, Panel]) -> dict[str, Any]:
    known = {name: side for name, side in sides.items() if side.value is not None}
    bounds = {name: [s.lo, s.hi] for name, s in known.items() if s.has_bounds}
    interval = "95 % account bootstrap"
    notes = [f"{name}: {side.note}" for name, side in sides.items() if not side.has_bounds]
    return {
        "kind": "bars",
        "title": "AUC in cross-validation and in the forward months",
        **figure_source("out-of-fold rows, and forward rows", rows),
        "order": list(known),
        "series": {name: side.value for name, side in known.items()},
        "bounds": bounds,
        **({"interval": interval} if not notes else {"no_interval": "; ".join(notes)}),
    }
