"""Statistic: forward probabilities say more than one number for everybody would."""

from __future__ import annotations

from typing import Any

from gosales.core.errors import ConfigError
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.forward import evaluate
from gosales.evaluation.interval import Interval
from gosales.evaluation.metric import Metric
from gosales.evaluation.metric_table import MetricTable
from gosales.evaluation.metrics.brier import Brier
from gosales.evaluation.metrics.brier_excess import BrierExcess
from gosales.evaluation.metrics.cal_slope import CalSlope
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of


class Calibration:
    """Brier score of the forward rows against the constant's, and the slope of the promise.

    Parameters
    ----------
    max_excess : float, default 0.0
        Brier score minus the constant's: fails when the whole interval lies above, warns when
        only the value does.
    slope_min, slope_max : float, default 0.7 and 1.4
        A slope whose whole interval lies outside warns.
    replicates : int, default 1000
        Sets of account weights.
    min_positive_accounts : int, default 40
        Fewer: no interval, INCONCLUSIVE.

    Notes
    -----
    The constant is the base rate of the forward rows themselves, which nobody knew beforehand:
    the hardest constant there is. Without complete forward labels, or with one class, nothing can
    be said: INCONCLUSIVE.
    """

    name = "calibration"
    subject = Subject.QUALITY
    is_proof = False

    def __init__(
        self,
        max_excess: float = 0.0,
        slope_min: float = 0.7,
        slope_max: float = 1.4,
        replicates: int = 1000,
        min_positive_accounts: int = 40,
    ) -> None:
        if not 0.0 < slope_min < slope_max:
            raise ConfigError(
                "the limits of the calibration slope are malformed",
                got=f"slope_min={slope_min}, slope_max={slope_max}",
                allowed="0 < slope_min < slope_max",
                remedy="mend conf/gauntlet/check/calibration.yaml",
                reason_code="bad_limits",
            )
        self.max_excess = max_excess
        self.slope_min = slope_min
        self.slope_max = slope_max
        self.replicates = replicates
        self.min_positive_accounts = min_positive_accounts

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when a constant would have been closer beyond doubt; WARN on a skew promise."""
        forward = context.forward.labelled()
        values: dict[str, Any] = {"rows": len(forward), "positives": int(forward.y.sum())}
        if not 0 < values["positives"] < len(forward):
            reason = f"{values['positives']} of {len(forward)} labelled forward rows are positive"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        bootstrap = CustomerBootstrap(
            replicates=self.replicates,
            min_positive_accounts=self.min_positive_accounts,
            seed=context.seed,
        )
        metrics: list[Metric] = [Brier(), BrierExcess(), CalSlope()]
        probability = context.model.predict(forward.X)
        table = evaluate(forward, probability, metrics, bootstrap, "forward")
        excess, slope = table.get("brier_excess"), table.get("cal_slope")
        rate = float(forward.y.mean())
        values |= {"positive_accounts": len(set(forward.groups[forward.y == 1.0]))}
        values |= {"base_rate": rate, "constant_brier": rate * (1.0 - rate)}
        values |= {"brier": table.get("brier").value, "brier_excess": _plain(excess)}
        values |= {"slope": _plain(slope), "intercept": _plain(table.get("cal_intercept"))}
        outcome, reason = self._judge(excess, slope)
        return finding_of(self, outcome, reason, values, figure=_figure(table, values, forward))

    def _judge(self, excess: Interval, slope: Interval) -> tuple[Outcome, str]:
        if excess.value is None or not excess.has_bounds:
            return Outcome.INCONCLUSIVE, f"the Brier score has no interval: {excess.note}"
        said = f"Brier minus the constant's {_bounded(excess, 4)}"
        if excess.lies_above(self.max_excess):
            return Outcome.FAIL, f"{said}: one number for everybody would have been closer"
        band = f"[{self.slope_min:g}, {self.slope_max:g}]"
        if slope.value is None:
            return Outcome.WARN, f"{said}; the slope is {slope.note}"
        said = f"{said}, slope {_bounded(slope, 2)}"
        if slope.lies_above(self.slope_max) or slope.lies_below(self.slope_min):
            return Outcome.WARN, f"{said}, all of it outside {band}"
        if excess.value > self.max_excess:
            return Outcome.WARN, f"{said}: above the constant's, but not beyond doubt"
        return Outcome.PASS, said


def _bounded(found: Interval, digits: int) -> str:
    if not found.has_bounds:
        return f"{found.value:.{digits}f} (no interval: {found.note})"
    return f"{found.value:.{digits}f} [{found.lo:.{digits}f}, {found.hi:.{digits}f}]"


def _plain(found: Interval) -> list[float | None]:
    return [found.value, found.lo, found.hi]


def _figure(table: MetricTable, values: dict[str, Any], forward: Panel) -> dict[str, Any]:
    brier, constant = table.get("brier"), "constant: the base rate of these rows"
    told = {"no_interval": brier.note}
    if brier.has_bounds:
        told = {"interval": "95 % account bootstrap, of the model's score"}
    return {
        "kind": "bars",
        "title": "Brier score, lower is better",
        **figure_source("forward rows", {"": forward}),
        "order": ["model", constant],
        "series": {"model": values["brier"], constant: values["constant_brier"]},
        "bounds": {"model": [brier.lo, brier.hi]} if brier.has_bounds else {},
        "x": "mean squared distance of probability and outcome",
        **told,
    }
