"""The files of a training run, complete before anything is logged."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq

from gosales.evaluation.split_evidence import write_split_evidence
from gosales.pipelines.labelled_parquet import labelled_parquet
from gosales.pipelines.training import Trained
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.figures.calibration_figure import calibration_figure
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.gains_figure import gains_figure
from gosales.reporting.figures.metric_forest import metric_forest
from gosales.reporting.info_sheet import info_sheet
from gosales.reporting.model_card import model_card


def write_training_artifacts(trained: Trained, facts: CardFacts, folder: Path) -> None:
    """Write split evidence, catalog, curves, figures, metric tables, card and info sheet.

    Parameters
    ----------
    trained : Trained
        The run.
    facts : CardFacts
        Input of card and sheet.
    folder : pathlib.Path
        Where; created when absent.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prepared = trained.prepared
    write_split_evidence(trained.plan, prepared.training, folder)
    facts.catalog.to_csv(folder / "feature_catalog.csv", index=False)
    facts.metrics.to_csv(folder / "metrics.csv", index=False)
    facts.panel.to_csv(folder / "panel.csv", index=False)
    _predictions(trained, folder)
    choice = trained.nested.choice
    said = {k: getattr(choice, k) for k in ("name", "reason", "losses", "n_pos_accounts")}
    (folder / "calibration_choice.json").write_text(json.dumps(said, indent=2), encoding="utf-8")
    if trained.gap is not None:
        gap = json.dumps({"cv_minus_forward_auc": asdict(trained.gap)}, indent=2)
        (folder / "optimism_gap.json").write_text(gap, encoding="utf-8")
    _figures(trained, facts, folder)
    (folder / "model_card.md").write_text(model_card(facts), encoding="utf-8")
    sheet = json.dumps(info_sheet(facts), indent=2, ensure_ascii=False, default=str)
    (folder / "info_sheet.json").write_text(sheet, encoding="utf-8")


def _predictions(trained: Trained, folder: Path) -> None:
    keys = ["customer_id", "cutoff", "group", "is_owner", "naive_count", "y", "label_gp"]
    held_out = trained.prepared.training.take(trained.cv.rows)
    frame = held_out.rows[keys].assign(probability=trained.cv.predictions, fold=trained.cv.folds)
    pq.write_table(labelled_parquet(frame, held_out.label), folder / "cv_predictions.parquet")
    forward = trained.prepared.forward.labelled()
    if len(forward):
        probability = trained.nested.model.predict(forward.X)
        rows = forward.rows[keys].assign(probability=probability)
        table = labelled_parquet(rows, forward.label)
        pq.write_table(table, folder / "forward_predictions.parquet")


def _figures(trained: Trained, facts: CardFacts, folder: Path) -> None:
    split = facts.best_split
    curves = trained.curves[split]
    curves.calibration.to_csv(folder / "calibration.csv", index=False)
    curves.gains.to_csv(folder / "gains.csv", index=False)
    about = FigureAbout(facts.subject.name, facts.subject.cutoff, split, facts.level)
    calibration_figure(curves.calibration, about, folder / "calibration.png")
    gains_figure(curves.gains, about, folder / "gains.png")
    metric_forest(facts.metrics, about, folder / "metrics.png")
