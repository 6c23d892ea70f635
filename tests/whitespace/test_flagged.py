"""Flags: dropped once, counted once, skipped and said so where the column is absent."""

from __future__ import annotations

import pandas as pd
import pytest

from gosales.core.errors import DataError
from gosales.whitespace.capacity.top_percent import TopPercent
from gosales.whitespace.ranker import Ranker
from gosales.whitespace.rules.flagged import Flagged
from gosales.whitespace.rules.owned import Owned
from gosales.whitespace.weights import SignalWeights

ROWS = pd.DataFrame(
    {
        "customer_id": list("abcde"),
        "probability": [0.5, 0.4, 0.3, 0.2, 0.1],
        "ever_owned": [True, True, False, False, False],
        "is_owner": False,
        "do_not_contact": ["yes", None, "TRUE", "no", "0"],
    }
)
RULES = {"owned": Owned(), "do_not_contact": Flagged("do_not_contact")}


def test_an_account_is_dropped_and_counted_once() -> None:
    listed = Ranker(SignalWeights(), RULES, TopPercent(100)).rank(ROWS, "t")
    assert listed.dropped == {"owned": 2, "do_not_contact": 1}
    assert listed.rows["customer_id"].tolist() == ["d", "e"]
    assert listed.skipped == {}


def test_without_the_column_the_rule_is_skipped_and_said_so() -> None:
    rows = ROWS.drop(columns="do_not_contact")
    listed = Ranker(SignalWeights(), RULES, TopPercent(100)).rank(rows, "t")
    assert listed.dropped == {"owned": 2}
    assert list(listed.account()["skipped_rules"]) == ["do_not_contact"]
    assert listed.account()["absent_signals"] == ["affinity", "als", "expected_value"]


@pytest.mark.parametrize("flags", [[True, False, None], [1, 0, 0], [1.0, 0.0, None]])
def test_booleans_and_numbers_are_flags(flags: list[object]) -> None:
    assert Flagged("f").drops(pd.DataFrame({"f": flags})).tolist() == [True, False, False]


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(DataError, match="do_not_contact is not yes or no.*'maybe'"):
        Flagged("do_not_contact").drops(pd.DataFrame({"do_not_contact": ["maybe"]}))
