"""Which windowed columns hang on attributes, representatives or parents."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest
from tests.support.gap_toy import GAP, GapToy
from tests.support.toy_candidate import ToyCandidate, toy_context

from gosales.data.star import CUSTOMERS, Star
from gosales.gauntlet.undated_columns import undated_columns
from gosales.gauntlet.zoo.rewritten_star import rewritten_star, with_column


class Uncalled(ToyCandidate):
    def build(self, star, cutoffs, *, cached=True):
        raise AssertionError("nothing is to be built")


class ByRep(ToyCandidate):
    """Accounts whose representative is Ann are never on a roster, the others have no profit."""

    def build(self, star, cutoffs, *, cached=True):
        panel = super().build(star, cutoffs, cached=cached)
        rep = pd.read_parquet(star.table(CUSTOMERS)).set_index("customer_id")["rep"]
        own = panel.rows["customer_id"].map(rep)
        panel = panel.with_features(panel.X.assign(**{GAP: own.eq("Bob").astype("float64")}))
        return panel.take((own != "Ann").to_numpy().nonzero()[0])


def test_a_gap_to_an_attribute_hangs_on_it(star, tmp_path):
    assert undated_columns(toy_context(star, GapToy(), tmp_path)) == [GAP]


def test_columns_of_orders_hang_on_none(audit):
    assert undated_columns(audit()) == []


def test_a_representative_counts_and_rosters_may_differ(star, tmp_path):
    table = pq.read_table(star.table(CUSTOMERS))
    reps = pd.Series([("Ann", "Bob", "Cyd")[i % 3] for i in range(len(table))])
    tables = {CUSTOMERS: with_column(table, "rep", reps)}
    staffed = rewritten_star(star, tmp_path / "staffed", tables, "staffed")
    assert undated_columns(toy_context(staffed, ByRep(), tmp_path / "work")) == [GAP]


def test_nothing_is_built_where_the_log_has_no_undated_value(audit, tmp_path):
    context = audit()
    bare = Star(context.star.path, replace(context.star.manifest, attributes={}))
    assert undated_columns(replace(context, star=bare, candidate=Uncalled())) == []
    with pytest.raises(AssertionError, match="nothing is to be built"):
        undated_columns(replace(context, candidate=Uncalled()))
