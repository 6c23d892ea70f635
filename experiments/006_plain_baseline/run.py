"""Run the plain baseline on both real logs and hold it against the published table."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from sklearn.metrics import brier_score_loss, roc_auc_score

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from plain_baseline import CUTOFFS, Scored, read_log, score, stacked  # noqa: E402

# The published columns and ours, in this order.
PUBLISHED = {
    "naive AUC": "naive_auc",
    "LGB CV": "lgb_cv_auc",
    "LGB fwd": "lgb_auc",
    "LR fwd": "lr_auc",
    "LGB ws AUC": "lgb_ws_auc",
    "LR ws AUC": "lr_ws_auc",
    "LGB Brier": "lgb_brier",
    "constant Brier": "constant_brier",
}


def row(log: str, found: Scored) -> dict[str, object]:
    """One line of the table; null where a class is missing."""
    test, ws = found.test, found.test.whitespace
    rate = found.train_rate
    out: dict[str, object] = {
        "data": log,
        "division": found.division,
        "rows": len(test.y),
        "features": test.X.shape[1],
        "train_rate": round(rate, 3),
        "test_rate": round(float(test.y.mean()), 3),
        "ws_positives": int(test.y[ws].sum()),
        "naive_auc": _auc(test.y, test.naive),
        "lgb_cv_auc": None if np.isnan(found.cv_auc) else round(found.cv_auc, 3),
        "constant_brier": round(float(np.mean((test.y - rate) ** 2)), 3),
    }
    for name, p in found.scores.items():
        out[f"{name}_auc"] = _auc(test.y, p)
        out[f"{name}_ws_auc"] = _auc(test.y[ws], p[ws])
        out[f"{name}_brier"] = round(float(brier_score_loss(test.y, p)), 3)
    return out


def _auc(y: np.ndarray, p: np.ndarray) -> float | None:
    return round(float(roc_auc_score(y, p)), 3) if 0 < y.sum() < len(y) else None


def published(folder: Path) -> pd.DataFrame:
    """The table of BASELINE.md."""
    text = (folder / "BASELINE.md").read_text(encoding="utf-8").splitlines()
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in text if line[:1] == "|"]
    table = pd.DataFrame(cells[2:], columns=cells[0]).rename(columns=PUBLISHED)
    numbers = list(PUBLISHED.values())
    table[numbers] = table[numbers].apply(pd.to_numeric, errors="coerce")
    return table[["data", "division", *numbers]]


def compared(mine: pd.DataFrame, theirs: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Ours minus the published figure, over the divisions that have both."""
    both = mine.merge(theirs, on=["data", "division"], suffixes=("", "_published"))
    out = {}
    for log, part in both.groupby("data"):
        for name in PUBLISHED.values():
            gap = (part[name].astype("float64") - part[f"{name}_published"]).dropna()
            out[f"{log} {name}"] = {
                "mean difference": round(float(gap.mean()), 4),
                "largest": round(float(gap.abs().max()), 4),
                "divisions": len(gap),
            }
    return out


def main(folder: Path) -> None:
    """Both logs, each division; then the comparison."""
    rows = []
    for log, cutoff in CUTOFFS.items():
        for division, parts in stacked(read_log(folder, log), pd.Timestamp(cutoff)).items():
            rows.append(row(log, score(division, parts)))
            print(rows[-1], flush=True)
    result = {
        "divisions": rows,
        "against BASELINE.md": compared(pd.DataFrame(rows), published(folder)),
    }
    (HERE / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result["against BASELINE.md"], indent=1))


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("GOSALES_SHARED", "../shared")
    main(Path(given) / "data")
