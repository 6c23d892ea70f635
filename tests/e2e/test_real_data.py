"""The path on a log that was not made for it: 632 resellers, three years, honest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig

from gosales.core.progress import SilentProgress
from gosales.pipelines import gauntlet, train
from gosales.pipelines.conf_files import conf_root
from gosales.pipelines.train_result import TRAINED, TrainResult

Config = Callable[..., DictConfig]
BOOTSTRAP = "validation.bootstrap.replicates=50"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project folder: the star and the features are made once."""
    return tmp_path_factory.mktemp("adventureworks")


@pytest.fixture
def config(project: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("GOSALES_SHARED", str(shared_data.parent.resolve()))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(project)

    def make(command: str, division: str, *overrides: str) -> DictConfig:
        with initialize_config_dir(str(conf_root()), version_base="1.3"):
            return compose(
                command,
                overrides=[
                    "data=adventureworks_reseller", "division=any", f"division.name='{division}'",
                    "cutoff=any", "cutoff.date=2019-11-30", "n_jobs=1", BOOTSTRAP, *overrides,
                ],
            )  # fmt: skip

    return make


def trained(config: Config, division: str, *overrides: str) -> TrainResult:
    return train.run(config("train", division, *overrides), SilentProgress())


def test_a_division_launched_after_training_is_a_named_outcome(config: Config) -> None:
    found = trained(config, "Touring Bikes", "estimator=logreg")
    assert (found.outcome, found.version) == ("one_class", None)
    assert "Touring Bikes" in found.summary().title
    assert found.reason


def test_a_division_without_buyers_after_the_cutoff_has_no_forward_ranking(config: Config) -> None:
    found = trained(config, "Wheels", "estimator=logreg")
    assert found.outcome == TRAINED
    assert found.metrics["cv_auc"] > 0.85
    # Undefined with one class: absent, never a number.
    assert "forward_auc" not in found.metrics
    assert found.reason.startswith("forward_one_class: 0 of ")
    assert found.metrics["forward_brier"] >= 0


@pytest.mark.slow
@pytest.mark.parametrize("division", ["Road Frames", "Drivetrain & Brakes"])
def test_the_gauntlet_finds_no_leak_in_an_honest_log(config: Config, division: str) -> None:
    found = trained(config, division)
    assert found.outcome == TRAINED
    audited = gauntlet.run(config("gauntlet", division), SilentProgress())
    closed = [f for f in audited.report.findings if str(f.outcome) in ("FAIL", "ERROR")]
    assert [f"{f.name}: {f.reason}" for f in closed if str(f.subject) == "leak"] == []


@pytest.mark.slow
def test_a_ranking_carries_over_to_later_months(config: Config) -> None:
    found = trained(config, "Road Frames")
    # A plain RFM baseline reaches .955 on this division and cutoff.
    assert found.metrics["forward_auc"] > 0.93
    assert found.metrics["forward_auc"] > found.metrics["forward_naive_auc"]
