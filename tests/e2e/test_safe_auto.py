"""safe_mode=auto from the command line: chosen, recorded, and found again by an audit."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf

from gosales.cli.main import main
from gosales.core.progress import SilentProgress
from gosales.data.star import Star
from gosales.features.safe import SafePolicy
from gosales.pipelines.assembly import Assembly
from gosales.pipelines.training import prepare
from gosales.pipelines.workspace import Workspace

LEAN = """
defaults:
  - family@families.rfm: rfm
  - family@families.recency: recency
  - transform@transforms.missingness: missingness
  - _self_
centralized_fill_enable: true
"""
COMMAND = (
    "--config-dir=conf", "features=lean", "data=parquet", "data.transactions=tx.parquet",
    "division=any", "division.name=Alpha", "safe_mode=auto", "estimator=logreg", "n_jobs=1",
    "validation.bootstrap.replicates=50",
)  # fmt: skip


def log() -> pd.DataFrame:
    """Accounts of very different pace: those that bought often go on."""
    rng = np.random.default_rng(5)
    parts = []
    for i in range(150):
        days = np.cumsum(rng.exponential(20 + 4 * i, 60)).astype(int)
        dates = pd.Timestamp("2019-01-01") + pd.to_timedelta(days[days < 1800], unit="D")
        parts.append(pd.DataFrame({"customer_id": f"c{i:03d}", "order_date": dates}))
    return pd.concat(parts).assign(sku="A", division="Alpha", quantity=1.0)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    Path("conf/features").mkdir(parents=True)
    Path("conf/features/lean.yaml").write_text(LEAN, encoding="utf-8")
    log().to_parquet("tx.parquet")
    return tmp_path


def test_training_chooses_and_an_audit_finds_what_was_chosen(here, capsys) -> None:
    assert main(["train", *COMMAND]) == 0
    with sqlite3.connect("mlflow.db") as connection:
        tags = dict(connection.execute("SELECT key, value FROM tags").fetchall())
        run = connection.execute("SELECT run_uuid FROM runs").fetchone()[0]
        metrics = dict(connection.execute("SELECT key, value FROM metrics").fetchall())
    artifacts = here / "mlartifacts" / run / "artifacts"
    said = json.loads((artifacts / "safe_choice.json").read_text(encoding="utf-8"))
    mode = said["chosen"]
    assert (tags["safe_mode"], tags["safe_mode.asked"]) == (mode, "auto")
    assert tags["safe_mode.note"] in capsys.readouterr().out
    assert said[{"on": "cv_auc_safe", "off": "cv_auc_full"}[mode]] == metrics["cv_auc"]
    gain = said["cv_auc_safe"] - said["cv_auc_full"]
    assert mode == ("on" if gain >= said["min_gain_auc"] else "off")
    card = (artifacts / "model_card.md").read_text(encoding="utf-8")
    assert f"Mode `{mode}`" in card
    assert "chosen by auto" in card
    assert main(["recompute", f"run={run}"]) == 0
    assert "safe_choice.json: 9 same" in capsys.readouterr().out

    # As `gosales gauntlet` rebuilds it: from the configuration of the run.
    cfg = OmegaConf.load(artifacts / "config_resolved.yaml")
    space = Workspace.make(".gosales", "outputs")
    star = Star.open(next(p.parent for p in here.rglob("star.json")))
    prepared = prepare(Assembly.of(cfg, star, space), SilentProgress())
    assert prepared.candidate.builder.safe == SafePolicy(mode, lite_families=["als"])
    assert prepared.safe is None
    assert prepared.candidate.recipe_digest == tags["recipe.digest"]
    assert prepared.training.digest == tags["training.digest"]


def test_what_comes_before_training_says_that_nothing_is_chosen_yet(here, capsys) -> None:
    assert main(["features", *COMMAND]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "safe_mode=auto is decided when a model is trained" in said
    assert "safe_mode=on" in said
