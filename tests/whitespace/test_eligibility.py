"""Eligibility: each rule, their disjoint counts, and what is skipped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hydra import compose, initialize_config_dir
from hypothesis import given, settings
from hypothesis import strategies as st

from gosales.core.errors import ConfigError
from gosales.pipelines.assembly import make
from gosales.pipelines.conf_files import conf_root
from gosales.whitespace.capacity.top_percent import TopPercent
from gosales.whitespace.eligibility import EligibilityRule, apply_rules
from gosales.whitespace.ranker import Ranker
from gosales.whitespace.rules.active_asset import ActiveAsset
from gosales.whitespace.rules.contacted import Contacted
from gosales.whitespace.rules.flagged import Flagged
from gosales.whitespace.rules.open_deal import OpenDeal
from gosales.whitespace.rules.owned import Owned
from gosales.whitespace.rules.region_mismatch import RegionMismatch
from gosales.whitespace.weights import SignalWeights

RULES: dict[str, EligibilityRule] = {
    "owned": Owned(),
    "do_not_contact": Flagged("do_not_contact"),
    "open_deal": OpenDeal(),
    "contacted": Contacted(),
    "region_mismatch": RegionMismatch(["West", "North"]),
    "active_asset": ActiveAsset(),
}


def rows(n: int = 7) -> pd.DataFrame:
    """An account for each rule, one that all of them drop, and one that none does."""
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "probability": 0.5,
            "ever_owned": False,
            "is_owner": False,
            "do_not_contact": None,
            "open_deal_days": pd.array([None] * n, dtype="Int64"),
            "last_contact_days": pd.array([None] * n, dtype="Int64"),
            "region": "west",
            "asset_expired_days": pd.array([None] * n, dtype="Int64"),
        }
    )
    for i, (name, value) in enumerate(HITS.items()):
        frame.loc[[i, n - 2], name] = value
    return frame


HITS = {
    "do_not_contact": "yes",
    "open_deal_days": 3,
    "last_contact_days": 20,
    "region": "East",
    "asset_expired_days": -1,
}


def test_each_rule_drops_its_own_and_counts_are_disjoint() -> None:
    left, dropped = apply_rules(rows(), RULES)
    assert left["customer_id"].tolist() == ["c6"]
    assert dropped == {
        "owned": 0, "do_not_contact": 2, "open_deal": 1, "contacted": 1, "region_mismatch": 1,
        "active_asset": 1,
    }  # fmt: skip


def test_the_order_of_rules_moves_counts_and_not_the_list() -> None:
    turned = dict(reversed(RULES.items()))
    left, dropped = apply_rules(rows(), turned)
    assert left["customer_id"].tolist() == ["c6"]
    assert dropped["active_asset"] == 2
    assert sum(dropped.values()) == 6


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_counts_sum_to_the_rows_dropped_whatever_the_facts(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 12))
    days = st.one_of(st.none(), st.integers(-1, 800))

    def column(values: st.SearchStrategy[object]) -> list[object]:
        return data.draw(st.lists(values, min_size=n, max_size=n))

    frame = rows(n + 7).tail(n).reset_index(drop=True)
    for name in ("open_deal_days", "last_contact_days", "asset_expired_days"):
        frame[name] = pd.array(column(days), dtype="Int64")
    frame["ever_owned"] = np.array(column(st.booleans()), dtype=bool)
    frame["region"] = column(st.sampled_from(["West", "east", None]))
    frame["do_not_contact"] = column(st.sampled_from(["yes", "no", None]))
    chosen = data.draw(st.permutations(list(RULES)))
    left, dropped = apply_rules(frame, {k: RULES[k] for k in chosen})
    assert len(frame) - len(left) == sum(dropped.values())
    assert list(dropped) == chosen


def test_what_the_log_cannot_tell_is_skipped_and_said_so() -> None:
    known = ["customer_id", "probability", "ever_owned", "is_owner"]
    rules = {**RULES, "region_mismatch": RegionMismatch(None)}
    listed = Ranker(SignalWeights(), rules, TopPercent(100)).rank(rows()[known], "t")
    assert listed.dropped == {"owned": 0}
    assert listed.account()["skipped_rules"] == {
        "do_not_contact": "the accounts have no do_not_contact",
        "open_deal": "the log has no deals",
        "contacted": "the log has no contacts",
        "region_mismatch": "every region is served",
        "active_asset": "the log has no assets",
    }


def test_an_open_deal_may_be_the_divisions_own() -> None:
    frame = pd.DataFrame({"open_deal_days": [5, 5], "division_deal_days": [5, None]})
    assert OpenDeal("division").drops(frame).tolist() == [True, False]
    assert OpenDeal("any", stale_after_days=5).drops(frame).tolist() == [False, False]


@pytest.mark.parametrize(
    ("make_rule", "match"),
    [
        (lambda: Contacted(0), "within_days=0; allowed: 1 or more"),
        (lambda: OpenDeal("mine"), "scope=mine.*any or division"),
        (lambda: OpenDeal(stale_after_days=0), "stale_after_days=0"),
        (lambda: RegionMismatch([]), "served=\\[\\].*a list of one region"),
        (lambda: RegionMismatch("West"), "served='West'"),
        (lambda: ActiveAsset(-1), "back_after_days=-1; allowed: 0 or more"),
    ],
)
def test_a_malformed_rule_is_refused(make_rule: object, match: str) -> None:
    assert callable(make_rule)
    with pytest.raises(ConfigError, match=match):
        make_rule()


def shipped(*overrides: str) -> Mapping[str, EligibilityRule]:
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        cfg = compose("rank", overrides=list(overrides))
    ranker: Ranker = make(cfg.whitespace.ranker)
    return ranker.rules


def test_the_shipped_list_has_every_rule_of_domain_5_and_every_rule_a_file() -> None:
    rules = shipped()
    assert list(rules) == list(RULES)
    files = {f.stem for f in Path(conf_root(), "whitespace", "rule").glob("*.yaml")}
    assert files == set(rules)
    _, dropped = apply_rules(rows(), {**rules, "region_mismatch": RULES["region_mismatch"]})
    assert sum(dropped.values()) == 6


def test_a_rule_can_be_set_and_switched_off_from_the_command_line() -> None:
    rules = shipped(
        "whitespace.ranker.rules.contacted=null",
        "whitespace.ranker.rules.region_mismatch.served=[West]",
    )
    assert "contacted" not in rules
    assert rules["region_mismatch"].drops(rows()).sum() == 2
