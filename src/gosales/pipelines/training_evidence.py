"""The rows every figure of a training run is measured on, so that it can be measured again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from gosales.features.panel import Panel
from gosales.pipelines.labelled_parquet import labelled_parquet
from gosales.pipelines.training import Trained
from gosales.reporting.card_facts import CardFacts
from gosales.tracking.forward_looks import ForwardLooks

CV_ROWS: Final = "cv_predictions.parquet"
FORWARD_ROWS: Final = "forward_predictions.parquet"
CALIBRATION_ROWS: Final = "calibration_rows.parquet"
SAFE_ROWS: Final = "safe_predictions.parquet"
WIDTHS: Final = "label_widths.parquet"
LOOKS: Final = "forward_looks.json"
CARD_WORDS: Final = "card_words.json"
PROBABILITY: Final = "probability"
RAW: Final = "raw"
_KEYS = ["customer_id", "cutoff", "group", "is_owner", "naive_count", "y", "label_gp"]


def write_training_evidence(
    trained: Trained, facts: CardFacts, looks: ForwardLooks, folder: Path
) -> None:
    """Write predictions, what the choices rested on, and the words of the card.

    Parameters
    ----------
    trained : Trained
        The run.
    facts : CardFacts
        Input of its card.
    looks : ForwardLooks
        Runs that looked at forward outcomes of the division.
    folder : pathlib.Path
        Where.

    Notes
    -----
    ``cv_predictions`` and ``forward_predictions``: a row per customer and cutoff with its
    probability; ``calibration_rows``: raw inner out-of-fold predictions, which choose the
    calibrator; ``safe_predictions``: both sides of a SAFE mode chosen by auto; ``label_widths``:
    the positive accounts of each label window tried. ``card_words`` holds what the card says and
    nothing measures.
    """
    held_out = trained.prepared.training.take(trained.cv.rows)
    folds = {PROBABILITY: trained.cv.predictions, "fold": trained.cv.folds}
    _write(held_out, folds, folder / CV_ROWS)
    forward = trained.prepared.forward.labelled()
    if len(forward):
        probability = trained.nested.model.predict(forward.X)
        _write(forward, {PROBABILITY: probability}, folder / FORWARD_ROWS)
    inner = np.flatnonzero(~np.isnan(trained.nested.inner_oof))
    raw = {RAW: trained.nested.inner_oof[inner]}
    _write(trained.prepared.training.take(inner), raw, folder / CALIBRATION_ROWS)
    safe, tried = trained.prepared.safe, trained.prepared.window.tried
    if safe is not None:
        safe.held_out.to_parquet(folder / SAFE_ROWS, index=False)
    if tried:
        widths = [pd.DataFrame({"months": t.months, "group": t.accounts}) for t in tried]
        pd.concat(widths).to_parquet(folder / WIDTHS, index=False)
    _json([dict(run) for run in looks.runs], folder / LOOKS)
    words = {
        "subject": asdict(facts.subject),
        "waivers": facts.waivers,
        "warnings": trained.plan.warnings,
        "level": facts.level,
        "widths_tried": [t.months for t in tried],
    }
    _json(words, folder / CARD_WORDS)


def _write(panel: Panel, columns: dict[str, np.ndarray], path: Path) -> None:
    pq.write_table(labelled_parquet(panel.rows[_KEYS].assign(**columns), panel.label), path)


def _json(value: object, path: Path) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
