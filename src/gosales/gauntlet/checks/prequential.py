"""Statistic: the frozen model does not get better the farther the months lie ahead."""

from __future__ import annotations

from typing import Any

import numpy as np

from gosales.core.timeline import Cutoff
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.forward_months import ForwardMonths
from gosales.evaluation.prequential import Prequential as Curve
from gosales.evaluation.prequential import prequential
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of


class Prequential:
    """AUC and lift of the model that ships, month by month after all it learned from.

    Every month whose label window the log completes is judged, also those between the end of
    training (with its purge) and the requested cutoff. A plain decline passes.

    Parameters
    ----------
    eps_auc, eps_lift : float, default 0.01 and 0.25
        A later month that beats an earlier one by more, with an interval above 0, fails.
    k_pct : float, default 10
        Size of the top, for lift.
    max_months : int, default 12
        At most so many months.
    replicates : int, default 1000
        Sets of account weights.
    min_positive_accounts : int, default 40
        A month with fewer has no interval; fewer than two such months: INCONCLUSIVE.

    Notes
    -----
    Months are paired by account: all share the same weights. The interval holds for all pairs of
    months and both metrics together, so that many months do not raise the rate of false alarms.
    With one month only there is nothing to compare: NOT_APPLICABLE.
    """

    name = "prequential"
    subject = Subject.QUALITY
    is_proof = False

    def __init__(
        self,
        eps_auc: float = 0.01,
        eps_lift: float = 0.25,
        k_pct: float = 10.0,
        max_months: int = 12,
        replicates: int = 1000,
        min_positive_accounts: int = 40,
    ) -> None:
        self.eps_auc = eps_auc
        self.eps_lift = eps_lift
        self.k_pct = k_pct
        self.max_months = max_months
        self.replicates = replicates
        self.min_positive_accounts = min_positive_accounts

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when a later month beats an earlier one; INCONCLUSIVE with too few buyers."""
        months = self._months(context)
        values: dict[str, Any] = {"months": [str(m) for m in months]}
        if len(months) < 2:
            reason = f"{len(months)} month after training has a complete label window, 2 needed"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, values)
        panel = _panel(context, months)
        learned = max(context.candidate.horizon.window(c).end for c in context.training.cutoffs)
        bootstrap = CustomerBootstrap(
            replicates=self.replicates,
            min_positive_accounts=self.min_positive_accounts,
            seed=context.seed,
        )
        curve = prequential(
            panel, context.model.predict(panel.X), Cutoff(learned), bootstrap, self.k_pct
        )
        values |= {"rows": len(panel), "positives": int(panel.y.sum())}
        values |= {"auc": _known(curve, "auc"), "pairs": len(curve.gains)}
        outcome, reason, detail = self._judge(curve)
        return finding_of(self, outcome, reason, values, detail, _figure(curve, panel))

    def _months(self, context: GauntletContext) -> tuple[Cutoff, ...]:
        candidate = context.candidate
        span = ForwardMonths(max_months=self.max_months)
        last = span.latest_complete(context.cutoff, candidate.horizon, context.star.last_date)
        if last is None:
            return ()
        return span.until(last, context.training.cutoffs, candidate.horizon, candidate.purge_days)

    def _judge(self, curve: Curve) -> tuple[Outcome, str, list[dict[str, Any]]]:
        if not len(curve.gains):
            known = curve.months.groupby("cutoff")["n_pos_accounts"].first()
            text = ", ".join(f"{c} {n}" for c, n in known.items())
            reason = f"positive accounts by month: {text}; {self.min_positive_accounts} needed"
            return Outcome.INCONCLUSIVE, f"{reason} in two months", []
        lift = next(str(m) for m in curve.gains["metric"] if str(m).startswith("lift"))
        found = curve.paradoxes({"auc": self.eps_auc, lift: self.eps_lift})
        if len(found):
            worst = found.iloc[0]
            reason = (
                f"{worst['metric']} of {worst['later']} beats that of {worst['earlier']} by "
                f"{worst['gain']:.3f} [{worst['lo']:.3f}, {worst['hi']:.3f}]"
            )
            keep = ["metric", "earlier", "later", "gain", "lo", "hi"]
            detail = [{str(k): v for k, v in row.items()} for row in found[keep].to_dict("records")]
            return Outcome.FAIL, reason, detail
        auc = curve.gains[curve.gains["metric"] == "auc"]
        best = auc.sort_values("gain", ascending=False).iloc[0]
        reason = (
            f"no later month beats an earlier one: the largest gain in AUC is {best['gain']:+.3f} "
            f"[{best['lo']:+.3f}, {best['hi']:+.3f}], {best['later']} against {best['earlier']}"
        )
        return Outcome.PASS, reason, []


def _panel(context: GauntletContext, months: tuple[Cutoff, ...]) -> Panel:
    # The forward panel is at hand; the others are built as the candidate builds them.
    return context.candidate.build(context.star, months).labelled()


def _known(curve: Curve, metric: str) -> list[float | None]:
    values = curve.months.loc[curve.months["metric"] == metric, "value"]
    return [float(v) if np.isfinite(v) else None for v in values]


def _figure(curve: Curve, panel: Panel) -> dict[str, Any]:
    rows = curve.months.astype(object).where(curve.months.notna(), None).to_dict("records")
    return {
        "kind": "horizon",
        "title": "the frozen model month by month",
        **figure_source("forward months after all training labels", {"": panel}),
        "interval": "95 % account bootstrap, of each month alone",
        "rows": [{str(k): v for k, v in row.items()} for row in rows],
    }
