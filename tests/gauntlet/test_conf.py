"""The YAML of the room: every check has one, and the approved policy composes."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.errors import InstantiationException
from hydra.utils import instantiate

import gosales.gauntlet.checks
from gosales.gauntlet.check import Check
from gosales.gauntlet.limits import limits_of
from gosales.gauntlet.policy import Policy

CONF = Path(__file__).resolve().parents[2] / "conf"
YAMLS = sorted((CONF / "gauntlet" / "check").glob("*.yaml"))
MODULES = sorted(
    p.stem for p in Path(gosales.gauntlet.checks.__path__[0]).glob("*.py") if p.stem != "__init__"
)
PROOFS = {
    "future_invariance",
    "fit_scope",
    "fit_isolation",
    "group_overlap",
    "horizon_purge",
    "feature_dates",
    "reproducibility",
}


def approved(*overrides: str) -> Policy:
    with initialize_config_dir(str(CONF), version_base=None):
        return instantiate(compose("gauntlet/approved", overrides=list(overrides)).gauntlet)


def test_every_check_has_a_yaml_and_the_reverse():
    assert [p.stem for p in YAMLS] == MODULES


@pytest.mark.parametrize("path", YAMLS, ids=lambda p: p.stem)
def test_a_yaml_states_every_limit_with_its_source(path):
    node = yaml.safe_load(path.read_text(encoding="utf-8"))
    module, name = node.pop("_target_").rsplit(".", 1)
    kind = getattr(importlib.import_module(module), name)
    parameters = inspect.signature(kind).parameters
    assert set(node) == set(parameters)
    assert node == limits_of(kind()), "the YAML and the constructor's defaults differ"
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    assert all("#" in line for line in lines)


@pytest.mark.parametrize("path", YAMLS, ids=lambda p: p.stem)
def test_a_check_is_called_like_its_file_and_knows_whether_it_is_a_proof(path):
    check = instantiate(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert isinstance(check, Check)
    assert check.name == path.stem
    assert check.is_proof == (path.stem in PROOFS)


def test_the_approved_policy_asks_for_every_check_and_excuses_no_proof():
    policy = approved()
    assert set(policy.required) == set(policy.checks) == set(MODULES)
    assert policy.proofs == PROOFS
    assert not policy.proofs & set(policy.not_applicable_allowed)


def test_a_heuristic_is_asked_for_the_same_proofs_and_for_nothing_else():
    with initialize_config_dir(str(CONF), version_base=None):
        policy = instantiate(compose("gauntlet/heuristic").gauntlet)
    assert set(policy.required) == set(policy.checks) == policy.proofs == PROOFS
    assert not policy.not_applicable_allowed
    assert approved().covers(policy.checks)


def test_the_digest_is_stable_and_relaxing_changes_it():
    assert approved().digest == approved().digest
    assert approved("gauntlet.checks.permutation.m=199").digest != approved().digest
    assert approved("gauntlet.checks.horizon_purge.min_purge_days=0").digest != approved().digest


@pytest.mark.parametrize("m", [20, 50])
def test_an_unreachable_threshold_is_refused_at_composition(m):
    with pytest.raises(InstantiationException, match="unreachable"):
        approved(f"gauntlet.checks.permutation.m={m}")


def test_a_required_check_cannot_be_taken_out_silently():
    with pytest.raises(InstantiationException, match="required but has no check"):
        approved("~gauntlet.checks.fit_scope")
