from __future__ import annotations

import datetime

import duckdb
import pandas as pd
import pytest
from tests.support.frame_source import FrameSource

from gosales.core.progress import SilentProgress
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.attributes import attributes
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.ingest import ingest
from gosales.data.sku_map import SkuMap
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TABLES, TRANSACTIONS
from gosales.data.star_variant import poison, poison_after, truncate, truncate_after

CUT = Cutoff.parse("2024-06-30")
ATTRIBUTES = {
    "industry": {"kind": "static"},
    "size": {"kind": "static", "dtype": "number"},
    "status": {"kind": "snapshot"},
    "credit": {"kind": "snapshot", "dtype": "number"},
    "tier": {"kind": "snapshot", "waived": True},
}


@pytest.fixture
def star(tmp_path, lines):
    lines["known_date"] = lines["order_date"]
    late = pd.DataFrame([("c4", "2024-06-29", "Training", "Training", 7.0, "2024-07-02")],
                        columns=lines.columns)  # fmt: skip
    booked = pd.DataFrame([("c2", "2024-07-20", "SWX_Core", "Solidworks", 9.0, "2024-06-01")],
                          columns=lines.columns)  # fmt: skip
    customers = pd.DataFrame(
        {
            "customer_id": ["c1", "c2", "c3", "p1"],
            "first_known_date": [None, None, None, "2024-01-01"],
            "industry": ["x", "y", "z", None], "size": [1.0, 2.0, 3.0, None],
            "status": ["on", "off", "on", None], "credit": [1.0, 2.0, None, 4.0],
            "tier": ["a", "b", "c", "d"],
        }
    )  # fmt: skip
    assets = pd.DataFrame(
        {
            "asset_id": ["a1", "a2", "a3"],
            "customer_id": ["c1", "c1", "c2"],
            "sku": ["FDM", "SLA", "FDM"],
            "purchase_date": ["2024-01-01", "2024-08-01", "2024-06-01"],
            "known_date": ["2024-01-01", "2024-08-01", "2024-07-15"],
        }
    )
    contacts = pd.DataFrame(
        [("c1", "2024-06-01", "2024-06-01"), ("c1", "2024-06-29", "2024-07-02"),
         ("c2", "2024-07-09", "2024-07-09"), ("c2", "2024-07-09", "2024-06-03")],
        columns=["customer_id", "contact_date", "known_date"],
    ).assign(channel="call", rep="Ann")  # fmt: skip
    deals = pd.DataFrame(
        [
            ("won", "c1", "2024-05-01", "2024-05-01", "2024-06-30", "won", 10.0),
            ("wins later", "c2", "2024-05-01", "2024-05-01", "2024-08-01", "won", 20.0),
            ("open", "c2", "2024-06-01", "2024-06-01", None, "open", None),
            ("told late", "c1", "2024-06-01", "2024-07-01", "2024-06-20", "lost", 40.0),
            ("new", "c3", "2024-07-03", "2024-07-03", None, "open", 50.0),
        ],
        columns=[
            "deal_id", "customer_id", "opened_date", "known_date", "closed_date", "stage", "amount",
        ],
    ).assign(division="Training")  # fmt: skip
    everything = pd.concat([lines, late, booked], ignore_index=True)
    frames = {"transactions": everything, "customers": customers, "assets": assets,
              "contacts": contacts, "deals": deals}  # fmt: skip
    source = FrameSource(frames, attributes=attributes(ATTRIBUTES))
    return ingest(source, SkuMap(), tmp_path / "stars", SilentProgress()).star


def rows(star, name, where="TRUE", columns="*"):
    query = f"SELECT {columns} FROM '{star.table(name)}' WHERE {where} ORDER BY ALL"
    return duckdb.sql(query).fetchall()


def schema(star, name):
    return duckdb.sql(f"DESCRIBE SELECT * FROM '{star.table(name)}'").fetchall()


def view_of(star):
    engine = DuckDBEngine()
    view = AsOfView(star, [CUT], engine)
    tables = (
        view.transactions(), view.customers(), view.assets(), view.contacts(), view.deals(),
    )  # fmt: skip
    return [sorted(map(repr, engine.run(t).to_numpy().tolist())) for t in tables]


KNOWN = "order_date <= '2024-06-30' AND known_date <= '2024-06-30'"
OWNED = "purchase_date <= '2024-06-30' AND known_date <= '2024-06-30'"
CALLED = "contact_date <= '2024-06-30' AND known_date <= '2024-06-30'"
TOLD = "opened_date <= '2024-06-30' AND known_date <= '2024-06-30'"
ENDED = f"{TOLD} AND closed_date <= '2024-06-30'"


