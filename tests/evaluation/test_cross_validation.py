"""Out-of-fold predictions come from fit_fold, once per validation row."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.support.small_panel import QUARTERS, small_panel

from gosales.core.errors import InternalError
from gosales.evaluation.cross_validation import CrossValidation, cross_validate
from gosales.evaluation.fold import Fold
from gosales.evaluation.purged_grouped import PurgedGroupedSplitter
from gosales.evaluation.split_evidence import write_split_evidence
from gosales.features.panel import Panel


class Constant:
    """Predicts the training rate; can be told to misbehave."""

    def __init__(self, answer: float | None = None, short: bool = False) -> None:
        self.answer, self.short = answer, short

    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[None, np.ndarray]:
        rate = panel.y[fold.train].mean() if self.answer is None else self.answer
        return None, np.full(len(fold.valid) - self.short, rate)


def validated(candidate: Constant, progress: object = None) -> tuple[Panel, CrossValidation]:
    panel = small_panel()
    return panel, cross_validate(candidate, panel, PurgedGroupedSplitter().plan(panel), progress)


def test_every_validation_row_is_predicted_by_its_fold() -> None:
    panel, cv = validated(Constant())
    assert len(cv.rows) == 300
    assert (np.diff(cv.rows) > 0).all()
    assert (panel.rows["cutoff"].iloc[cv.rows] == "2023-12-31").all()
    for fold in cv.plan.folds:
        mine = np.isin(cv.rows, fold.valid)
        assert (cv.folds[mine] == fold.name).all()
        assert (cv.predictions[mine] == panel.y[fold.train].mean()).all()


def test_oof_is_null_where_nothing_was_validated() -> None:
    panel, cv = validated(Constant())
    assert cv.oof.shape == (len(panel),)
    assert np.isnan(cv.oof).sum() == 900
    assert np.array_equal(cv.oof[cv.rows], cv.predictions)


def test_progress_hears_of_every_fold() -> None:
    class Listener:
        steps = 0

        def advance(self, steps: int = 1) -> None:
            self.steps += steps

    listener = Listener()
    validated(Constant(), listener)
    assert listener.steps == 5


@pytest.mark.parametrize(
    "candidate", [Constant(answer=np.nan), Constant(answer=1.2), Constant(short=True)]
)
def test_what_is_no_probability_is_refused(candidate: Constant) -> None:
    with pytest.raises(InternalError, match="did not return probabilities"):
        validated(candidate)


def test_a_row_validated_twice_is_refused() -> None:
    panel = small_panel()
    plan = PurgedGroupedSplitter().plan(panel)
    twice = replace(plan, folds=(*plan.folds, plan.folds[0]))
    with pytest.raises(InternalError, match="validated twice"):
        cross_validate(Constant(), panel, twice)


def test_evidence_of_a_clean_split(tmp_path: Path) -> None:
    panel = small_panel()
    plan = PurgedGroupedSplitter().plan(panel)
    paths = write_split_evidence(plan, panel, tmp_path / "cv")
    assert {p.name for p in paths.values()} == {
        "cv_manifest.json", "fold_assignments.parquet", "overlap.csv",
    }  # fmt: skip
    manifest = json.loads(paths["cv_manifest"].read_text(encoding="utf-8"))
    assert (manifest["purge_days"], manifest["overlap_rows"]) == (45, 0)
    assert pd.read_csv(paths["overlap"]).empty
    assigned = pd.read_parquet(paths["fold_assignments"])
    assert len(assigned) == sum(len(f.train) + len(f.valid) for f in plan.folds)
    row = assigned.iloc[0]
    assert panel.rows["customer_id"].iloc[row["row"]] == row["customer_id"]


def test_evidence_names_an_overlap(tmp_path: Path) -> None:
    panel = small_panel(cutoffs=QUARTERS[:1])
    plan = PurgedGroupedSplitter().plan(panel)
    first = plan.folds[0]
    leaky = replace(first, train=np.append(first.train, first.valid[0]))
    paths = write_split_evidence(replace(plan, folds=(leaky,)), panel, tmp_path)
    overlap = pd.read_csv(paths["overlap"], dtype=str)
    assert set(overlap["kind"]) == {"account", "customer", "row"}
    assert panel.rows["customer_id"].iloc[first.valid[0]] in set(overlap["key"])
