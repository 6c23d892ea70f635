"""Which outcomes the heuristic stands in for, and what its configuration says."""

from __future__ import annotations

from hydra import compose, initialize_config_dir
from omegaconf import DictConfig

from gosales.cli.config_check import check_config
from gosales.pipelines.assembly import config_digest
from gosales.pipelines.conf_files import conf_root
from gosales.pipelines.fallback import STANDS_IN_FOR, fallback_config


def composed(*overrides: str) -> DictConfig:
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        return compose("train", overrides=list(overrides))


def test_the_stand_in_is_the_heuristic_and_nothing_else_changes() -> None:
    cfg = composed("seed=3")
    own = fallback_config(cfg, "one_class_fold")
    assert own is not None
    assert own.estimator.name == "heuristic"
    assert own[STANDS_IN_FOR] == "no model can be trained: one_class_fold"
    assert fallback_config(own, "one_class_fold") is None
    assert {k: v for k, v in cfg.items() if k not in ("estimator", "fallback")} == {
        k: v for k, v in own.items() if k not in ("estimator", "fallback", STANDS_IN_FOR)
    }
    assert cfg.estimator.name == "blend"


def test_other_outcomes_stand() -> None:
    cfg = composed()
    for outcome in ("trained", "one_class", "log_too_short", "constant_features"):
        assert fallback_config(cfg, outcome) is None
    assert fallback_config(composed("estimator=heuristic"), "one_class_fold") is None


def test_none_serves_nobody_and_is_no_part_of_what_a_run_computes() -> None:
    cfg, off = composed(), composed("fallback=none")
    check_config(off)
    assert fallback_config(off, "one_class_fold") is None
    assert config_digest(off) == config_digest(cfg)
