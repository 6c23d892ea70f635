"""A slice of the self-test: planted leaks are caught, twins are not, and a hole in it shows."""

from __future__ import annotations

import json

import pytest
from hydra import compose, initialize_config_dir

from gosales.core.progress import SilentProgress
from gosales.gauntlet.checks.duplicates import Duplicates
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.zoo.detection_matrix import ANY
from gosales.gauntlet.zoo.strength import Strength
from gosales.pipelines import selftest, selftest_cell
from gosales.pipelines.conf_files import conf_root

STRONG, WEAK, TWIN = Strength.STRONG, Strength.WEAK, Strength.TWIN
SMALL = (
    "n_jobs=1", "data.world.n_accounts=400", "estimator.n_estimators=20",
    "selftest.n_seeds=1", "selftest.n_clean=0", "selftest.first_seed=1",
    "selftest.cheap=[feature_dates,group_overlap]",
)  # fmt: skip
NOT_RUN = "leak FAIL on clean worlds: not run, wanted at most 2%"


@pytest.fixture(scope="module")
def selftested(tmp_path_factory):
    """Run a slice, always in the same project."""
    root = tmp_path_factory.mktemp("selftest")

    def run(*overrides):
        with initialize_config_dir(str(conf_root()), version_base="1.3"):
            paths = (f"paths.work={root}/work", f"paths.outputs={root}/out")
            store = f"tracking.uri=sqlite:///{root}/mlflow.db"
            cfg = compose("selftest", overrides=[*SMALL, *paths, store, *overrides])
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(root)
            return selftest.run(cfg, SilentProgress())

    return run


@pytest.fixture(scope="module")
def slice_(selftested):
    return selftested("selftest.only=[both_folds,encoding_on_all_rows]")


def test_leaks_are_caught_by_the_check_made_for_them_and_twins_are_silent(slice_):
    for leak, check in (("both_folds", "group_overlap"), ("encoding_on_all_rows", "fit_scope")):
        for strength in (STRONG, WEAK):
            assert slice_.matrix.detected[leak, strength][check].share == 1.0
        assert slice_.matrix.detected[leak, TWIN][ANY].hits == 0
    assert slice_.misses == (NOT_RUN,)


def test_the_matrix_is_written_and_the_gate_says_what_is_missed(slice_):
    written = {p.name for p in slice_.folder.iterdir()}
    assert written == {
        "matrix.json", "matrix.csv", "matrix.md", "matrix.png", "cells.json", "seconds.csv",
    }  # fmt: skip
    told = json.loads((slice_.folder / "matrix.json").read_text(encoding="utf-8"))
    assert told["misses"] == [NOT_RUN]
    summary = slice_.summary()
    assert summary.closed == "1 targets are missed"
    assert f"missed: {NOT_RUN}" in summary.notes


def test_finished_cells_are_not_repeated(slice_, selftested, monkeypatch):
    def refuse(*given):
        raise AssertionError("a finished cell was audited again")

    monkeypatch.setattr(selftest_cell, "_audit", refuse)
    again = selftested("selftest.only=[both_folds,encoding_on_all_rows]")
    assert again.cells == slice_.cells


def test_a_cell_with_a_crashed_check_is_told_and_not_kept(slice_, selftested, monkeypatch):
    def crash(check, context):
        raise RuntimeError("interrupted")

    only = ("selftest.only=[both_folds]", "selftest.n_twins=0", "selftest.cheap=[duplicates]")
    with monkeypatch.context() as patch:
        patch.setattr(Duplicates, "run", crash)
        crashed = selftested(*only)
    assert all(c.checks["duplicates"].outcome is Outcome.ERROR for c in crashed.cells)
    mended = selftested(*only)
    assert all(c.checks["duplicates"].outcome is not Outcome.ERROR for c in mended.cells)


def test_a_check_that_is_switched_off_makes_it_fail(slice_, selftested):
    others = [c for c in slice_.matrix.checks if c != "group_overlap"]
    found = selftested(
        "selftest.only=[both_folds]", "selftest.n_twins=0", "selftest.cheap=[feature_dates]",
        "~gauntlet.checks.group_overlap", f"gauntlet.required=[{','.join(others)}]",
    )  # fmt: skip
    assert found.misses[:2] == (
        "both_folds, strong: 0/1 = 0% [0%, 98%], wanted 95%",
        "both_folds, weak: 0/1 = 0% [0%, 98%], wanted 80%",
    )
    assert found.summary().closed == "3 targets are missed"


def test_what_is_not_on_file_is_told_and_missed(slice_, selftested):
    found = selftested("selftest.only=[both_folds,wall_clock]", "selftest.finished_only=true")
    assert len(found.cells) == 3
    assert found.misses == (NOT_RUN, "wall_clock, strong: not run", "wall_clock, weak: not run")