def test_truncate_keeps_what_was_known_and_nothing_else(star, tmp_path):
    cut = truncate(star, CUT, tmp_path / "cut")
    assert rows(cut, TRANSACTIONS) == rows(star, TRANSACTIONS, KNOWN)
    assert len(rows(cut, TRANSACTIONS)) == 2
    assert [r[0] for r in rows(cut, ASSETS)] == ["a1"]
    assert [r[0] for r in rows(cut, CUSTOMERS)] == ["c1", "c2", "p1"]
    assert rows(cut, CUSTOMERS) == rows(star, CUSTOMERS, "first_known_date <= '2024-06-30'")
    assert cut.last_date == CUT.day
    assert cut.manifest.rows == {
        TRANSACTIONS: 2, CUSTOMERS: 3, ASSETS: 1, CONTACTS: 1, DEALS: 3,
    }  # fmt: skip
    assert rows(cut, CONTACTS) == rows(star, CONTACTS, CALLED)
    assert rows(cut, DEALS, columns="deal_id, closed_date, stage, amount") == [
        ("open", None, "open", None),
        ("wins later", None, "open", None),
        ("won", datetime.date(2024, 6, 30), "won", 10),
    ]
    assert star.last_date == datetime.date(2024, 8, 1)


@pytest.mark.parametrize("make", [poison, poison_after])
def test_no_view_can_tell_the_poisoned_star_from_the_true_one(star, tmp_path, make):
    false = make(star, CUT, tmp_path / "false", 7)
    truth = view_of(star)
    assert all(truth)
    assert view_of(false) == truth
    assert view_of(truncate(star, CUT, tmp_path / "cut")) == truth
    for name in TABLES:
        assert schema(false, name) == schema(star, name)


def test_poison_leaves_the_past_bit_identical_and_changes_every_later_row(star, tmp_path):
    false = poison(star, CUT, tmp_path / "false", 7)
    assert rows(false, TRANSACTIONS, KNOWN) == rows(star, TRANSACTIONS, KNOWN)
    assert rows(false, ASSETS, OWNED) == rows(star, ASSETS, OWNED)
    later = set(rows(star, TRANSACTIONS, f"NOT ({KNOWN})"))
    assert len(later) == 5
    assert not later & set(rows(false, TRANSACTIONS))
    assert not set(rows(star, ASSETS, f"NOT ({OWNED})")) & set(rows(false, ASSETS))
    assert rows(false, CONTACTS, CALLED) == rows(star, CONTACTS, CALLED)
    later = set(rows(star, CONTACTS, f"NOT ({CALLED})"))
    assert len(later) == 3
    assert not later & set(rows(false, CONTACTS))
    keep = "customer_id, first_known_date, parent_account_id, rep, industry, size, tier"
    known = "first_known_date <= '2024-06-30'"
    assert rows(false, CUSTOMERS, known, keep) == rows(star, CUSTOMERS, known, keep)
    hidden = "status, credit"
    was, now = rows(star, CUSTOMERS, known, hidden), rows(false, CUSTOMERS, known, hidden)
    assert not set(was) & set(now)
    c3 = "customer_id = 'c3'"
    assert rows(false, CUSTOMERS, c3, "industry, size") != rows(
        star, CUSTOMERS, c3, "industry, size"
    )


def test_poison_makes_up_another_end_for_every_open_deal(star, tmp_path):
    falsified = [poison(star, CUT, tmp_path / str(seed), seed) for seed in range(8)]
    begun = "deal_id, customer_id, division_key, opened_date, known_date"
    whole = f"{begun}, closed_date, stage, amount"
    ends = {}
    for false in falsified:
        assert rows(false, DEALS, ENDED, whole) == rows(star, DEALS, ENDED, whole)
        assert rows(false, DEALS, f"{TOLD} AND deal_id NOT LIKE 'poison%'", begun) == rows(
            star, DEALS, TOLD, begun
        )
        for deal, *end in rows(false, DEALS, TOLD, "deal_id, closed_date, stage, amount"):
            ends.setdefault(deal, set()).add(tuple(end))
        assert not {"told late", "new"} & {r[0] for r in rows(false, DEALS)}
        assert len(rows(false, DEALS, f"NOT ({TOLD})")) > 200
    made_up = ends["wins later"] | ends["open"]
    assert {stage for _, stage, _ in made_up} == {"open", "won", "lost"}
    for deal in ("wins later", "open"):
        assert all((day is None) == (stage == "open") for day, stage, _ in ends[deal])
        assert all(day is None or day > CUT.day for day, _, _ in ends[deal])
        assert all(abs(amount) >= 20_000 for _, _, amount in ends[deal])
    truth = (datetime.date(2024, 8, 1), "won", 20)
    assert truth not in ends["wins later"]


