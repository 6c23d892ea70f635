"""A widened label window is one and the same in everything a training run writes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from omegaconf import OmegaConf
from tests.support.rare_log import rare_log

from gosales.cli.main import main
from gosales.core.timeline import Cutoff, Horizon

# Twenty is more than six months bring, and nine bring it.
WIDENED = (
    "train", "data=parquet", "data.transactions=tx.parquet", "division=any",
    "division.name=Rare", "estimator=logreg", "safe_mode=off",
    "label.widening.min_positive_accounts=20",
    "cv.splitter.n_folds=2", "cv.splitter.inner_folds=2", "validation.bootstrap.replicates=20",
)  # fmt: skip


class Run:
    """The one training run of a project."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tags = self.table("SELECT key, value FROM tags")
        self.params = self.table("SELECT key, value FROM params")
        (self.id,) = [row[0] for row in self.rows("SELECT run_uuid FROM runs")]
        self.folder = root / "mlartifacts" / self.id / "artifacts"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.root / "mlflow.db") as connection:
            return connection.execute(query).fetchall()

    def table(self, query: str) -> dict[str, str]:
        return dict(self.rows(query))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    root = tmp_path_factory.mktemp("widened")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "GOSALES_PARENT_RUN_ID"):
            patch.delenv(name, raising=False)
        rare_log().drop(columns="gross_profit").to_parquet("tx.parquet")
        assert main(list(WIDENED)) == 0
        yield Run(root)


def test_tags_and_parameters_name_it(run: Run) -> None:
    assert run.tags["outcome"] == "trained"
    wanted = {"horizon_months": "9", "declared_months": "6"}
    for name, value in wanted.items():
        assert run.tags[f"label.{name}"] == value
        assert run.params[f"label_window.{name}"] == value
    assert (run.tags["label.window"], run.params["label_window.outcome"]) == ("widened",) * 2
    assert "widened from 6 to 9 months" in run.tags["label.window_note"]
    assert run.params["label_window.positive_accounts.9m"] >= "20"
    version = run.table("SELECT key, value FROM model_version_tags")
    assert version["label.horizon_months"] == "9"


def test_the_configuration_keeps_what_was_declared(run: Run) -> None:
    kept = OmegaConf.load(run.folder / "config_resolved.yaml")
    assert kept.label.horizon_months == 6


def test_training_and_forward_share_the_window_and_the_purge_counts_it(run: Run) -> None:
    audit = pd.read_csv(run.folder / "label_audit.csv")
    assert set(audit["horizon_months"]) == {9}
    assert set(audit["role"]) == {"training", "forward"}
    cutoff = Cutoff.parse(run.tags["cutoff"])
    assert audit.loc[audit["role"] == "forward", "cutoff"].tolist() == [str(cutoff)]
    training = audit[audit["role"] == "training"]
    for line in training.to_dict("records"):
        end = Cutoff.parse(line["window_end"])
        assert end == Cutoff(Horizon(9).window(Cutoff.parse(line["cutoff"])).end)
        assert end.days_until(cutoff) >= 45
    manifest = json.loads((run.folder / "cv_manifest.json").read_text(encoding="utf-8"))
    assert (manifest["scheme"], manifest["horizon_months"]) == ("purged_grouped", 9)
    for test, trains in manifest["training_cutoffs_of"].items():
        for train in trains:
            assert Horizon(9).usable_for(Cutoff.parse(train), Cutoff.parse(test), 45)


@pytest.mark.parametrize("name", ["cv_predictions", "forward_predictions"])
def test_the_label_column_says_so_itself(run: Run, name: str) -> None:
    meaning = pq.read_schema(run.folder / f"{name}.parquet").field("y").metadata
    assert meaning[b"label.horizon_months"] == b"9"
    assert meaning[b"label.declared_months"] == b"6"
    assert meaning[b"label.measure"] == b"quantity"


def test_the_card_and_the_bundle_say_so(run: Run) -> None:
    card = (run.folder / "model_card.md").read_text(encoding="utf-8")
    assert "within 9 months (declared 6)" in card
    assert "## Labels" in card
    assert "The label window is widened from 6 to 9 months" in card
    (meta,) = run.root.glob("mlartifacts/**/bundle/meta.json")
    said = json.loads(meta.read_text(encoding="utf-8"))
    assert said["horizon"] == {"months": 9, "buffer_days": 0}
    assert said["declared_horizon_months"] == 6


def test_the_audit_can_rebuild_it_from_its_own_configuration(run: Run) -> None:
    """The window is found again, not stored: digests of panel and recipe are those of the run."""
    from gosales.core.progress import SilentProgress
    from gosales.pipelines.audit_inputs import rebuild
    from gosales.pipelines.registered_subject import RegisteredSubject
    from gosales.pipelines.registry_desk import desk_of
    from gosales.pipelines.workspace import Workspace

    cfg = OmegaConf.load(run.folder / "config_resolved.yaml")
    desk = desk_of(cfg)
    subject = RegisteredSubject(desk.models.version("gosales.rare", "1"))
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    inputs = rebuild(desk, subject, cfg, space, SilentProgress())
    assert inputs.prepared.candidate.horizon == Horizon(9)
    assert inputs.prepared.window.label.declared_months == 6


def test_the_audit_is_printed_on_request(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", *WIDENED[1:5], WIDENED[7], "labels=true"]) == 0
    said = capsys.readouterr().out
    assert "labels of rare, in 9 months" in said
    assert "w/c/p" in said and "forward" in said
    (told,) = (run.root / "outputs" / "rare").glob("panel_*.label_audit.csv")
    want = pd.read_csv(run.folder / "label_audit.csv")
    pd.testing.assert_frame_equal(pd.read_csv(told), want)
