"""Processor seconds of one permutation draw beside the bare LightGBM fit it repeats."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import lightgbm
import numpy as np
from hydra import compose, initialize_config_dir

from gosales.core.progress import SilentProgress
from gosales.core.seeds import derive_seed
from gosales.evaluation.fold import Fold
from gosales.gauntlet.block_permutation import BlockPermutation
from gosales.gauntlet.rank_auc import rank_auc
from gosales.models.estimators.lgbm import Lgbm
from gosales.models.training_table import TrainingTable
from gosales.pipelines.assembly import Assembly
from gosales.pipelines.conf_files import conf_root
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.training import Prepared, prepare
from gosales.pipelines.workspace import Workspace

HERE: Final = Path(__file__).resolve().parent
MOST: Final = 1.2  # DESIGN §11


def main() -> None:
    """Alternate draws and bare fits, and write their medians and ratio."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--accounts", type=int, default=7000, help="of the world")
    asked.add_argument("--draws", type=int, default=40, help="of each kind")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        told = measure(prepared(given.accounts, Path(scratch)), given.draws)
    (HERE / "draw.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))


def prepared(accounts: int, work: Path) -> Prepared:
    """The candidate of printers with the trees alone."""
    overrides = ["division=printers", "estimator=lgbm", f"data.world.n_accounts={accounts}"]
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        cfg = compose("train", [*overrides, f"paths.work={work}", f"paths.outputs={work}/out"])
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    star = ingest_star(cfg, space, SilentProgress()).star
    return prepare(Assembly.of(cfg, star, space), SilentProgress())


def measure(made: Prepared, draws: int) -> dict[str, Any]:
    """Medians over draws; both kinds take turns, so that a slow moment hits both."""
    panel, candidate = made.training, made.candidate
    fold = candidate.plan(panel).folds[-1]
    bare, whole = bare_fits(made, fold), permutation_draws(made, fold)
    spent: dict[str, list[float]] = {"bare_fit": [], "draw": []}
    for turn in range(draws + 1):
        for kind, fits in (("bare_fit", bare), ("draw", whole)):
            start = time.process_time()
            next(fits)
            if turn:  # the first of each bins the matrix
                spent[kind].append(time.process_time() - start)
    medians = {f"{kind}_ms": round(1e3 * float(np.median(s)), 2) for kind, s in spent.items()}
    pairs = np.array(spent["draw"]) / np.array(spent["bare_fit"])
    return {
        "training_rows": len(fold.train),
        "columns": len(panel.X.columns),
        "draws": draws,
        **medians,
        "ratio": round(medians["draw_ms"] / medians["bare_fit_ms"], 3),
        "ratio_of_pairs_p10_p90": [round(float(q), 3) for q in np.quantile(pairs, [0.1, 0.9])],
        "budget": MOST,
    }


def bare_fits(made: Prepared, fold: Fold) -> Iterator[None]:
    """What LightGBM alone needs: labels set on the binned matrix, and the rounds."""
    panel, recipe = made.training, made.candidate.recipe
    estimator = recipe.estimator
    assert isinstance(estimator, Lgbm)
    part = panel.take(fold.train)
    _, matrix = recipe.prepare(part.X, part.specs)
    table = TrainingTable.of(matrix, part.y, None, nulls=True)
    params = estimator._params(table, part.specs, 1)
    data = lightgbm.Dataset(table.values, label=table.y, params=params).construct()
    while True:
        data.set_label(table.y)
        lightgbm.train(params, data, num_boost_round=estimator.n_estimators)
        yield


def permutation_draws(made: Prepared, fold: Fold) -> Iterator[None]:
    """A draw as the check makes it: permuted blocks, fit, scores of the fold and their AUC."""
    panel = made.training
    blocks = BlockPermutation(panel.rows.iloc[fold.train])
    seeds = [derive_seed(1, "fit", fold.name, draw) for draw in range(1000)]
    labels = (blocks.draw(derive_seed(1, "labels", fold.name, draw)) for draw in range(1000))
    for scores in made.candidate.fit_permuted(panel, fold, labels, seeds):
        rank_auc(panel.y[fold.valid], scores)
        yield


if __name__ == "__main__":
    main()
