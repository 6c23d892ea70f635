"""Everything in conf/ composes and builds; what nothing would read is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig

from gosales.cli.command_table import COMMANDS
from gosales.cli.config_check import check_config
from gosales.core.errors import ConfigError
from gosales.pipelines.assembly import make
from gosales.pipelines.conf_files import conf_root

GROUPS = (
    "data", "contract", "division", "safe_mode", "features", "estimator", "calibration", "cv",
    "tracking", "fallback",
)  # fmt: skip


def composed(command: str, *overrides: str) -> DictConfig:
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        return compose(command, overrides=list(overrides))


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_composes_and_passes_the_key_check(command: str) -> None:
    check_config(composed(command))


def options() -> list[str]:
    return [
        f"{group}={file.stem}"
        for group in GROUPS
        for file in sorted(Path(conf_root(), group).glob("*.yaml"))
    ]


@pytest.mark.parametrize("choice", options())
def test_every_option_composes(choice: str) -> None:
    check_config(composed("train", choice))


@pytest.mark.parametrize(
    ("override", "match"),
    [
        ("+sede=3", r"sede \(did you mean seed\?\)"),
        ("+estimator.learning_rat=0.1", r"estimator\.learning_rat"),
        ("+features.families.rfm.colour=red", r"features\.families\.rfm\.colour"),
        ("+paths.wrk=x", r"paths\.wrk \(did you mean work\?\)"),
        ("+gauntlet.checks.permutation.mm=3", r"gauntlet\.checks\.permutation\.mm"),
    ],
)
def test_a_key_that_nothing_reads_is_refused_at_any_depth(override: str, match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        check_config(composed("train", override))


def test_a_target_that_cannot_be_imported_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"estimator\._target_ cannot be imported"):
        check_config(composed("train", "estimator._target_=gosales.models.Nothing"))


def test_the_shipped_intercept_is_drawn_to_the_pool_that_study_011_found() -> None:
    study = Path(conf_root()).parent / "experiments/011_pooled_shift/result.json"
    found = json.loads(study.read_text(encoding="utf-8"))["chosen"]
    shipped = make(composed("train").calibration).candidates["intercept"]
    assert shipped.pooled_shift == pytest.approx(found["pooled_shift"], abs=0.005)
    assert shipped.pooled_information == found["pooled_information"] > 0.0
