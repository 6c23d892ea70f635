"""The model card again, with the audit: from the files the training run logged."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from gosales.evaluation.interval import Interval
from gosales.gauntlet.report import GauntletReport
from gosales.models.calibration_choice import CalibrationChoice
from gosales.models.is_model_backed import is_model_backed
from gosales.pipelines.audit_inputs import AuditInputs
from gosales.pipelines.card_inputs import (
    card_subject,
    choice_notes,
    importance_shares,
    waivers,
)
from gosales.pipelines.label_evidence import LABEL_AUDIT
from gosales.pipelines.run_metrics import CONSISTENCY_P
from gosales.pipelines.safe_record import SAFE_NOTE
from gosales.registry.promotion import PromotionDesk
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.model_card import model_card

_FILES = (
    "metrics.csv",
    "panel.csv",
    "feature_catalog.csv",
    "calibration_choice.json",
    "info_sheet.json",
    LABEL_AUDIT,
)


def audited_card(
    desk: PromotionDesk, inputs: AuditInputs, report: GauntletReport, at: Path, looks: str = ""
) -> str:
    """Markdown of the card with the gauntlet's findings.

    Parameters
    ----------
    desk : PromotionDesk
        Gives the files.
    inputs : AuditInputs
        What was audited.
    report : GauntletReport
        Its audit.
    at : pathlib.Path
        Scratch space.
    looks : str
        How often the outcome after the cutoff has been looked at.
    """
    run_id = inputs.subject.run_id
    trained = desk.models.tracker.run_data(run_id).data  # type: ignore[attr-defined]
    files = {name: desk.models.download(run_id, name, at) for name in _FILES}
    sheet = json.loads(files["info_sheet.json"].read_text(encoding="utf-8"))
    said = json.loads(files["calibration_choice.json"].read_text(encoding="utf-8"))
    metrics = pd.read_csv(files["metrics.csv"])
    subject = card_subject(
        inputs.prepared, inputs.cfg, sheet["digests"], sheet.get("command", "gosales train")
    )
    facts = CardFacts(
        subject=subject,
        panel=pd.read_csv(files["panel.csv"]),
        plan=inputs.plan,
        metrics=metrics.assign(note=metrics["note"].fillna("")),
        calibration=CalibrationChoice(fitted=inputs.model.calibrator, **said),
        catalog=pd.read_csv(files["feature_catalog.csv"]),
        importance=importance_shares(inputs.model),
        gap=_gap(desk, run_id, at, has_forward=bool((metrics["split"] == "forward").any())),
        report=report,
        waivers=waivers(inputs.prepared),
        labels=pd.read_csv(files[LABEL_AUDIT]),
        notes=choice_notes(inputs.prepared, trained.tags.get(SAFE_NOTE, "")),
        level=float(sheet["interval_level"]),
        looks=looks,
        consistency_p=trained.metrics.get(CONSISTENCY_P),
        model_backed=is_model_backed(inputs.model),
    )
    return model_card(facts)


def _gap(desk: PromotionDesk, run_id: str, at: Path, *, has_forward: bool) -> Interval | None:
    if not has_forward:
        return None
    path = desk.models.download(run_id, "optimism_gap.json", at)
    return Interval(**json.loads(path.read_text(encoding="utf-8"))["cv_minus_forward_auc"])
