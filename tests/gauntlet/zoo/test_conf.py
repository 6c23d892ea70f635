"""The YAML of the zoo: every leak has one, says both amounts, and is looked for by real checks."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate

import gosales.gauntlet.zoo.leaks
from gosales.core.errors import ConfigError
from gosales.gauntlet.zoo.clean_worlds import CleanWorlds
from gosales.gauntlet.zoo.leak import Leak
from gosales.gauntlet.zoo.strength import Strength
from gosales.pipelines.selftest_plan import SelftestPlan

CONF = Path(__file__).resolve().parents[3] / "conf"
YAMLS = sorted((CONF / "zoo").glob("*.yaml"))


def selftest(*overrides):
    with initialize_config_dir(str(CONF), version_base=None):
        return compose("selftest", overrides=list(overrides))


def test_every_leak_has_a_yaml_and_the_reverse():
    told = {yaml.safe_load(p.read_text(encoding="utf-8"))["_target_"].split(".")[-2] for p in YAMLS}
    files = Path(gosales.gauntlet.zoo.leaks.__path__[0]).glob("*.py")
    assert told == {p.stem for p in files} - {"__init__"}


@pytest.mark.parametrize("path", YAMLS, ids=lambda p: p.stem)
def test_a_leak_is_called_like_its_file_and_has_two_amounts(path):
    leak = instantiate(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert isinstance(leak, Leak)
    assert leak.name == path.stem
    assert 0 < leak.weak < leak.strong
    assert all("#" in line for line in path.read_text(encoding="utf-8").splitlines()[1:])


def test_the_self_test_plants_all_and_asks_the_checks_made_for_each():
    plan = SelftestPlan.of(selftest())
    assert len(plan.leaks) == len(YAMLS) >= 16
    for leak in plan.leaks.values():
        assert leak.caught_by
        assert set(leak.caught_by) <= set(plan.checks), leak.name


def test_cells_of_one_world_follow_one_another_and_report_on_seeds_of_their_own():
    cfg = selftest("selftest.n_seeds=2", "selftest.n_clean=3", "selftest.only=[both_folds]")
    cells = list(SelftestPlan.of(cfg).cells())
    first = cfg.selftest.first_seed
    assert [c.seed - first for c in cells] == [0, 0, 0, 1, 1, 0, 1, 2]
    told = ["strong", "weak", "twin", "strong", "weak", "clean", "clean", "clean"]
    assert [str(c.strength) for c in cells] == told
    assert len({str(c.world) for c in cells[-3:]}) == 3


def test_the_first_clean_worlds_meet_the_proofs_too():
    plan = SelftestPlan.of(selftest("selftest.n_clean=3", "selftest.n_proofs=2"))
    clean = [c for c in plan.cells() if c.strength is Strength.CLEAN]
    proofs = {name for name, check in plan.checks.items() if check.is_proof}
    assert [bool(proofs & set(plan.checks_of(c))) for c in clean] == [True, True, False]
    assert set(plan.checks_of(clean[0])) == set(plan.checks)


@pytest.mark.parametrize(
    ("override", "match"),
    [
        ("selftest.n_seeds=-1", "n_seeds=-1"),
        ("selftest.n_twins=x", "n_twins=x"),
        ("selftest.scope=some", "scope=some"),
        ("selftest.clean_scope=some", "clean_scope=some"),
        ("selftest.only=[no_such]", "no leak no_such"),
        ("selftest.cheap=[no_such]", "no check no_such"),
        ("selftest.worlds.drift=[1,0]", "drift"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(override, match):
    with pytest.raises(ConfigError, match=match):
        SelftestPlan.of(selftest(override))


def test_worlds_are_drawn_within_their_ranges_and_again_alike():
    worlds = CleanWorlds()
    drawn = [worlds.draw(seed) for seed in range(40)]
    assert drawn == [worlds.draw(seed) for seed in range(40)]
    for name, (low, high) in vars(worlds).items():
        values = [d[name] for d in drawn]
        assert low <= min(values) < max(values) <= high
