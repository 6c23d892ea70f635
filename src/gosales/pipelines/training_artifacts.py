"""The files of a training run, complete before anything is logged."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from gosales.evaluation.split_evidence import write_split_evidence
from gosales.pipelines.training import Trained
from gosales.pipelines.training_evidence import write_training_evidence
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.figures.calibration_figure import calibration_figure
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.gains_figure import gains_figure
from gosales.reporting.figures.metric_forest import metric_forest
from gosales.reporting.info_sheet import info_sheet
from gosales.reporting.model_card import model_card
from gosales.tracking.forward_looks import ForwardLooks


def write_training_artifacts(
    trained: Trained, facts: CardFacts, looks: ForwardLooks, folder: Path
) -> None:
    """Write split evidence, catalog, curves, figures, metric tables, card and info sheet.

    Parameters
    ----------
    trained : Trained
        The run.
    facts : CardFacts
        Input of card and sheet.
    looks : ForwardLooks
        Runs that looked at forward outcomes of the division.
    folder : pathlib.Path
        Where; created when absent.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prepared = trained.prepared
    write_split_evidence(trained.plan, prepared.training, folder)
    facts.catalog.to_csv(folder / "feature_catalog.csv", index=False)
    facts.metrics.to_csv(folder / "metrics.csv", index=False)
    facts.panel.to_csv(folder / "panel.csv", index=False)
    write_training_evidence(trained, facts, looks, folder)
    choice = trained.nested.choice
    said = json.dumps(choice.grounds, indent=2)
    (folder / "calibration_choice.json").write_text(said, encoding="utf-8")
    if trained.gap is not None:
        gap = json.dumps({"cv_minus_forward_auc": asdict(trained.gap)}, indent=2)
        (folder / "optimism_gap.json").write_text(gap, encoding="utf-8")
    _figures(trained, facts, folder)
    (folder / "model_card.md").write_text(model_card(facts), encoding="utf-8")
    sheet = json.dumps(info_sheet(facts), indent=2, ensure_ascii=False, default=str)
    (folder / "info_sheet.json").write_text(sheet, encoding="utf-8")


def _figures(trained: Trained, facts: CardFacts, folder: Path) -> None:
    split = facts.best_split
    curves = trained.curves[split]
    curves.calibration.to_csv(folder / "calibration.csv", index=False)
    curves.gains.to_csv(folder / "gains.csv", index=False)
    about = FigureAbout(facts.subject.name, facts.subject.cutoff, split, facts.level)
    calibration_figure(curves.calibration, about, folder / "calibration.png")
    gains_figure(curves.gains, about, folder / "gains.png")
    metric_forest(facts.metrics, about, folder / "metrics.png")
