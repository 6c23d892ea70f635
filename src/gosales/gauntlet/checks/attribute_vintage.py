"""Statistic: a static attribute does not grow stronger toward the day it was extracted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gosales.core.columns import CUTOFF, LABEL
from gosales.evaluation.clopper_pearson import clopper_pearson
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of


class AttributeVintage:
    """Trend, level by level, of a static column's purchase rate against the base rate.

    A current-state attribute declared static by mistake (a status as of the extraction) knows the
    later cutoffs better than the earlier ones, so the odds of its levels trend over the cutoffs.

    Parameters
    ----------
    max_z : float, default 5.0
        From this absolute z of a level's trend on it fails, or warns when the trend is not of
        the shape that a current state makes.
    min_slope_share : float, default 0.5
        Share of the slope that must be left without any one of the cutoffs.
    min_cutoffs : int, default 3
        With fewer labelled cutoffs, or without both classes: INCONCLUSIVE.
    min_rows : int, default 30
        Rows a level, and the rest, must have at each cutoff to be looked at.
    number_bins : int, default 4
        Quantile bins of numeric attributes.
    top : int, default 10
        Levels listed.

    Notes
    -----
    At each cutoff the log odds ratio of level against rest (counts + 1/2) and its variance; z is
    that of the weighted least-squares slope over time. NOT_APPLICABLE without static columns.

    A current state grows stronger toward the extraction, at every cutoff a little. Honest markets
    also move: a level's odds that fade, or jump at one cutoff (a product line comes or goes), are
    a WARN to explain.
    """

    name = "attribute_vintage"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        max_z: float = 5.0,
        min_slope_share: float = 0.5,
        min_cutoffs: int = 3,
        min_rows: int = 30,
        number_bins: int = 4,
        top: int = 10,
    ) -> None:
        self.max_z = max_z
        self.min_slope_share = min_slope_share
        self.min_cutoffs = min_cutoffs
        self.min_rows = min_rows
        self.number_bins = number_bins
        self.top = top

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when a level's odds trend beyond the limit."""
        columns = [spec.name for spec in context.training.specs if spec.lookback is None]
        if not columns:
            reason = "the candidate uses no static attribute"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, {"static_columns": 0})
        panels = [p for p in (context.training, context.forward.labelled()) if len(p)]
        times = _times(panels)
        values: dict[str, Any] = {"static_columns": len(columns), "cutoffs": len(times)}
        if len(times) < self.min_cutoffs:
            reason = f"{len(times)} labelled cutoffs, {self.min_cutoffs} needed to see a trend"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        labels = np.concatenate([p.y for p in panels])
        if not {0.0, 1.0} <= set(labels):
            reason = "the labels have one class: no odds can trend"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        trends = [t for c in columns for t in self._trends(panels, c, times)]
        values["levels"] = len(trends)
        if not trends:
            reason = f"no level has {self.min_rows} rows at {self.min_cutoffs} cutoffs"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        trends.sort(key=lambda t: (not self._is_leak(t), -abs(t["z"])))
        values["max_abs_z"] = max(abs(t["z"]) for t in trends)
        outcome, reason = self._judge(trends[0])
        figure = _figure(trends[0], panels)
        return finding_of(self, outcome, reason, values, trends[: self.top], figure)

    def _is_leak(self, trend: dict[str, Any]) -> bool:
        shaped = trend["grows"] and trend["least_slope_share"] >= self.min_slope_share
        return bool(shaped and not abs(trend["z"]) < self.max_z)

    def _judge(self, worst: dict[str, Any]) -> tuple[Outcome, str]:
        text = (
            f"steepest: {worst['column']} = {worst['level']}, z = {worst['z']:+.1f}, "
            f"limit {self.max_z}"
        )
        if abs(worst["z"]) < self.max_z:
            return Outcome.PASS, text
        if self._is_leak(worst):
            return Outcome.FAIL, f"{text}; it grows toward the extraction"
        if not worst["grows"]:
            return Outcome.WARN, f"{text}; it fades toward the extraction: explain"
        return Outcome.WARN, f"{text}; one cutoff makes most of it: explain"

    def _trends(
        self, panels: list[Panel], column: str, times: dict[str, int]
    ) -> Iterator[dict[str, Any]]:
        levels = _levels(pd.concat([p.X[column] for p in panels]), self.number_bins)
        y = np.concatenate([p.rows[LABEL].to_numpy(dtype="float64") for p in panels])
        cutoff = np.concatenate([p.rows[CUTOFF].astype(str).to_numpy() for p in panels])
        table = pd.DataFrame({"level": levels, "cutoff": cutoff, "y": y})
        counts = table.groupby(["level", "cutoff"])["y"].agg(["sum", "count"])
        totals = table.groupby("cutoff")["y"].agg(["sum", "count"])
        for level, part in counts.groupby(level="level"):
            here = part.droplevel("level")
            rest = totals.loc[here.index] - here
            enough = (here["count"] >= self.min_rows) & (rest["count"] >= self.min_rows)
            here, rest = here[enough], rest[enough]
            if len(here) >= self.min_cutoffs:
                at = np.array([times[str(c)] for c in here.index], dtype="float64")
                told = {
                    "cutoffs": [str(c) for c in here.index],
                    "rates": (here["sum"] / here["count"]).round(4).tolist(),
                    "counts": [list(map(int, pair)) for pair in here.to_numpy()],
                    "rest": [list(map(int, pair)) for pair in rest.to_numpy()],
                }
                shape = _trend(here.to_numpy(dtype="float64"), rest.to_numpy(dtype="float64"), at)
                yield {"column": column, "level": str(level), **shape, **told}