def test_poison_invents_facts_on_every_day_and_on_both_sides(star, tmp_path):
    false = poison(star, CUT, tmp_path / "false", 7)
    days = {r[0] for r in rows(false, TRANSACTIONS, columns="DISTINCT order_date")}
    assert {CUT.plus_days(n).day for n in range(1, 201)} <= days
    late = "order_date <= '2024-06-30' AND known_date > '2024-06-30'"
    assert len(rows(false, TRANSACTIONS, late)) == 30 + len(rows(star, TRANSACTIONS, late))
    assert rows(false, TRANSACTIONS, "order_date > '2024-06-30' AND known_date <= '2024-06-30'")
    known = {r[0] for r in rows(star, CUSTOMERS)}
    new = {r[0] for r in rows(false, CUSTOMERS)} - known
    assert new == {f"poison-7-{n}" for n in range(1, 201)}
    assert not rows(
        false, CUSTOMERS, "customer_id LIKE 'poison%' AND first_known_date <= '2024-06-30'"
    )
    buyers = {r[0] for r in rows(false, TRANSACTIONS, "order_date > '2024-06-30'", "customer_id")}
    assert buyers & known and buyers & new
    goods = "DISTINCT sku_key, division_key"
    assert rows(false, TRANSACTIONS, columns=goods) == rows(star, TRANSACTIONS, columns=goods)
    signs = rows(
        false, TRANSACTIONS, "invoice_id LIKE 'poison%'", "DISTINCT is_purchase, quantity > 0"
    )
    assert signs == [(False, False), (True, True)]


def test_poison_after_leaves_what_happened_by_then_even_if_learned_of_later(star, tmp_path):
    happened = "order_date <= '2024-06-30'"
    true = rows(star, TRANSACTIONS, happened)
    assert len(true) == 3
    assert rows(poison_after(star, CUT, tmp_path / "a", 7), TRANSACTIONS, happened) == true
    assert rows(poison(star, CUT, tmp_path / "b", 7), TRANSACTIONS, happened) != true


def test_truncate_after_keeps_what_happened_by_then_even_if_learned_of_later(star, tmp_path):
    cut = truncate_after(star, CUT, tmp_path / "after")
    assert rows(cut, TRANSACTIONS) == rows(star, TRANSACTIONS, "order_date <= '2024-06-30'")
    assert len(rows(cut, TRANSACTIONS)) == 3
    assert cut.last_date == CUT.day
    assert view_of(cut) == view_of(star)


def test_a_variant_depends_on_its_seed_alone_and_its_digest_says_so(star, tmp_path):
    a, b = (poison(star, CUT, tmp_path / str(i), 7) for i in range(2))
    c = poison(star, CUT, tmp_path / "c", 8)
    for name in TABLES:
        assert rows(a, name) == rows(b, name)
        assert rows(a, name) != rows(c, name)
    others = [c, star, truncate(star, CUT, tmp_path / "d")]
    others.append(poison_after(star, CUT, tmp_path / "e", 7))
    others.append(poison(star, CUT.plus_days(1), tmp_path / "f", 7))
    others.append(truncate_after(star, CUT, tmp_path / "g"))
    assert a.digest == b.digest
    assert len({a.digest, *(v.digest for v in others)}) == 7


def test_an_earlier_variant_in_the_same_place_is_replaced(star, tmp_path):
    poison(star, CUT, tmp_path / "v", 7)
    again = truncate(star, CUT, tmp_path / "v")
    assert len(rows(again, TRANSACTIONS)) == 2
    files = {"star.json", *(f"{name}.parquet" for name in TABLES)}
    assert {p.name for p in again.path.iterdir()} == files


def test_extreme_amounts_and_a_log_of_one_line_can_be_poisoned(ingest_frames, lines, tmp_path):
    line = lines.head(1).assign(gross_profit=9.9e13, order_date="2024-07-01")
    star = ingest_frames(line).star
    false = poison(star, CUT, tmp_path / "false", 7)
    gp = rows(false, TRANSACTIONS, "order_date = '2024-07-01'", "gross_profit")
    assert all(abs(value) != 9.9e13 or value < 0 for (value,) in gp)
