"""Small pieces of the reporting room: panel counts, stacked metrics, layering."""

import subprocess
import sys

import pandas as pd
from tests.support.card_case import panel

from gosales.reporting.panel_summary import panel_summary
from gosales.reporting.split_metrics import split_metrics


def test_accounts_and_rows_are_counted_apart():
    training, _ = panel(["2024-03-31"], 6, 1)
    rows = training.rows.assign(group=["a", "a", "b", "b", "c", "d"], y=[1, 1, 0, 1, 0, 0])
    summary = panel_summary(type(training)("t", rows, training.X, training.specs, rows), None)
    assert summary.to_dict("records") == [
        {
            "role": "training", "cutoff": "2024-03-31", "rows": 6, "accounts": 4,
            "labelled": 6, "positives": 3, "positive_accounts": 2,
        }
    ]  # fmt: skip


def test_unlabelled_forward_rows_are_counted_but_not_as_negatives():
    training, _ = panel(["2024-03-31"], 6, 1)
    forward, _ = panel(["2024-12-31"], 4, 2, labelled=False)
    last = panel_summary(training, forward).iloc[-1]
    assert (last["role"], last["rows"], last["labelled"]) == ("forward", 4, 0)


def test_splits_are_stacked_under_their_names():
    frame = pd.DataFrame({"metric": ["auc"], "value": [0.5]})
    table = split_metrics({"cv": frame, "forward": frame})
    assert table["split"].tolist() == ["cv", "forward"]
    assert split_metrics({}).empty


def test_the_room_imports_no_tracking_and_no_drawing_until_asked():
    code = (
        "import sys, gosales.reporting.model_card, gosales.reporting.info_sheet, "
        "gosales.reporting.summary_table, gosales.reporting.figures.finding_figure; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'mlflow', 'hydra', 'omegaconf', 'optuna', 'matplotlib'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"
