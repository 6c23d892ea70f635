from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gosales.core.seeds import stable_buckets
from gosales.data.star import TRANSACTIONS
from gosales.gauntlet.checks.attribute_hindsight import AttributeHindsight
from gosales.gauntlet.finding import Outcome

TEXT, NUMBER = "profile__region__all__static", "profile__size__all__static"


def run(context, **limits):
    return AttributeHindsight(**limits).run(context)


def with_attribute(context, name, value):
    """The context with one static column replaced: customer to value."""
    panels = {}
    for side in ("training", "forward"):
        panel = getattr(context, side)
        column = panel.rows["customer_id"].map(value)
        panels[side] = panel.with_features(panel.X.assign(**{name: column}))
    return replace(context, **panels)


@pytest.fixture
def orders(star):
    lines = pd.read_parquet(star.table(TRANSACTIONS), columns=["customer_id", "order_date"])
    return lines.assign(order_date=pd.to_datetime(lines["order_date"])).groupby("customer_id")


def test_fires_on_a_status_as_of_the_extraction(audit, orders):
    last = orders["order_date"].max()
    status = pd.Series(np.where(last < "2024-09-01", "lost", "active"), index=last.index)
    finding = run(with_attribute(audit(), TEXT, status))
    assert finding.outcome is Outcome.FAIL
    assert (finding.detail[0]["column"], finding.detail[0]["what"]) == (TEXT, "activity")
    assert finding.detail[0]["at"] >= "2024-07-01"


def test_fires_on_a_lifetime_total(audit, orders):
    finding = run(with_attribute(audit(), NUMBER, orders.size().astype(float)))
    assert finding.outcome is Outcome.FAIL
    assert (finding.detail[0]["column"], finding.detail[0]["level"]) == (NUMBER, "rank")


@pytest.mark.parametrize("many", [False, True])
def test_fires_on_a_label_behind_noise_in_few_levels_or_in_many(audit, many):
    context = audit()
    there = context.training.at([context.training.cutoffs[1]])
    ids = list(there.rows["customer_id"])
    flipped = stable_buckets(ids, 10, 1) == 0
    told = np.where((there.y > 0) != flipped, "k", "m")
    if many:  # no level has accounts enough to be looked at alone
        told = [f"{t}{b}" for t, b in zip(told, stable_buckets(ids, 20, 2), strict=True)]
    finding = run(with_attribute(context, TEXT, dict(zip(ids, told, strict=True))))
    assert finding.outcome is Outcome.FAIL
    assert (finding.detail[0]["what"], finding.detail[0]["at"]) == ("target", "2023-06-30")
    assert (finding.detail[0]["level"] == "(all levels)") == many


def test_the_labels_of_windows_that_lie_apart_hold_together(audit):
    context = audit()
    apart = context.training.at([context.training.cutoffs[0], context.training.cutoffs[3]])
    bought = apart.rows.groupby("customer_id")["y"].sum() > 0
    told = dict(zip(bought.index, np.where(bought, "gold", "blue"), strict=True))
    leaky = with_attribute(context, TEXT, told)
    alone = {"max_once": 0.9, "max_target": 0.9}  # what one window shows is not enough
    finding = run(leaky, **alone)
    assert finding.outcome is Outcome.FAIL
    assert (finding.detail[0]["level"], finding.detail[0]["what"]) == ("gold", "target")
    # By a purge of two years no two of its windows lie apart.
    context.candidate.purge_days = 730
    assert run(leaky, **alone).outcome is Outcome.WARN


def test_fires_on_codes_whose_order_says_nothing(audit, orders):
    last = orders["order_date"].max()
    ids = list(last.index)
    odd = (last < "2024-04-01").to_numpy()
    codes = 2.0 * stable_buckets(ids, 4, 1) + odd
    finding = run(with_attribute(audit(), NUMBER, dict(zip(ids, codes, strict=True))))
    assert finding.outcome is Outcome.FAIL
    assert (finding.detail[0]["column"], finding.detail[0]["level"]) == (NUMBER, "(all levels)")
    honest = dict(zip(ids, 1.0 * stable_buckets(ids, 8, 2), strict=True))
    assert run(with_attribute(audit(), NUMBER, honest)).outcome is Outcome.PASS


def test_fires_on_a_band_of_a_number_that_no_quarter_shows(audit, orders):
    last = orders["order_date"].max()
    ids = list(last.index)
    late = (last >= "2024-09-01").to_numpy()
    within = stable_buckets(ids, 1000, 1) / 1000
    band = 2.0 * stable_buckets(ids, 4, 2) + late + within
    finding = run(with_attribute(audit(), NUMBER, dict(zip(ids, band, strict=True))))
    assert finding.outcome is Outcome.FAIL
    assert (finding.detail[0]["column"], finding.detail[0]["level"]) == (NUMBER, "(all levels)")


def test_an_honest_trait_that_a_new_product_line_brings_out_only_warns(audit):
    finding = run(audit(), warn=-1.0)
    assert finding.outcome is Outcome.WARN
    assert "explain" in finding.reason


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.PASS
    assert finding.values["excess"] < 0.5


def test_silent_on_the_year_of_the_first_order(audit, orders):
    first = orders["order_date"].min().dt.year.astype(str)
    assert run(with_attribute(audit(), TEXT, first)).outcome is Outcome.PASS


def test_not_applicable_without_static_columns(audit):
    assert run(audit("no_static")).outcome is Outcome.NOT_APPLICABLE


def test_inconclusive_when_no_event_has_accounts_enough(audit):
    assert run(audit(), min_accounts=10_000).outcome is Outcome.INCONCLUSIVE


def test_a_star_that_is_gone_is_an_error(audit, tmp_path):
    context = audit()
    # Another digest too: an engine keeps what it has read of a star.
    gone = replace(context.star.manifest, digest="gone")
    with pytest.raises(Exception, match="nowhere"):
        run(replace(context, star=replace(context.star, path=tmp_path / "nowhere", manifest=gone)))


def with_window_column(context, name, value):
    """The context with one windowed column replaced: (customer, cutoff) to value."""
    panels = {}
    for side in ("training", "forward"):
        panel = getattr(context, side)
        rows = zip(panel.rows["customer_id"], panel.rows["cutoff"], strict=True)
        X = panel.X.assign(**{name: [float(value(*row)) for row in rows]})
        panels[side] = panel.with_features(X)
    return replace(context, **panels)


WINDOWED = "toy__count__target__12m"


def test_fires_on_constants_that_are_looked_up_as_a_windowed_column(audit, orders):
    """A rebuild cannot change them: they hang on an account's past, and were made of its future."""
    total = orders.size()
    told = with_window_column(audit(), WINDOWED, lambda customer, _: total.get(customer, 0))
    finding = run(told)
    assert finding.outcome is Outcome.FAIL
    assert finding.detail[0]["column"] == WINDOWED
    assert finding.values["steady_columns"] == 1


def test_a_windowed_column_that_moves_is_not_held(audit, orders):
    total = orders.size()
    moving = with_window_column(
        audit(), WINDOWED, lambda customer, cutoff: total.get(customer, 0) + int(cutoff[5:7])
    )
    assert run(moving).values["steady_columns"] == 0


def test_an_honest_column_that_never_moves_is_silent(audit):
    drawn = with_window_column(audit(), WINDOWED, lambda customer, _: int(customer[1:]) % 7)
    finding = run(drawn)
    assert (finding.outcome, finding.values["steady_columns"]) == (Outcome.PASS, 1)
