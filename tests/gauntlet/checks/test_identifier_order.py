from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.support.toy_star import toy_star

from gosales.gauntlet.checks.identifier_order import IdentifierOrder, _natural_ranks
from gosales.gauntlet.finding import Outcome


def run(context, **limits):
    return IdentifierOrder(**limits).run(context)


def test_fires_on_ids_handed_out_by_outcome(audit, tmp_path):
    finding = run(audit(on=toy_star(tmp_path / "star", ids_by_outcome=True)))
    assert finding.outcome is Outcome.FAIL
    assert finding.values["z"] > 4


def test_fires_in_either_direction(audit):
    context = audit()
    rate = context.training.rows.groupby("customer_id")["y"].mean()
    ids = pd.read_parquet(context.star.table("dim_customer"))["customer_id"]
    first = 999 - (ids.map(rate).fillna(0.0) * 100).astype(int)
    names = dict(zip(ids, "K-" + first.astype(str) + ids, strict=True))
    finding = run(with_log(renamed(context, names), names))
    assert finding.outcome is Outcome.FAIL
    assert finding.values["order_z"] < -4


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.PASS
    assert abs(finding.values["z"]) < 4


def test_the_order_has_a_limit_of_its_own(audit, tmp_path):
    context = audit(on=toy_star(tmp_path / "star", ids_by_outcome=True))
    finding = run(context, max_order_z=20.0, min_part=1.0)
    assert finding.outcome is Outcome.WARN
    assert "history explains it" in finding.reason
    assert run(context, min_order=0.9, min_part=1.0).outcome is Outcome.WARN


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


def with_log(context, ids):
    """The log under other ids too."""

    class Engine:
        def table(self, path, owner, domains):
            return context.engine.table(path, owner, domains)

        def literal(self, frame, schema):
            return context.engine.literal(frame, schema)

        def run(self, expression):
            frame = context.engine.run(expression)
            return frame.assign(customer_id=frame["customer_id"].map(ids))

    return replace(context, engine=Engine())


def renamed(context, ids):
    """The panels under other ids."""
    panels = {}
    for side in ("training", "forward"):
        panel = getattr(context, side)
        rows = panel.rows.assign(customer_id=panel.rows["customer_id"].map(ids))
        panels[side] = replace(panel, rows=rows)
    return replace(context, **panels)


def test_fires_on_a_suffix_that_tells_the_outcome(audit):
    context = audit()
    bought = context.training.rows.groupby("customer_id")["y"].max()
    suffix = {c: f"{c}-{'A' if y > 0 else 'B'}" for c, y in bought.items()}
    finding = run(with_log(renamed(context, suffix), suffix))
    assert finding.outcome is Outcome.FAIL
    assert "character" in finding.detail[0]["part"] or finding.detail[0]["part"] == "trailing_text"


def test_ids_in_order_of_signing_up_are_honest(audit):
    context = audit()
    # The newer the account, the likelier it buys: honest, and the id follows it.
    known = pd.read_parquet(context.star.table("dim_customer"))
    known = known.sort_values("first_known_date", kind="stable")["customer_id"]
    place = {c: f"K{i:05d}" for i, c in enumerate(known)}
    ages = context.training.rows["customer_id"].map({c: i for i, c in enumerate(known)})
    draw = np.random.default_rng(1).random(len(ages))
    y = (draw < 0.05 + 0.5 * ages / ages.max()).astype(float).to_numpy()
    aged = replace(context, training=context.training.with_labels(y))
    finding = run(with_log(renamed(aged, place), place))
    assert finding.values["z"] > 4
    assert finding.outcome is Outcome.WARN
    assert "explain" in finding.reason
