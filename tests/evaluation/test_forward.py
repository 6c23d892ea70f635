"""Populations, rankers, nulls and notes of the metric table."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.small_panel import small_panel

from gosales.core.errors import DegenerateError, InternalError
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.forward import evaluate
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.brier import Brier
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.metrics.rev_capture_at_k import RevCaptureAtK
from gosales.evaluation.optimism_gap import optimism_gap
from gosales.evaluation.paired_difference import paired_difference
from gosales.features.panel import Panel

METRICS = (Auc(), Brier(), LiftAtK(k_pct=[10]), RevCaptureAtK(k_pct=[10]))
BOOTSTRAP = CustomerBootstrap(replicates=60)
FORWARD = ("2024-06-30",)


def scored(panel: Panel) -> np.ndarray:
    return 1 / (1 + np.exp(1.5 - panel.X.iloc[:, 0].to_numpy()))


@pytest.fixture(scope="module")
def panel() -> Panel:
    return small_panel(n=500, cutoffs=FORWARD)


def test_every_population_ranker_and_metric_has_a_row(panel: Panel) -> None:
    table = evaluate(panel, scored(panel), METRICS, BOOTSTRAP)
    keys = table.frame[["population", "ranker", "metric"]].agg("·".join, axis=1)
    assert keys.is_unique
    assert set(table.frame["population"]) == {"all", "owners", "whitespace"}
    assert "all·model·brier" in set(keys)
    assert "all·naive·brier" not in set(keys)  # a count is not a probability
    assert "whitespace·naive·auc" in set(keys)


def test_values_are_those_of_the_rows_of_the_population(panel: Panel) -> None:
    from sklearn.metrics import roc_auc_score

    p = scored(panel)
    table = evaluate(panel, p, METRICS, BOOTSTRAP)
    owner = panel.rows["is_owner"].to_numpy()
    for name, mask in (("all", owner | True), ("owners", owner), ("whitespace", ~owner)):
        found = table.get("auc", name)
        assert found.value == pytest.approx(roc_auc_score(panel.y[mask], p[mask]))
    naive = panel.rows["naive_count"].to_numpy()
    assert table.get("auc", ranker="naive").value == pytest.approx(roc_auc_score(panel.y, naive))


def test_bounds_hold_the_value_and_counts_are_right(panel: Panel) -> None:
    table = evaluate(panel, scored(panel), METRICS, BOOTSTRAP)
    found = table.get("auc")
    assert found.has_bounds
    assert found.lo < found.value < found.hi
    row = table.frame.iloc[0]
    positive = panel.rows.loc[panel.rows["y"] == 1]
    assert (row["n"], row["n_pos"]) == (500, len(positive))
    assert row["n_pos_accounts"] == positive["group"].nunique()


def test_identical_twice(panel: Panel) -> None:
    a = evaluate(panel, scored(panel), METRICS, BOOTSTRAP)
    b = evaluate(panel, scored(panel), METRICS, BOOTSTRAP)
    assert a.frame.equals(b.frame)


def test_row_order_changes_nothing(panel: Panel) -> None:
    order = np.random.default_rng(0).permutation(len(panel))
    a = evaluate(panel, scored(panel), METRICS, BOOTSTRAP).frame
    b = evaluate(panel.take(order), scored(panel)[order], METRICS, BOOTSTRAP).frame
    np.testing.assert_allclose(a[["value", "lo", "hi"]], b[["value", "lo", "hi"]], rtol=1e-12)


def test_scalars_carry_the_names_of_the_tracking_contract(panel: Panel) -> None:
    scalars = evaluate(panel, scored(panel), METRICS, BOOTSTRAP).scalars("forward")
    wanted = {
        "forward_auc", "forward_auc_lo", "forward_auc_hi", "forward_ws_auc", "forward_naive_auc",
        "forward_lift_at_10pct", "forward_rev_capture_at_10pct", "forward_brier", "forward_n",
        "forward_ws_naive_auc", "forward_owners_auc", "forward_ws_n_pos_accounts",
    }  # fmt: skip
    assert wanted <= set(scalars)
    assert all(np.isfinite(v) for v in scalars.values())


def test_case_10_one_class_is_a_named_outcome(panel: Panel) -> None:
    table = evaluate(panel.with_labels(np.zeros(len(panel))), scored(panel), METRICS, BOOTSTRAP)
    found = table.get("auc")
    assert found.value is None
    assert found.note == "undefined: needs at least one positive and one negative"
    assert "forward_auc" not in table.scalars("forward")
    assert table.get("brier").value is not None


def test_few_positive_accounts_have_values_but_no_interval(panel: Panel) -> None:
    y = np.zeros(len(panel))
    y[:12] = 1.0
    found = evaluate(panel.with_labels(y), scored(panel), METRICS, BOOTSTRAP).get("auc")
    assert found.value is not None
    assert not found.has_bounds
    assert found.note.startswith("insufficient: ")


def test_an_empty_population_is_said_not_measured(panel: Panel) -> None:
    rows = panel.rows.assign(is_owner=False)
    empty = Panel(panel.target, rows, panel.X, panel.specs, panel.provenance)
    table = evaluate(empty, scored(panel), METRICS, BOOTSTRAP)
    found = table.get("auc", "owners")
    assert (found.value, found.note) == (None, "no customers in this population")
    assert table.get("auc", "whitespace").value == table.get("auc").value


def test_unlabelled_rows_are_left_out(panel: Panel) -> None:
    y = panel.y.copy()
    y[::2] = np.nan
    half = evaluate(panel.with_labels(y), scored(panel), METRICS, BOOTSTRAP)
    assert half.frame["n"].iloc[0] == 250
    with pytest.raises(DegenerateError, match="none with a complete label window") as error:
        evaluate(panel.with_labels(np.full(len(panel), np.nan)), scored(panel), METRICS, BOOTSTRAP)
    assert error.value.reason_code == "unlabelled"


def test_a_score_per_row_is_needed(panel: Panel) -> None:
    with pytest.raises(InternalError, match="scores and rows differ"):
        evaluate(panel, scored(panel)[:-1], METRICS, BOOTSTRAP)


def test_a_metric_that_was_not_measured_is_refused(panel: Panel) -> None:
    table = evaluate(panel, scored(panel), METRICS, BOOTSTRAP)
    with pytest.raises(InternalError, match="not measured.*validation.metrics"):
        table.get("cal_mae")


def test_gap_is_cv_minus_forward_with_an_interval(panel: Panel) -> None:
    other = small_panel(n=500, cutoffs=("2023-12-31",), seed=3)
    cv = evaluate(other, scored(other), METRICS, BOOTSTRAP, "cv")
    forward = evaluate(panel, scored(panel), METRICS, BOOTSTRAP, "forward")
    gap = optimism_gap(cv, forward)
    assert gap.value == pytest.approx(cv.get("auc").value - forward.get("auc").value)
    assert gap.lo < gap.value < gap.hi
    widths = [t.get("auc").hi - t.get("auc").lo for t in (cv, forward)]
    assert gap.hi - gap.lo > max(widths)
    reverse = optimism_gap(forward, cv)
    assert reverse.value == pytest.approx(-gap.value)


def test_gap_needs_independent_draws_and_both_values(panel: Panel) -> None:
    table = evaluate(panel, scored(panel), METRICS, BOOTSTRAP)
    with pytest.raises(InternalError, match="not independent"):
        optimism_gap(table, table)
    silent = panel.with_labels(np.zeros(len(panel)))
    cv = evaluate(silent, scored(panel), METRICS, BOOTSTRAP, "cv")
    assert optimism_gap(cv, table).value is None
    y = np.zeros(len(panel))
    y[:12] = 1.0
    few = evaluate(panel.with_labels(y), scored(panel), METRICS, BOOTSTRAP, "cv")
    gap = optimism_gap(few, table)
    assert gap.value is not None
    assert not gap.has_bounds
    assert gap.note.startswith("insufficient")


def test_paired_difference_is_tighter_than_an_unpaired_one(panel: Panel) -> None:
    p = scored(panel)
    near = p + np.random.default_rng(1).normal(scale=0.01, size=len(p))
    found = paired_difference((panel, p), (panel, near), [Auc()], BOOTSTRAP, "pair")["auc"]
    alone = evaluate(panel, p, METRICS, BOOTSTRAP).get("auc")
    assert found.hi - found.lo < 0.5 * (alone.hi - alone.lo)
    same = paired_difference((panel, p), (panel, p), [Auc()], BOOTSTRAP, "pair")["auc"]
    assert (same.value, same.lo, same.hi) == (0.0, 0.0, 0.0)


def test_paired_difference_of_other_rows_of_the_same_accounts(panel: Panel) -> None:
    later = small_panel(n=500, cutoffs=("2024-09-30",))
    found = paired_difference(
        (panel, scored(panel)), (later, scored(later)), [Auc()], BOOTSTRAP, "p"
    )
    assert found["auc"].has_bounds


def test_paired_difference_nulls_and_refusals(panel: Panel) -> None:
    p = scored(panel)
    silent = panel.with_labels(np.zeros(len(panel)))
    assert paired_difference((panel, p), (silent, p), [Auc()], BOOTSTRAP, "x")["auc"].value is None
    fewer = panel.take(np.arange(100))
    with pytest.raises(InternalError, match="same accounts"):
        paired_difference((panel, p), (fewer, p[:100]), [Auc()], BOOTSTRAP, "x")
