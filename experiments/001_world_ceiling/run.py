"""Measure how close to the world's own truth the shipped candidates come, forward."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
from hydra import compose, initialize_config_dir

from gosales.core.progress import SilentProgress
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.forward import evaluate
from gosales.evaluation.metrics.auc import Auc
from gosales.pipelines.assembly import Assembly, make
from gosales.pipelines.conf_files import conf_root
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.training import prepare
from gosales.pipelines.workspace import Workspace

HERE = Path(__file__).resolve().parent
DIVISIONS = ("printers", "solidworks", "training", "services", "scanning")
ESTIMATORS = ("blend", "lgbm", "logreg")


def study(work: Path) -> list[dict[str, object]]:
    """One row per division and estimator: AUC of the model, of the truth and of the naive rank."""
    rows: list[dict[str, object]] = []
    truth = None
    for division in DIVISIONS:
        for estimator in ESTIMATORS:
            with initialize_config_dir(str(conf_root()), version_base="1.3"):
                cfg = compose("train", [f"division={division}", f"estimator={estimator}"])
            space = Workspace.make(str(work / "work"), str(work / "out"))
            star = ingest_star(cfg, space, SilentProgress()).star
            parts = Assembly.of(cfg, star, space)
            prepared = prepare(parts, SilentProgress())
            model = prepared.candidate.fit(prepared.training)
            rows_at = prepared.forward.labelled()
            truth = truth or make(cfg.data.world).generate().truth
            target = parts.target
            named = list(target.skus) if target.skus else str(target.division)
            chance = truth.probability(named, str(prepared.cutoff))
            oracle = rows_at.rows["customer_id"].map(chance).fillna(0.0).to_numpy(dtype=float)
            boot: CustomerBootstrap = make(cfg.validation.bootstrap)
            ours = evaluate(rows_at, model.predict(rows_at.X), [Auc()], boot)
            ceiling = evaluate(rows_at, oracle, [Auc()], boot)
            row: dict[str, object] = {"division": division, "estimator": estimator}
            for population in ("all", "whitespace"):
                for name, table, ranker in (
                    ("model", ours, "model"),
                    ("truth", ceiling, "model"),
                    ("naive", ours, "naive"),
                ):
                    found = table.get("auc", population, ranker)
                    row[f"{population}_{name}"] = [
                        None if v is None else round(v, 4)
                        for v in (found.value, found.lo, found.hi)
                    ]
            row["n"] = len(rows_at)
            row["positives"] = int(np.nansum(rows_at.y))
            rows.append(row)
            print(json.dumps(row), flush=True)
    return rows


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        found = study(Path(folder))
    result = {
        "cutoff": "2024-12-31",
        "split": "forward",
        "interval": "95 % account bootstrap, 1,000 replicates: value, lo, hi",
        "rows": found,
    }
    (HERE / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