def _figure(trend: dict[str, Any], panels: list[Panel]) -> dict[str, Any]:
    rows = [p.rows[p.rows[CUTOFF].isin(trend["cutoffs"])] for p in panels]
    drawn = map(Panel.without_features, rows)
    named = dict(zip(("training", "forward"), drawn, strict=False))
    level = f"{trend['column']} = {trend['level']}"
    lines = [
        {"name": name, "points": list(map(_share, trend["cutoffs"], trend[key]))}
        for name, key in ((level, "counts"), ("all others", "rest"))
    ]
    return {
        "kind": "course",
        "title": f"Purchase rate of {level}, the steepest level",
        **figure_source("labelled training and forward rows", named),
        "interval": "95 % Clopper-Pearson of each cutoff, rows as independent",
        "lines": lines,
        "height": "share of rows that are positive",
    }


def _share(cutoff: str, counts: list[int]) -> dict[str, Any]:
    lo, hi = clopper_pearson(*counts)
    return {"cutoff": cutoff, "value": counts[0] / counts[1], "lo": lo, "hi": hi}


def _times(panels: list[Panel]) -> dict[str, int]:
    """Labelled cutoffs (ISO text) to days since the first."""
    cutoffs = sorted({c for panel in panels for c in panel.cutoffs})
    return {str(c): cutoffs[0].days_until(c) for c in cutoffs}


def _levels(column: pd.Series, bins: int) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(column):
        return column.astype("string").fillna("(missing)").to_numpy(dtype=object)
    values = column.to_numpy(dtype="float64")
    known = values[~np.isnan(values)]
    if not known.size:
        return np.full(len(values), "(missing)", dtype=object)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1]))
    labels = np.array([f"bin {i + 1}" for i in range(len(edges) + 1)], dtype=object)
    binned = labels[np.searchsorted(edges, np.nan_to_num(values), side="left")]
    return np.where(np.isnan(values), "(missing)", binned)


def _trend(here: np.ndarray, rest: np.ndarray, at: np.ndarray) -> dict[str, Any]:
    """Trend of the log odds ratio over time; columns of the counts: positives, rows."""
    a, b = here[:, 0] + 0.5, here[:, 1] - here[:, 0] + 0.5
    c, d = rest[:, 0] + 0.5, rest[:, 1] - rest[:, 0] + 0.5
    ratio = np.log(a * d / (b * c))
    weight = 1 / (1 / a + 1 / b + 1 / c + 1 / d)
    slope, spread = _slope(ratio, weight, at)
    others = [np.arange(len(at)) != i for i in range(len(at))]
    shares = [_slope(ratio[k], weight[k], at[k])[0] / slope if slope else 0.0 for k in others]
    return {
        "z": slope * math.sqrt(spread),
        "grows": bool(abs(ratio[-1]) > abs(ratio[0])),
        "least_slope_share": min(shares),
    }


def _slope(ratio: np.ndarray, weight: np.ndarray, at: np.ndarray) -> tuple[float, float]:
    """Weighted least-squares slope, and the inverse of its variance."""
    centred = at - np.average(at, weights=weight)
    spread = float((weight * centred**2).sum())
    return float((weight * centred * ratio).sum()) / spread, spread
