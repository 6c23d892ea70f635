"""A frozen version judged: everything measured, nothing written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from omegaconf import DictConfig

from gosales.core.columns import LABEL_GP
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.curves import Curves
from gosales.evaluation.drift import DriftWatch
from gosales.evaluation.forward import evaluate
from gosales.evaluation.metric_table import MetricTable
from gosales.evaluation.prequential import Prequential, prequential
from gosales.evaluation.scenario_grid import ScenarioGrid
from gosales.evaluation.segment_table import SegmentTable
from gosales.labels.guards import LabelGuard
from gosales.pipelines.assembly import make, make_all
from gosales.pipelines.validation_inputs import ValidationInputs

CENSORED, BASE_RATE = "censored", "base_rate"
# Against the fold models on training rows, and against the frozen model on its own first month.
SCORE_TRAINED, SCORE_FIRST = "probability, training rows", "probability, month"
# The expected value is of one half year (`ExpectedValue`); other label windows are not comparable.
_HALF_YEAR_MONTHS = 6


@dataclass(frozen=True)
class Validation:
    """What was found.

    Parameters
    ----------
    inputs : ValidationInputs
        About which rows.
    table : MetricTable or None
        Metrics of the judged rows; None when they are censored.
    curves : Curves or None
        Calibration and gains of the judged rows.
    months : Prequential or None
        Metrics per month; None when no month is complete.
    paradoxes : pandas.DataFrame
        Pairs of months in which the later one is better than an honest model gets.
    scenarios, segments : pandas.DataFrame
        Empty when the judged rows are censored.
    drift : pandas.DataFrame
        Score, features and money.
    guards : mapping of str to str
        What each guard that fired says: ``censored``, ``base_rate``.
    absent : tuple of str
        Attributes to break down by that the log does not have.
    """

    inputs: ValidationInputs
    table: MetricTable | None
    curves: Curves | None
    months: Prequential | None
    paradoxes: pd.DataFrame
    scenarios: pd.DataFrame
    segments: pd.DataFrame
    drift: pd.DataFrame
    guards: Mapping[str, str]
    absent: tuple[str, ...] = ()

    @property
    def guard_status(self) -> str:
        """``ok``, ``warn``, or ``fail`` when both guards fired."""
        return ("ok", "warn", "fail")[len(self.guards)]


def judge(cfg: DictConfig, inputs: ValidationInputs) -> Validation:
    """Measure a frozen version on the rows of its future.

    Parameters
    ----------
    cfg : DictConfig
        Gives metrics, bootstrap, limits, grid and segments.
    inputs : ValidationInputs
        Panels and expectations.
    """
    bootstrap: CustomerBootstrap = make(cfg.validation.bootstrap)
    rows, model = inputs.judged, inputs.model.model
    probability = model.predict(rows.X)
    labelled = not inputs.cutoffs.censored and bool(np.isfinite(rows.y).any())
    table, curves = None, None
    scenarios, segments = pd.DataFrame(), pd.DataFrame()
    by: SegmentTable = make(cfg.forward.segments)
    if labelled:
        metrics = list(make_all(cfg.validation.metrics).values())
        table = evaluate(rows, probability, metrics, bootstrap, "forward")
        curves = Curves.of(rows, probability, bootstrap, "forward_curves")
        grid: ScenarioGrid = make(cfg.forward.scenarios)
        scenarios = grid.table(rows, probability, inputs.value, bootstrap)
        segments = by.table(rows, probability, inputs.levels, bootstrap)
    months, paradoxes = _months(cfg, inputs, bootstrap)
    return Validation(
        inputs=inputs,
        table=table,
        curves=curves,
        months=months,
        paradoxes=paradoxes,
        scenarios=scenarios,
        segments=segments,
        drift=_drift(cfg, inputs, probability, labelled),
        guards=_guards(make(cfg.label_guard), inputs),
        absent=tuple(by.absent(inputs.levels)),
    )


def _months(
    cfg: DictConfig, inputs: ValidationInputs, bootstrap: CustomerBootstrap
) -> tuple[Prequential | None, pd.DataFrame]:
    panel, limits = inputs.months, cfg.forward.prequential
    if not len(panel):
        return None, pd.DataFrame()
    found = prequential(
        panel,
        inputs.model.model.predict(panel.X),
        inputs.cutoffs.learned_until,
        bootstrap,
        float(limits.k_pct),
    )
    names = list(dict.fromkeys(found.months["metric"]))
    lift = next(name for name in names if name.startswith("lift"))
    return found, found.paradoxes({"auc": float(limits.eps_auc), lift: float(limits.eps_lift)})


def _drift(
    cfg: DictConfig, inputs: ValidationInputs, probability: np.ndarray, labelled: bool
) -> pd.DataFrame:
    watch: DriftWatch = make(cfg.forward.drift)
    rows = inputs.judged
    parts = [watch.scores(inputs.held_out, probability, SCORE_TRAINED, same_model=False)]
    first = inputs.cutoffs.months[:1]
    if first and first[0] != inputs.cutoffs.judged:
        earlier = inputs.model.model.predict(inputs.months.at(first).X)
        parts.append(watch.scores(earlier, probability, f"{SCORE_FIRST} {first[0]}"))
    months = int(inputs.model.meta["horizon"]["months"])
    if labelled and months == _HALF_YEAR_MONTHS:
        buyers = len(set(rows.groups[rows.y == 1.0]))
        realised = rows.rows[LABEL_GP].to_numpy(dtype="float64")
        parts.append(watch.money(probability * inputs.value, realised, buyers))
    parts.append(watch.features(rows.specs, inputs.training.X, rows.X))
    return pd.concat(parts, ignore_index=True)


def _guards(guard: LabelGuard, inputs: ValidationInputs) -> dict[str, str]:
    """Both guards speak of the newest rows whose labels are known."""
    found = {}
    when = inputs.cutoffs
    if when.censored:
        found[CENSORED] = f"the log ends within the label window of {when.judged}"
    rows = inputs.months.at(when.months[-1:]) if when.censored else inputs.judged
    rate = float(np.nanmean(rows.y)) if len(rows) and np.isfinite(rows.y).any() else float("nan")
    if guard.is_outside(rate):
        said = "unknown: no month is complete" if np.isnan(rate) else f"{rate:.2%}"
        bounds = f"[{guard.min_rate:.1%}, {guard.max_rate:.0%}]"
        found[BASE_RATE] = f"the base rate is {said}, outside {bounds}"
    return found
