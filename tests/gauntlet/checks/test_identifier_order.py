from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.support.toy_star import toy_star

from gosales.gauntlet.checks.identifier_order import IdentifierOrder, _natural_ranks
from gosales.gauntlet.finding import Outcome


def run(context, **limits):
    return IdentifierOrder(**limits).run(context)


def test_fires_on_ids_handed_out_by_outcome(audit, tmp_path):
    finding = run(audit(on=toy_star(tmp_path / "star", ids_by_rate=True)))
    assert finding.outcome is Outcome.FAIL
    assert finding.values["z"] > 4


def test_fires_in_either_direction(audit):
    context = audit()
    rows = context.training.rows
    rate = rows.groupby("customer_id")["y"].transform("mean")
    ids = "K-" + (999 - (rate * 100).astype(int)).astype(str) + rows["customer_id"]
    finding = run(
        replace(context, training=replace(context.training, rows=rows.assign(customer_id=ids)))
    )
    assert finding.outcome is Outcome.FAIL
    assert finding.values["z"] < -4


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.PASS
    assert abs(finding.values["z"]) < 4


def test_ids_are_put_in_natural_order():
    assert _natural_ranks(["c10", "c9", "b2", "7", "c9x"]).tolist() == [4, 2, 1, 0, 3]


def test_inconclusive_with_few_customers_or_one_class(audit):
    context = audit()
    few = context.training.take(np.arange(20))
    assert run(replace(context, training=few)).outcome is Outcome.INCONCLUSIVE
    ones = context.training.with_labels(np.ones(len(context.training)))
    assert run(replace(context, training=ones)).outcome is Outcome.INCONCLUSIVE


def test_a_panel_without_customers_is_an_error(audit):
    context = audit()
    rows = context.training.rows.drop(columns="customer_id")
    with pytest.raises(KeyError, match="customer_id"):
        run(replace(context, training=replace(context.training, rows=rows)))
