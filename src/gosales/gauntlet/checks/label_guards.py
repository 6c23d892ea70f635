"""Statistic: the base rate is plausible and the outcome window is complete."""

from __future__ import annotations

from typing import Any

import numpy as np

from gosales.evaluation.clopper_pearson import clopper_pearson
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.labels.guards import LabelGuard


class LabelGuards:
    """Holds the training base rate in its bounds and notes a censored forward window.

    A base rate outside the bounds warns (a launch, a saturated product, a broken label); together
    with an incomplete forward window, where nothing can refute it, it fails. One class only, or
    labels other than 0 and 1, fail.

    Parameters
    ----------
    min_base_rate : float, default 0.002
        Lowest plausible share of positive rows.
    max_base_rate : float, default 0.5
        Highest plausible share of positive rows.
    """

    name = "label_guards"
    subject = Subject.QUALITY
    is_proof = False

    def __init__(self, min_base_rate: float = 0.002, max_base_rate: float = 0.5) -> None:
        self.min_base_rate = min_base_rate
        self.max_base_rate = max_base_rate

    def run(self, context: GauntletContext) -> Finding:
        """WARN out of bounds, FAIL out of bounds and censored, or with one class."""
        y = context.training.y
        if not y.size:
            return finding_of(self, Outcome.INCONCLUSIVE, "the training panel has no rows", {})
        if not np.isin(y, (0.0, 1.0)).all():
            odd: dict[str, Any] = {
                "rows": len(y),
                "odd_labels": int((~np.isin(y, (0.0, 1.0))).sum()),
            }
            return finding_of(self, Outcome.FAIL, "training labels are not all 0 or 1", odd)
        # An empty forward panel measured nothing, so it counts as censored.
        censored = not context.candidate.horizon.is_complete(
            context.cutoff, context.star.last_date
        ) or not bool(np.isfinite(context.forward.y).any())
        values: dict[str, Any] = {
            "rows": len(y),
            "positives": int(y.sum()),
            "base_rate": float(y.mean()),
            "forward_censored": censored,
        }
        outcome, reason = self._judge(values)
        limits = [self.min_base_rate, self.max_base_rate]
        return finding_of(self, outcome, reason, values, figure=_figure(context, limits))

    def _judge(self, values: dict[str, Any]) -> tuple[Outcome, str]:
        rate, censored = values["base_rate"], values["forward_censored"]
        if rate in (0.0, 1.0):
            return Outcome.FAIL, f"the labels have one class (base rate {rate:.0%})"
        outside = LabelGuard(self.min_base_rate, self.max_base_rate).is_outside(rate)
        bounds = f"[{self.min_base_rate:.2%}, {self.max_base_rate:.0%}]"
        if outside and censored:
            return Outcome.FAIL, f"base rate {rate:.2%} outside {bounds} and forward censored"
        if outside:
            return Outcome.WARN, f"base rate {rate:.2%} outside {bounds}"
        state = "censored" if censored else "complete"
        return Outcome.PASS, f"base rate {rate:.2%} within {bounds}; forward window {state}"


def _figure(context: GauntletContext, limits: list[float]) -> dict[str, Any]:
    panels = {"training": context.training, "forward": context.forward.labelled()}
    known = {n: Panel.without_features(p.rows) for n, p in panels.items() if len(p)}
    lines = [
        {"name": f"{name} rows", "points": [_rate(p.at([c]), str(c)) for c in p.cutoffs]}
        for name, p in known.items()
    ]
    return {
        "kind": "course",
        "title": "Share of positive rows from cutoff to cutoff",
        **figure_source("labelled training and forward rows", known),
        "interval": "95 % Clopper-Pearson of each cutoff, rows as independent",
        "lines": lines,
        "height": "share of rows that are positive",
        "limits": [["lowest plausible", limits[0]], ["highest plausible", limits[1]]],
    }


def _rate(panel: Panel, cutoff: str) -> dict[str, Any]:
    lo, hi = clopper_pearson(int(panel.y.sum()), len(panel))
    return {"cutoff": cutoff, "value": float(panel.y.mean()), "lo": lo, "hi": hi}
