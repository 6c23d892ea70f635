"""Contacts and deals from a log into the star, and what the contract asks of them."""

from __future__ import annotations

import datetime
from decimal import Decimal

import duckdb
import pandas as pd
import pytest
from tests.support.frame_source import FrameSource

from gosales.core.errors import ConfigError, DataError
from gosales.core.progress import SilentProgress
from gosales.data.ingest import ingest
from gosales.data.sku_map import SkuMap
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS

CONTACT_ROWS = pd.DataFrame(
    [("c1", "2024-06-01", "2024-06-04", "call", "Ann"), ("p1", "2024-05-01", None, None, None)],
    columns=["customer_id", "contact_date", "known_date", "channel", "rep"],
)
DEAL_ROWS = pd.DataFrame(
    [
        ("d1", "c1", " SOLIDWORKS", "2024-05-01", "2024-06-03", "Won", 1234.5),
        ("d2", "p2", None, "2024-06-02", None, "OPEN", None),
    ],
    columns=[
        "deal_id", "customer_id", "division", "opened_date", "closed_date", "stage", "amount",
    ],
)  # fmt: skip


@pytest.fixture
def made(tmp_path, lines):
    def run(columns=None, **frames):
        source = FrameSource({"transactions": lines, **frames}, columns or {})
        return ingest(source, SkuMap(), tmp_path / "stars", SilentProgress())

    return run


def rows(result, name, columns="*"):
    query = f"SELECT {columns} FROM '{result.star.table(name)}' ORDER BY ALL"
    return duckdb.sql(query).fetchall()


def types(result, name):
    return [r[:2] for r in duckdb.sql(f"DESCRIBE FROM '{result.star.table(name)}'").fetchall()]


def test_they_come_into_the_star_typed_keyed_and_counted(made):
    result = made(contacts=CONTACT_ROWS, deals=DEAL_ROWS)
    day = datetime.date
    assert rows(result, CONTACTS) == [
        ("c1", day(2024, 6, 1), day(2024, 6, 4), "call", "Ann"),
        ("p1", day(2024, 5, 1), day(2024, 5, 1), None, None),
    ]
    assert rows(result, DEALS) == [
        ("d1", "c1", "SOLIDWORKS", "solidworks", day(2024, 5, 1), day(2024, 5, 1),
         day(2024, 6, 3), "won", Decimal("1234.5000")),
        ("d2", "p2", None, None, day(2024, 6, 2), day(2024, 6, 2), None, "open", None),
    ]  # fmt: skip
    assert result.star.manifest.rows[CONTACTS] == result.star.manifest.rows[DEALS] == 2
    assert result.facts["others"] == {CONTACTS: 2, DEALS: 2}


def test_a_log_without_them_has_empty_tables_of_the_same_types(made):
    without, given = made(), made(contacts=CONTACT_ROWS, deals=DEAL_ROWS)
    for name in (CONTACTS, DEALS):
        assert rows(without, name) == []
        assert types(without, name) == types(given, name)
    assert without.facts["others"] == {}
    assert set(without.star.manifest.table_digests) == set(given.star.manifest.table_digests)


def test_a_contact_or_a_deal_makes_an_account_known(made):
    result = made(contacts=CONTACT_ROWS, deals=DEAL_ROWS)
    known = dict(rows(result, CUSTOMERS, "customer_id, first_known_date"))
    # c1 is contacted before it buys, but that was entered late; its deal was not.
    assert known["c1"] == datetime.date(2024, 5, 1)
    assert known["p1"] == datetime.date(2024, 5, 1)
    assert known["p2"] == datetime.date(2024, 6, 2)


def test_own_column_names_are_mapped_by_table(made):
    result = made(
        {"contacts.contact_date": "When", "deals.opened_date": "Created"},
        contacts=CONTACT_ROWS.rename(columns={"contact_date": "When"}),
        deals=DEAL_ROWS.rename(columns={"opened_date": "Created"}),
    )
    assert len(rows(result, CONTACTS)) == len(rows(result, DEALS)) == 2
    with pytest.raises(ConfigError, match=r"deals does not have.*closing=x.*closed_date"):
        made({"deals.closing": "x"}, deals=DEAL_ROWS)


def test_an_assets_sku_is_keyed_as_a_lines_is(made):
    assets = pd.DataFrame(
        {"asset_id": ["1"], "customer_id": ["c1"], "sku": [" swx_CORE"],
         "purchase_date": ["2024-01-01"]}
    )  # fmt: skip
    assert rows(made(assets=assets), ASSETS, "sku, sku_key") == [("swx_CORE", "swx_core")]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"deal_id": ["d1", "d1"]}, r"deals\.deal_id: 2 rows are not unique"),
        ({"stage": ["Closed", "open"]}, r"deals\.stage: 1 row is not one of open, won, lost"),
        ({"stage": ["open", "open"]}, r"closed_date: 1 row is not empty while the stage is open"),
        ({"stage": ["won", "lost"]}, r"closed_date: 1 row is not given where the stage is won or"),
        ({"closed_date": ["2024-04-30", None]}, r"closed_date: 1 row is not on or after opened_"),
        ({"opened_date": [None, "2024-01-01"]}, r"deals\.opened_date: 1 row is not given"),
        ({"amount": ["ten", None]}, r"deals\.amount: 1 row is not an amount"),
    ],
)
def test_a_deal_that_contradicts_itself_is_refused(made, change, match):
    with pytest.raises(DataError, match=match):
        made(deals=DEAL_ROWS.assign(**change))


def test_a_won_deal_without_any_closing_day_is_refused(made):
    with pytest.raises(DataError, match=r"deals\.stage: 1 row is not open \(no closed_date"):
        made(deals=DEAL_ROWS.drop(columns="closed_date"))


def test_a_contact_needs_an_account_and_a_day(made):
    with pytest.raises(DataError, match=r"contacts\.contact_date: 1 row is not given"):
        made(contacts=CONTACT_ROWS.assign(contact_date=["2024-01-01", None]))
    with pytest.raises(DataError, match=r"contacts\.customer_id: not present"):
        made(contacts=CONTACT_ROWS.drop(columns="customer_id"))
