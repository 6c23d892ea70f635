"""The files of a validation run, complete before anything is logged."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from omegaconf import DictConfig

from gosales.core.columns import PROBABILITY
from gosales.pipelines.labelled_parquet import labelled_parquet
from gosales.pipelines.validation import Validation
from gosales.reporting.figures.calibration_figure import calibration_figure
from gosales.reporting.figures.drift_figure import drift_figure
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.gains_figure import gains_figure
from gosales.reporting.figures.metric_forest import metric_forest
from gosales.reporting.figures.prequential_figure import prequential_figure
from gosales.reporting.figures.scenario_figure import scenario_figure
from gosales.reporting.figures.segment_figure import segment_figure
from gosales.reporting.split_metrics import split_metrics

SEGMENTS = "segments.csv"
_KEPT = ("customer_id", "cutoff", "group", "segment", "is_owner", "naive_count", "y", "label_gp")


def write_validation_files(
    found: Validation, widths: pd.DataFrame, cfg: DictConfig, name: str, folder: Path
) -> None:
    """Write every table and figure of a validation.

    Parameters
    ----------
    found : Validation
        What was measured.
    widths : pandas.DataFrame
        Interval widths against the run before; may be empty.
    cfg : DictConfig
        Gives the limits that figures show.
    name : str
        The division as people write it.
    folder : pathlib.Path
        Where; created when absent.
    """
    folder.mkdir(parents=True, exist_ok=True)
    level = float(cfg.validation.bootstrap.level)
    about = FigureAbout(name, str(found.inputs.cutoffs.judged), "forward", level)
    _predictions(found, folder)
    _metrics(found, about, folder)
    _months(found, about, folder)
    found.drift.to_csv(folder / "drift.csv", index=False)
    limits = (float(cfg.forward.drift.psi_watch), float(cfg.forward.drift.psi_alert))
    drift_figure(found.drift, limits, about, folder / "drift.png")
    widths.to_csv(folder / "interval_widths.csv", index=False)
    if len(found.scenarios):
        found.scenarios.to_csv(folder / "scenarios.csv", index=False)
        for population, rows in found.scenarios.groupby("population", sort=False):
            scenario_figure(rows, about, folder / f"scenarios_{population}.png")
    if len(found.segments):
        found.segments.to_csv(folder / SEGMENTS, index=False)
        segment_figure(found.segments, about, folder / "segments.png")


def _predictions(found: Validation, folder: Path) -> None:
    rows, model = found.inputs.judged, found.inputs.model.model
    kept = rows.rows[[c for c in _KEPT if c in rows.rows]]
    table = labelled_parquet(kept.assign(**{PROBABILITY: model.predict(rows.X)}), rows.label)
    pq.write_table(table, folder / "forward_predictions.parquet")


def _metrics(found: Validation, about: FigureAbout, folder: Path) -> None:
    if found.table is None or found.curves is None:
        return
    metrics = split_metrics({"forward": found.table.frame})
    metrics.to_csv(folder / "metrics.csv", index=False)
    metric_forest(metrics, about, folder / "metrics.png")
    found.curves.calibration.to_csv(folder / "calibration.csv", index=False)
    calibration_figure(found.curves.calibration, about, folder / "calibration.png")
    found.curves.gains.to_csv(folder / "gains.csv", index=False)
    gains_figure(found.curves.gains, about, folder / "gains.png")


def _months(found: Validation, about: FigureAbout, folder: Path) -> None:
    if found.months is None:
        return
    found.months.months.to_csv(folder / "prequential.csv", index=False)
    tables = {"months": found.months.months, "gains": found.months.gains}
    plain = {
        "learned_until": str(found.inputs.cutoffs.learned_until),
        **{key: json.loads(frame.to_json(orient="records")) for key, frame in tables.items()},
        "paradoxes": json.loads(found.paradoxes.to_json(orient="records")),
    }
    text = json.dumps(plain, indent=2, ensure_ascii=False) + "\n"
    (folder / "prequential.json").write_text(text, encoding="utf-8")
    prequential_figure(found.months.months, about, folder / "prequential.png")
