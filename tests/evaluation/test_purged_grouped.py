"""Purge in days, disjoint accounts, fall-back with a warning, refusals with the reason."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.small_panel import QUARTERS, small_panel

from gosales.core.errors import ConfigError, DegenerateError, InternalError
from gosales.core.timeline import Cutoff
from gosales.evaluation.fold import Splitter
from gosales.evaluation.nested_candidate import NestedCandidate
from gosales.evaluation.purged_grouped import PurgedGroupedSplitter


def cutoffs_of(panel, rows) -> list[str]:
    return [str(c) for c in panel.take(rows).cutoffs]


def test_only_cutoffs_a_label_window_and_the_purge_apart_are_paired() -> None:
    panel = small_panel()
    plan = PurgedGroupedSplitter().plan(panel)
    assert plan.scheme == "purged_grouped"
    assert plan.warnings == ()
    assert [f.name for f in plan.folds] == [f"2023-12-31/{k}" for k in range(5)]
    for fold in plan.folds:
        assert cutoffs_of(panel, fold.train) == ["2023-03-31"]
        assert cutoffs_of(panel, fold.valid) == ["2023-12-31"]


@pytest.mark.parametrize(
    ("purge_days", "trains"), [(92, ["2023-03-31"]), (93, None), (0, ["2023-03-31", "2023-06-30"])]
)
def test_purge_is_counted_in_days(purge_days: int, trains: list[str] | None) -> None:
    # Labels of 2023-03-31 close on 2023-09-30, 92 days before 2023-12-31; those of 2023-06-30
    # close on that day itself.
    panel = small_panel()
    plan = PurgedGroupedSplitter(purge_days=purge_days).plan(panel)
    last = plan.folds[-1]
    if trains is None:
        assert plan.scheme == "grouped"
    else:
        assert cutoffs_of(panel, last.train) == trains


def test_a_buffer_moves_the_window_and_so_the_pairs() -> None:
    panel = small_panel()
    assert PurgedGroupedSplitter(buffer_days=46).plan(panel).scheme == "purged_grouped"
    assert PurgedGroupedSplitter(buffer_days=47).plan(panel).scheme == "grouped"


def test_several_validation_cutoffs_each_have_their_folds() -> None:
    panel = small_panel(cutoffs=(*QUARTERS, "2024-03-31"))
    plan = PurgedGroupedSplitter(n_folds=2).plan(panel)
    names = [f.name for f in plan.folds]
    assert names == ["2023-12-31/0", "2023-12-31/1", "2024-03-31/0", "2024-03-31/1"]
    assert cutoffs_of(panel, plan.folds[2].train) == ["2023-03-31", "2023-06-30"]


def test_accounts_not_only_customers_are_disjoint() -> None:
    panel = small_panel()
    assert (panel.rows["customer_id"] != panel.rows["group"]).any()
    for fold in PurgedGroupedSplitter().plan(panel).folds:
        assert not set(panel.groups[fold.train]) & set(panel.groups[fold.valid])


def test_folds_are_stable_under_order_and_other_customers() -> None:
    panel = small_panel()
    order = np.random.default_rng(0).permutation(len(panel))
    kept = np.flatnonzero(panel.rows["customer_id"] < "c0200")

    def assigned(which) -> dict[str, str]:
        plan = PurgedGroupedSplitter().plan(which)
        return {which.rows["customer_id"].iloc[i]: f.name for f in plan.folds for i in f.valid}

    whole = assigned(panel)
    assert assigned(panel.take(order)) == whole
    assert assigned(panel.take(kept)).items() <= whole.items()


def test_seed_moves_the_folds_and_inner_folds_are_others() -> None:
    panel = small_panel(cutoffs=QUARTERS[:1])

    def valid(plan) -> list[list[int]]:
        return [f.valid.tolist() for f in plan.folds]

    first = PurgedGroupedSplitter(n_folds=3)
    assert valid(first.plan(panel)) == valid(first.plan(panel))
    assert valid(first.plan(panel)) != valid(PurgedGroupedSplitter(n_folds=3, seed=8).plan(panel))
    assert valid(first.plan(panel)) != valid(first.inner_plan(panel))


def test_one_cutoff_falls_back_to_accounts_and_says_so() -> None:
    panel = small_panel(cutoffs=QUARTERS[:1])
    plan = PurgedGroupedSplitter().plan(panel)
    assert plan.scheme == "grouped"
    assert plan.manifest["scheme"] == "grouped"
    assert "group-only" in plan.warnings[0]
    assert "45 days apart" in plan.warnings[0]
    assert [f.name for f in plan.folds] == [f"all/{k}" for k in range(5)]
    for fold in plan.folds:
        assert not set(panel.groups[fold.train]) & set(panel.groups[fold.valid])
    assert sorted(np.concatenate([f.valid for f in plan.folds])) == list(range(len(panel)))


@pytest.mark.parametrize(
    ("first", "scheme"), [("2022-03-31", "purged_grouped"), ("2022-04-01", "grouped")]
)
def test_a_short_log_falls_back_even_where_cutoffs_are_apart(first: str, scheme: str) -> None:
    plan = PurgedGroupedSplitter().for_log(Cutoff.parse(first)).plan(small_panel())
    assert plan.scheme == scheme
    if scheme == "grouped":
        assert "fewer than 12 months of log (from 2022-04-01)" in plan.warnings[0]


def test_the_manifest_tells_how_it_was_made() -> None:
    manifest = PurgedGroupedSplitter().plan(small_panel()).manifest
    assert (manifest["seed"], manifest["n_folds"], manifest["purge_days"]) == (7, 5, 45)
    assert manifest["training_cutoffs_of"]["2023-12-31"] == ["2023-03-31"]
    fold = manifest["folds"][0]
    assert fold["train_customers"] + fold["valid_customers"] == 300
    assert fold["valid_positives"] > 0


def test_one_class_folds_are_all_named() -> None:
    panel = small_panel(n=100)
    y = np.zeros(len(panel))
    y[[0, 300]] = 1.0
    with pytest.raises(DegenerateError, match="0 positives of") as error:
        PurgedGroupedSplitter().plan(panel.with_labels(y))
    assert error.value.reason_code == "one_class_fold"
    assert str(error.value).count("validation: 0 positives") >= 4


def test_one_class_panel_has_its_own_reason() -> None:
    panel = small_panel(n=60)
    with pytest.raises(DegenerateError, match="both classes") as error:
        PurgedGroupedSplitter().plan(panel.with_labels(np.zeros(len(panel))))
    assert error.value.reason_code == "one_class"


def test_more_folds_than_accounts_is_refused() -> None:
    with pytest.raises(DegenerateError, match="0 positives of 0 rows"):
        PurgedGroupedSplitter(n_folds=50).plan(small_panel(n=20))


def test_an_inner_validation_side_may_have_one_class_but_not_its_training() -> None:
    panel = small_panel(n=100, cutoffs=QUARTERS[:1])
    y = np.zeros(len(panel))
    plan = PurgedGroupedSplitter().inner_plan(panel)
    y[plan.folds[0].valid[:1]] = 1.0
    y[plan.folds[1].valid[:1]] = 1.0
    assert len(PurgedGroupedSplitter().inner_plan(panel.with_labels(y)).folds) == 3
    y[plan.folds[1].valid[:1]] = 0.0
    with pytest.raises(DegenerateError, match="/0 training: 0 positives"):
        PurgedGroupedSplitter().inner_plan(panel.with_labels(y))


def test_one_class_sides_are_told_where_labels_do_not_order() -> None:
    panel = small_panel(n=100)
    y = np.zeros(len(panel))
    splitter = PurgedGroupedSplitter(one_class_sides=True)
    with pytest.raises(DegenerateError, match="both classes") as error:
        splitter.plan(panel.with_labels(y))
    assert error.value.reason_code == "one_class"
    assert len(splitter.inner_plan(panel.with_labels(y)).folds) == 3  # of a fold's training part
    y[[0, 300]] = 1.0
    few = splitter.plan(panel.with_labels(y))
    assert "one class on a side of folds 2023-12-31/0" in few.warnings[-1]
    plain = PurgedGroupedSplitter().plan(panel)
    for a, b in zip(few.folds, plain.folds, strict=True):
        assert np.array_equal(a.train, b.train)  # the purge holds as ever
        assert np.array_equal(a.valid, b.valid)
    assert splitter.plan(panel).warnings == plain.warnings


def test_an_empty_side_is_refused_even_then() -> None:
    with pytest.raises(DegenerateError, match="0 positives of 0 rows"):
        PurgedGroupedSplitter(n_folds=50, one_class_sides=True).plan(small_panel(n=20))


def test_unlabelled_rows_are_refused() -> None:
    panel = small_panel(n=60)
    y = panel.y.copy()
    y[0] = np.nan
    with pytest.raises(InternalError, match="1 rows without a label"):
        PurgedGroupedSplitter().plan(panel.with_labels(y))


@pytest.mark.parametrize("bad", [{"n_folds": 1}, {"inner_folds": 1}, {"purge_days": -1}])
def test_a_malformed_splitter_is_refused(bad: dict) -> None:
    with pytest.raises(ConfigError, match="splitter is malformed"):
        PurgedGroupedSplitter(**bad)


def test_it_keeps_the_protocols() -> None:
    assert isinstance(PurgedGroupedSplitter(), Splitter)
    assert isinstance(PurgedGroupedSplitter(), NestedCandidate)
