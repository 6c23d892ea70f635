"""The label window grows only as far as training labels ask for, and never by what came later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.support.label_case import builder
from tests.support.rare_log import rare_log
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError, DegenerateError
from gosales.core.timeline import Cutoff, Horizon
from gosales.data.star import Star
from gosales.evaluation.training_cutoffs import TrainingCutoffs
from gosales.evaluation.window_choice import WindowChoice
from gosales.evaluation.window_search import WindowSearch
from gosales.labels.label_spec import LabelSpec
from gosales.labels.target import Target
from gosales.labels.widening import Widening
from gosales.pipelines.cutoff_choice import choose_cutoff

PURGE = 45
RARE = Target("Rare")


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> Star:
    return make_star(tmp_path_factory.mktemp("rare"), rare_log())


def chosen(star: Star, *, cutoff: str = "latest_labelled", **widening: Any) -> WindowChoice:
    label = LabelSpec(widening=Widening(**widening))
    search = WindowSearch(
        builder=builder(label=label),
        training=TrainingCutoffs(),
        purge_days=PURGE,
        cutoff_at=lambda horizon: choose_cutoff(cutoff, star, horizon),
    )
    return search.choose(star, RARE)


def counted(choice: WindowChoice) -> dict[int, int]:
    return {t.months: t.positive_accounts for t in choice.tried}


def recounted(choice: WindowChoice, lines: pd.DataFrame) -> dict[int, int]:
    """Accounts with a Rare line in any training window, by hand."""
    rare = lines[lines["division"] == "Rare"]
    found = {}
    for tried in choice.tried:
        windows = [Horizon(tried.months).window(c) for c in tried.training_cutoffs]
        inside = pd.Series(data=False, index=rare.index)
        for w in windows:
            inside |= rare["order_date"].between(
                pd.Timestamp(w.start), pd.Timestamp(w.end), inclusive="right"
            )
        found[tried.months] = rare.loc[inside, "customer_id"].nunique()
    return found


def test_enough_buyers_leave_the_window_as_declared(star: Star) -> None:
    choice = chosen(star, min_positive_accounts=10)
    assert (choice.outcome, choice.label.horizon_months, choice.sentence) == ("declared", 6, "")
    assert list(counted(choice)) == [6]
    assert str(choice.cutoff) == "2024-06-30"


def test_few_buyers_widen_it_step_by_step_and_the_panel_with_it(star: Star) -> None:
    choice = chosen(star, min_positive_accounts=20)
    assert counted(choice) == recounted(choice, rare_log())
    assert choice.outcome == "widened"
    assert (choice.label.horizon_months, choice.label.declared_months) == (9, 6)
    first, second = choice.tried
    assert first.positive_accounts < 20 <= second.positive_accounts
    assert (len(first.training_cutoffs), len(second.training_cutoffs)) == (4, 5)
    assert str(choice.cutoff) == "2024-03-31"  # the last day nine months of labels are known of
    for tried in choice.tried:
        horizon = Horizon(tried.months)
        ends = [horizon.window(c).end for c in tried.training_cutoffs]
        assert all((tried.cutoff.day - end).days >= PURGE for end in ends)
        assert horizon.usable_for(tried.training_cutoffs[0], tried.training_cutoffs[-1], PURGE)
    assert "widened from 6 to 9 months" in choice.sentence
    choice.require()


def test_what_comes_after_the_purge_cannot_change_the_choice(star: Star, tmp_path: Path) -> None:
    lines, cutoff = rare_log(), "2023-12-31"
    border = Cutoff.parse(cutoff).minus_days(PURGE)
    early = lines["order_date"] <= pd.Timestamp(border.day)
    silent = lines[early | (lines["division"] == "Base")]
    everyone = pd.DataFrame({"customer_id": sorted(lines["customer_id"].unique())})
    everyone = everyone.assign(
        order_date=pd.Timestamp(border.plus_days(1).day), division="Rare", sku="Rare",
        quantity=1, gross_profit=10.0,
    )  # fmt: skip
    want = chosen(star, cutoff=cutoff, min_positive_accounts=20)
    assert want.outcome == "widened"
    for name, changed in (("silent", silent), ("loud", pd.concat([lines, everyone]))):
        other = make_star(tmp_path / name, changed)
        got = chosen(other, cutoff=cutoff, min_positive_accounts=20)
        assert got == want
    # On the last day that counts, the very same purchase does change it.
    counts = everyone.assign(order_date=pd.Timestamp("2023-09-30"))
    heard = make_star(tmp_path / "heard", pd.concat([lines, counts]))
    assert chosen(heard, cutoff=cutoff, min_positive_accounts=20).outcome == "declared"


def test_where_no_window_brings_enough_the_declared_one_stays(star: Star) -> None:
    choice = chosen(star, min_positive_accounts=36)
    assert choice.outcome == "too_few_positives"
    assert (choice.label.horizon_months, str(choice.cutoff)) == (6, "2024-06-30")
    assert list(counted(choice)) == [6, 9, 12]
    assert "no window of up to 12 months brings them, so it stays at 6 months" in choice.sentence
    choice.require()


def test_or_the_division_ends_with_a_named_outcome_where_that_is_asked(star: Star) -> None:
    choice = chosen(star, min_positive_accounts=36, must_reach=True)
    with pytest.raises(DegenerateError, match="got positive accounts: 1. at 6 months, ") as error:
        choice.require()
    assert error.value.reason_code == "too_few_positives"


@pytest.mark.parametrize(
    ("first", "tried"),
    [
        ("2022-06-30", [6]),  # nine months leave two cutoffs, too near for a purged pair
        ("2023-03-31", [6]),  # nine months leave no cutoff with history
    ],
)
def test_a_log_too_short_for_the_next_window_is_named(tmp_path, first: str, tried: list) -> None:
    star = make_star(tmp_path / "s", rare_log(first))
    choice = chosen(star, min_positive_accounts=36, must_reach=True)
    assert (choice.outcome, list(counted(choice))) == ("log_too_short_to_widen", tried)
    assert "the log is too short for a wider window" in choice.sentence
    with pytest.raises(DegenerateError, match="too short for a label window wide enough") as error:
        choice.require()
    assert error.value.reason_code == "log_too_short_to_widen"


def test_a_log_too_short_for_the_declared_window_is_left_to_the_run(tmp_path) -> None:
    star = make_star(tmp_path / "s", rare_log("2023-12-31"))
    choice = chosen(star, must_reach=True)
    assert (choice.outcome, choice.tried, choice.sentence) == ("declared", (), "")
    choice.require()


def test_without_widening_nothing_is_counted(star: Star) -> None:
    search = WindowSearch(
        builder=builder(label=LabelSpec(widening=None)),
        training=TrainingCutoffs(),
        purge_days=PURGE,
        cutoff_at=lambda horizon: Cutoff.parse("2024-06-30"),
    )
    choice = search.choose(star, Target("no such division"))
    assert (choice.outcome, choice.tried) == ("declared", ())
    with pytest.raises(ConfigError, match="matches no line"):
        widening = replace(search, builder=builder())
        widening.choose(star, Target("no such division"))


def test_a_cutoff_outside_the_log_is_refused_before_anything_is_tried(star: Star) -> None:
    with pytest.raises(ConfigError, match="outside the log; got 2025-01-31"):
        chosen(star, cutoff="2025-01-31")
