"""Everything a model card says, as plain frozen input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from gosales.evaluation.fold import FoldPlan
from gosales.evaluation.interval import Interval
from gosales.gauntlet.report import GauntletReport
from gosales.models.calibration_choice import CalibrationChoice
from gosales.reporting.card_subject import CardSubject


@dataclass(frozen=True)
class CardFacts:
    """Input of the model card and of the info sheet.

    Parameters
    ----------
    subject : CardSubject
        Identity.
    panel : pandas.DataFrame
        From `panel_summary`.
    plan : FoldPlan
        How cross-validation split the panel.
    metrics : pandas.DataFrame
        From `split_metrics`: the metric tables with a column ``split`` (cv, forward).
    calibration : CalibrationChoice
        Of the model that ships.
    catalog : pandas.DataFrame
        The feature catalog.
    importance : mapping of str to float
        Share per matrix column, of the model that ships.
    gap : Interval, optional
        AUC of cross-validation minus forward; None when there are no forward labels.
    report : GauntletReport, optional
        None when the candidate was not audited.
    waivers : tuple of str
        Snapshot attributes used by waiver and other exceptions.
    labels : pandas.DataFrame, optional
        The audit of labels with a column ``role``; None when there is none.
    notes : tuple of str
        What else the reader must know.
    level : float, default 0.95
        Nominal coverage of every interval.
    looks : str
        How often the outcome after the cutoff has been looked at; empty when it is not counted.
    consistency_p : float, optional
        Share of perfect forecasts that look at least as badly calibrated on the forward rows;
        None when there are none, or fewer than bins.
    model_backed : bool, default True
        False for the heuristic.
    """

    subject: CardSubject
    panel: pd.DataFrame
    plan: FoldPlan
    metrics: pd.DataFrame
    calibration: CalibrationChoice
    catalog: pd.DataFrame
    importance: Mapping[str, float]
    gap: Interval | None = None
    report: GauntletReport | None = None
    waivers: tuple[str, ...] = ()
    labels: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    level: float = 0.95
    looks: str = ""
    consistency_p: float | None = None
    model_backed: bool = True

    @property
    def has_forward(self) -> bool:
        """Whether forward rows had labels."""
        return bool((self.metrics["split"] == "forward").any())

    @property
    def best_split(self) -> str:
        """``forward`` where there is one, else ``cv``."""
        return "forward" if self.has_forward else "cv"

    def cell(self, split: str, population: str, ranker: str, metric: str) -> Interval | None:
        """One measured value; None when it is not in the table."""
        m = self.metrics
        found = m[
            (m["split"] == split)
            & (m["population"] == population)
            & (m["ranker"] == ranker)
            & (m["metric"] == metric)
        ]
        if len(found) != 1:
            return None
        row = found.iloc[0]
        value, lo, hi = (None if pd.isna(row[c]) else float(row[c]) for c in ("value", "lo", "hi"))
        return Interval(value, lo, hi, "" if pd.isna(row["note"]) else str(row["note"]))
