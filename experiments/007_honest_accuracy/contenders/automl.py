"""AutoML (FLAML) on the plain baseline's columns, as many seconds as the package took.

Run by `rivals.py` in an environment of its own; reads a job and writes scores.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from flaml import AutoML

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "006_plain_baseline"))
from plain_baseline import SEED, stacked

LEARNERS = ["lgbm", "xgboost", "rf", "extra_tree", "lrl1"]


def main(job: Path) -> None:
    """Score the test rows of every division; the budget is shared out evenly."""
    start = time.perf_counter()
    told = json.loads(job.read_text(encoding="utf-8"))
    logging.getLogger("flaml").setLevel(logging.ERROR)
    parts = stacked(
        pd.read_parquet(told["lines"]), pd.Timestamp(told["cutoff"]), told["horizon_months"]
    )
    left = told["seconds"] - (time.perf_counter() - start)
    each = left / len(told["divisions"])
    out, chosen = [], {}
    for division in told["divisions"]:
        *train, test = parts[division]
        X, y = pd.concat([t.X for t in train]), np.concatenate([t.y for t in train])
        model = AutoML()
        model.fit(
            X.reset_index(drop=True), y, task="classification", metric="roc_auc",
            time_budget=each, estimator_list=LEARNERS, eval_method="cv", split_type="group",
            groups=X.index.to_numpy(), n_splits=5, n_jobs=1, seed=SEED, verbose=0,
        )  # fmt: skip
        p = np.asarray(model.predict_proba(test.X))[:, 1]
        chosen[division] = model.best_estimator
        out.append(pd.DataFrame({"division": division, "customer_id": test.X.index, "score": p}))
    notes = {
        "seconds a division": round(each, 1),
        "all, seconds": round(time.perf_counter() - start, 1),
        "chosen": chosen,
    }
    pd.concat(out, ignore_index=True).to_parquet(told["scores"], index=False)
    Path(told["notes"]).write_text(json.dumps(notes), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
