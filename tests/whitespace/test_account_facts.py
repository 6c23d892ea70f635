"""Contacts, deals and assets as of the cutoff, and what the log cannot tell."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.support.tiny_star import make_star

from gosales.core.errors import InternalError
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import Attribute
from gosales.data.star_variant import poison, truncate
from gosales.whitespace.account_facts import FACT_LOOKBACKS, AccountFacts

CUT = Cutoff.parse("2024-06-30")
ACCOUNTS = list("abcd")
LINES = pd.DataFrame(
    {"customer_id": ACCOUNTS, "order_date": "2024-01-01", "sku": "FDM", "division": "Hardware",
     "quantity": 1}
)  # fmt: skip
MEMBER = pd.DataFrame({"target": ["printers"], "division_key": ["hardware"], "sku_key": ["fdm"]})
CONTACTS = pd.DataFrame(
    [("a", "2024-06-30", None), ("a", "2024-01-01", None), ("b", "2024-06-10", None),
     ("c", "2024-06-29", "2024-07-01"), ("d", "2024-07-01", None)],
    columns=["customer_id", "contact_date", "known_date"],
)  # fmt: skip
CONTACTS["known_date"] = CONTACTS["known_date"].fillna(CONTACTS["contact_date"])
DEALS = pd.DataFrame(
    [
        ("1", "a", "Training", "2024-06-20", None, "open"),
        ("2", "a", "HARDWARE", "2024-06-01", "2024-08-01", "won"),
        ("3", "b", "Hardware", "2024-06-01", "2024-06-30", "lost"),
        ("4", "c", "Training", "2024-07-01", None, "open"),
    ],
    columns=["deal_id", "customer_id", "division", "opened_date", "closed_date", "stage"],
)
ASSETS = pd.DataFrame(
    [
        ("1", "a", "FDM", "2022-01-01", "2023-06-30"),
        ("2", "a", "fdm ", "2022-01-01", "2024-06-29"),
        ("3", "b", "FDM", "2022-01-01", None),
        ("4", "c", "Creaform", "2022-01-01", None),
        ("5", "d", "FDM", "2022-01-01", "2024-07-01"),
        ("6", "d", "FDM", "2022-01-01", "2022-06-30"),
    ],
    columns=["asset_id", "customer_id", "sku", "purchase_date", "expiry_date"],
)
ALL = ["last_contact_days", "open_deal_days", "division_deal_days", "asset_expired_days"]


def facts(path, wanted, cutoff=CUT, **tables):
    star = make_star(path / "star", LINES, **tables)
    view = AsOfView(star, [cutoff], DuckDBEngine(), FACT_LOOKBACKS)
    return AccountFacts(view, MEMBER).frame(wanted)


def plain(frame):
    whole = frame.astype(object).where(frame.notna(), None).set_index("customer_id")
    return {name: whole[name].to_dict() for name in whole}


def test_days_are_counted_to_the_cutoff_from_what_was_known_then(tmp_path):
    found = facts(tmp_path, ALL, contacts=CONTACTS, deals=DEALS, assets=ASSETS)
    assert plain(found) == {
        "last_contact_days": {"a": 0, "b": 20, "c": None, "d": None},
        "open_deal_days": {"a": 10, "b": None, "c": None, "d": None},
        "division_deal_days": {"a": 29, "b": None, "c": None, "d": None},
        "asset_expired_days": {"a": 1, "b": -1, "c": None, "d": -1},
    }


def test_a_deal_that_is_won_later_was_open_then(tmp_path):
    later = facts(tmp_path, ALL[2:3], Cutoff.parse("2024-08-01"), deals=DEALS)
    assert plain(later) == {"division_deal_days": dict.fromkeys(ACCOUNTS)}


def test_no_later_fact_changes_what_was_so_at_the_cutoff(tmp_path):
    star = make_star(tmp_path / "star", LINES, contacts=CONTACTS, deals=DEALS, assets=ASSETS)
    stars = [star, truncate(star, CUT, tmp_path / "cut")]
    stars += [poison(star, CUT, tmp_path / str(seed), seed) for seed in range(3)]
    views = [AsOfView(s, [CUT], DuckDBEngine(), FACT_LOOKBACKS) for s in stars]
    found = [AccountFacts(view, MEMBER).frame(ALL) for view in views]
    for other in found[1:]:
        pd.testing.assert_frame_equal(found[0], other)


def test_what_the_log_cannot_tell_has_no_column(tmp_path):
    found = facts(tmp_path, [*ALL, "region", "do_not_contact"], contacts=CONTACTS)
    assert list(found) == ["customer_id", "last_contact_days"]


def test_a_flag_is_read_as_of_today_and_only_what_is_asked_for(tmp_path):
    customers = pd.DataFrame(
        {"customer_id": ACCOUNTS, "region": ["n", "s", "n", None], "size": [1.0, 2.0, 3.0, 4.0],
         "do_not_contact": ["yes", None, "no", None]}
    )  # fmt: skip
    declared = {
        "region": Attribute("static"),
        "size": Attribute("static", "number"),
        "do_not_contact": Attribute("snapshot"),
    }
    found = facts(tmp_path, ["region", "do_not_contact"], customers=customers, attributes=declared)
    assert plain(found) == {
        "region": {"a": "n", "b": "s", "c": "n", "d": None},
        "do_not_contact": {"a": "yes", "b": None, "c": "no", "d": None},
    }


def test_facts_are_of_one_day(tmp_path):
    star = make_star(tmp_path / "star", LINES)
    view = AsOfView(star, [CUT, CUT.plus_days(1)], DuckDBEngine(), FACT_LOOKBACKS)
    with pytest.raises(InternalError, match="as of one day; got 2024-06-30, 2024-07-01"):
        AccountFacts(view, MEMBER)
