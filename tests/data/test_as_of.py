from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ibis.common.exceptions import IbisTypeError
from tests.support.tiny_star import make_star

from gosales.core.errors import InternalError
from gosales.core.timeline import Cutoff, Lookback
from gosales.data.as_of import AsOfView
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import ASSETS, CONTACTS, DEALS, TRANSACTIONS
from gosales.data.window_read import WindowRead

TINY = pd.DataFrame(
    {"customer_id": ["c1"], "order_date": ["2024-01-01"], "sku": ["A"], "quantity": [1]}
)
# Ends of long and short months, the day before them, and days that shorter months lack.
MONTH_EDGES = [
    date(2024, 2, 29), date(2024, 2, 28), date(2023, 2, 28), date(2024, 1, 31), date(2024, 1, 30),
    date(2023, 12, 29), date(2024, 4, 30), date(2024, 3, 30),
]  # fmt: skip
A, B = Cutoff.parse("2024-06-30"), Cutoff.parse("2024-07-31")


@pytest.fixture(scope="module")
def engine():
    engine = DuckDBEngine()
    yield engine
    engine.close()


def counts(view, table):
    frame = view.engine.run(table.group_by("cutoff").aggregate(n=table.count()))
    return {str(pd.Timestamp(c).date()): int(n) for c, n in frame.to_numpy()}


def test_each_cutoff_sees_what_happened_and_was_known_by_then(ingest_frames, lines, engine):
    lines["known_date"] = ["2024-06-01", "2024-08-01", "2024-07-01", "2024-06-05", "2024-08-02"]
    view = AsOfView(ingest_frames(lines).star, [B, A], engine)
    # c2's Training was known a day late; c2's return was booked before it happened.
    assert counts(view, view.transactions()) == {"2024-06-30": 1, "2024-07-31": 3}
    assert counts(view, view.purchases()) == {"2024-06-30": 1, "2024-07-31": 2}


def test_stepwise_a_query_composed_once_shows_one_cutoff_at_a_time(ingest_frames, lines, engine):
    window = Lookback(months=1)
    view = AsOfView(ingest_frames(lines).star, [B, A], engine, [window])
    at_once = view.transactions()
    whole = counts(view, at_once)
    with view.stepwise() as step:
        table = view.transactions()
        inside = table.filter(view.within(table, window))
        queries = [engine.compiled(t.group_by("cutoff").aggregate(n=t.count())) for t in
                   (table, inside)]  # fmt: skip
        assert counts(view, table) == whole
        shown = []
        for cutoff in (A, B, A):
            step(cutoff)
            shown.append([{str(d): n for d, n in zip(*engine.fetch(q).to_pydict().values(),
                                                      strict=True)} for q in queries])  # fmt: skip
    for day, found in zip(("2024-06-30", "2024-07-31", "2024-06-30"), shown, strict=True):
        assert found[0] == {day: whole[day]}
    assert shown[0] == shown[2] != shown[1]
    # Afterwards the view shows all cutoffs again, and the tables of the block are gone.
    assert counts(view, view.transactions()) == counts(view, at_once) == whole
    with pytest.raises(Exception, match="does not exist"):
        engine.run(table)


def test_customers_are_those_known_and_show_only_usable_attributes(ingest_frames, lines, engine):
    customers = pd.DataFrame(
        {"customer_id": ["c1", "c2", "c3", "p"],
         "first_known_date": [None, None, None, "2024-06-30"],
         "a": ["x"] * 4, "b": ["x"] * 4, "c": ["x"] * 4}
    )  # fmt: skip
    attributes = {"a": {"kind": "static"}, "b": {"kind": "snapshot"},
                  "c": {"kind": "snapshot", "waived": True}}  # fmt: skip
    star = ingest_frames(lines, customers, attributes=attributes).star
    table = AsOfView(star, [A], engine).customers()
    assert {"a", "c"} <= set(table.columns)
    assert "b" not in table.columns
    # DOMAIN §6.1: c3 buys only later; p is a prospect the table knew in time.
    assert sorted(engine.run(table)["customer_id"]) == ["c1", "c2", "p"]


def test_a_customer_the_table_knew_in_time_is_there_before_buying(ingest_frames, lines, engine):
    customers = pd.DataFrame({"customer_id": ["c3"], "first_known_date": ["2024-06-30"]})
    view = AsOfView(ingest_frames(lines, customers).star, [A], engine)
    assert sorted(engine.run(view.customers())["customer_id"]) == ["c1", "c2", "c3"]


def test_an_asset_bought_or_learned_of_later_does_not_exist(ingest_frames, lines, engine):
    assets = pd.DataFrame(
        {"asset_id": ["now", "later", "late"], "customer_id": ["c1"] * 3, "sku": ["FDM"] * 3,
         "purchase_date": ["2024-06-30", "2024-07-01", "2024-06-01"],
         "known_date": ["2024-06-30", "2024-07-01", "2024-07-01"]}
    )  # fmt: skip
    view = AsOfView(ingest_frames(lines, assets=assets).star, [A, B], engine)
    frame = engine.run(view.assets().select("asset_id", "cutoff"))
    first = frame[pd.to_datetime(frame["cutoff"]) == "2024-06-30"]
    assert first["asset_id"].tolist() == ["now"]
    assert len(frame) == 4


def test_a_contact_counts_from_the_day_it_was_known(tmp_path, engine):
    contacts = pd.DataFrame(
        {"customer_id": ["c1", "c2", "c3"],
         "contact_date": ["2024-06-30", "2024-06-20", "2024-07-01"],
         "known_date": ["2024-06-30", "2024-07-03", "2024-07-01"]}
    )  # fmt: skip
    star = make_star(tmp_path / "star", TINY, contacts=contacts)
    month = Lookback(days=21)
    view = AsOfView(star, [A, B], engine, [month])
    table = view.contacts()
    assert counts(view, table) == {"2024-06-30": 1, "2024-07-31": 3}
    # From 2024-07-10 on: none of them is recent a month later.
    assert counts(view, table.filter(view.within(table, month, "contact_date"))) == {
        "2024-06-30": 1
    }


def test_a_deal_shows_its_end_only_once_it_has_ended(tmp_path, engine):
    deals = pd.DataFrame(
        [
            ("won", "2024-05-01", "2024-05-01", "2024-06-30", "won", 10),
            ("later", "2024-05-01", "2024-05-01", "2024-07-01", "won", 20),
            ("never", "2024-05-01", "2024-05-01", None, "open", 30),
            ("told late", "2024-05-01", "2024-07-15", "2024-06-01", "lost", 40),
            ("untold", "2024-05-01", "2024-05-01", "2024-06-01", None, 50),
            ("new", "2024-07-10", "2024-07-10", None, "open", 60),
        ],
        columns=["deal_id", "opened_date", "known_date", "closed_date", "stage", "amount"],
    )
    star = make_star(tmp_path / "star", TINY, deals=deals.assign(customer_id="c1"))
    view = AsOfView(star, [A, B], engine)
    table = view.deals()
    days = {name: table[name].cast("string") for name in ("cutoff", "closed_date")}
    seen = engine.run(table.mutate(**days))[["cutoff", "deal_id", "closed_date", "stage", "amount"]]
    seen = seen.astype(object).where(seen.notna(), None).sort_values(["cutoff", "deal_id"])
    rows = seen.to_numpy().tolist()
    assert [tuple(r[1:]) for r in rows if r[0] == "2024-06-30"] == [
        ("later", None, "open", None),
        ("never", None, "open", None),
        ("untold", "2024-06-01", None, 50),
        ("won", "2024-06-30", "won", 10),
    ]
    assert [tuple(r[1:]) for r in rows if r[0] == "2024-07-31"] == [
        ("later", "2024-07-01", "won", 20),
        ("never", None, "open", None),
        ("new", None, "open", None),
        ("told late", "2024-06-01", "lost", 40),
        ("untold", "2024-06-01", None, 50),
        ("won", "2024-06-30", "won", 10),
    ]


def test_windows_are_half_open_and_a_lagged_window_shows_what_was_known_at_its_end(
    ingest_frames, lines, engine
):
    frame = lines.head(1).loc[[0] * 4].assign(
        order_date=["2024-03-31", "2024-04-01", "2024-05-31", "2024-05-30"],
        known_date=["2024-03-31", "2024-04-01", "2024-05-31", "2024-06-02"],
    )  # fmt: skip
    three, lagged = Lookback.parse("3m"), Lookback.parse("60d_lag30d")
    view = AsOfView(ingest_frames(frame).star, [A], engine, [three, lagged])
    lines_ = view.transactions()
    out = engine.run(
        lines_.select(
            "order_date", three=view.within(lines_, three), lagged=view.within(lines_, lagged),
            age=view.age_days(lines_, three),
        )
    ).sort_values("order_date")  # fmt: skip
    assert out["three"].tolist() == [False, True, True, True]
    # (2024-04-01, 2024-05-31]: the line of 05-30 became known only after the window's end.
    assert out["lagged"].tolist() == [False, False, False, True]
    assert out["age"].tolist() == [91, 90, 31, 30]
    assert view.served == {three, lagged}
    view.forget_served()
    assert view.served == frozenset()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    end=st.dates(date(2023, 1, 1), date(2024, 7, 18)) | st.sampled_from(MONTH_EDGES),
    lag_days=st.integers(0, 40),
    days=st.lists(st.integers(0, 800), min_size=1, max_size=40),
)
def test_months_back_counts_the_steps_of_adjacent_windows(
    ingest_frames, lines, engine, end, lag_days, days
):
    cutoff, whole = Cutoff(end), Lookback(months=24, lag_days=lag_days)
    ends = [cutoff.minus_days(lag_days).minus_months(m) for m in range(25)]
    # Random days, and every edge between two months with its neighbours.
    placed = [cutoff.minus_days(lag_days + d) for d in days]
    placed += [e.minus_days(d) for e in ends for d in (-1, 0, 1)]
    frame = lines.head(1).loc[[0] * len(placed)].assign(order_date=[str(d) for d in placed])
    view = AsOfView(ingest_frames(frame).star, [cutoff], engine, [whole])
    table = view.transactions()
    got = engine.run(
        table.filter(view.within(table, whole)).select(
            "order_date", back=view.months_back(table, whole)
        )
    )
    assert len(got) > 60
    for day, back in zip(pd.to_datetime(got["order_date"]).dt.date, got["back"], strict=True):
        assert ends[back + 1].day < day <= ends[back].day


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(days=st.lists(st.integers(0, 200), min_size=1, max_size=30), step=st.integers(1, 90))
def test_adjacent_windows_partition_the_events(ingest_frames, lines, engine, days, step):
    end = Cutoff.parse("2024-07-18")
    frame = lines.head(1).loc[[0] * len(days)]
    frame["order_date"] = [str(end.minus_days(d)) for d in days]
    near, far = Lookback(days=step), Lookback(days=step, lag_days=step)
    older = Lookback(lag_days=2 * step)
    view = AsOfView(ingest_frames(frame).star, [end], engine, [near, far, older])
    table = view.transactions()
    hit = engine.run(
        table.select(a=view.within(table, near), b=view.within(table, far),
                     c=view.within(table, older))
    )  # fmt: skip
    assert (hit.sum(axis=1) == 1).all()
    assert len(hit) == len(days)


def test_both_halves_of_a_window_show_what_was_known_at_its_end(ingest_frames, lines, engine):
    frame = lines.head(1).loc[[0] * 6].assign(
        order_date=["2023-12-31", "2024-01-01", "2024-03-31", "2024-04-01", "2024-04-02",
                    "2024-03-30"],
        known_date=["2023-12-31", "2024-01-01", "2024-03-31", "2024-04-01", "2024-07-01",
                    "2024-06-30"],
    )  # fmt: skip
    whole = Lookback.parse("6m")
    view = AsOfView(ingest_frames(frame).star, [A], engine, [whole, Lookback.parse("3m")])
    table = view.transactions()
    out = engine.run(
        table.select("order_date", inside=view.within(table, whole),
                     late=view.in_later_half(table, whole))
    ).sort_values("order_date")  # fmt: skip
    # (2023-12-31, 2024-03-31] and (2024-03-31, 2024-06-30]; the last line is not known yet.
    assert out["inside"].tolist() == [False, True, True, True, True]
    assert out["late"].tolist() == [False, False, False, False, True]
    assert view.served == {whole}


def test_recent_lines_are_those_some_window_with_a_start_may_hold(ingest_frames, lines, engine):
    days = ["2024-02-29", "2024-03-01", "2024-03-02", "2024-06-30"]
    frame = lines.head(1).loc[[0] * 4].assign(order_date=days)
    # The earliest window is that of 2m_lag60d: (2024-03-01, 2024-05-01].
    ever, *bounded = (Lookback.parse(t) for t in ("ever", "3m", "2m_lag60d"))
    view = AsOfView(ingest_frames(frame).star, [A], engine, [ever, *bounded])
    recent = view.recent(view.transactions())
    assert sorted(engine.run(recent)["order_date"].astype(str)) == days[2:]
    with pytest.raises(IbisTypeError, match="'ever__start' is not found"):
        view.age_days(recent, ever)


def test_targets_multiply_only_their_own_lines(ingest_frames, lines, engine):
    membership = pd.DataFrame(
        [("sw", "solidworks", "swx_core"), ("all", "solidworks", "swx_core"),
         ("all", "training", "training")], columns=["target", "division_key", "sku_key"],
    )  # fmt: skip
    view = AsOfView(ingest_frames(lines).star, [A], engine, membership=membership)
    table = view.by_target(view.transactions())
    assert view.keys(table) == ["customer_id", "cutoff", "target"]
    got = engine.run(table)[["target", "customer_id"]].to_numpy().tolist()
    assert sorted(got) == [["all", "c1"], ["all", "c2"], ["sw", "c1"]]


def newest(view, reads):
    """Newest date by (lookback, table); None for a window without rows."""
    rows = view.newest(reads)
    dates = [None if pd.isna(d) else str(d.date()) for d in pd.to_datetime(rows["newest"])]
    return dict(zip(zip(rows["lookback"], rows["table"], strict=True), dates, strict=True))


def test_newest_is_the_largest_known_date_of_the_lines_a_window_shows(ingest_frames, lines, engine):
    lines["known_date"] = ["2024-06-03", "2024-08-01", "2024-05-15", "2024-06-05", "2024-08-02"]
    year, month = Lookback.parse("12m"), Lookback.parse("1m_lag60d")
    view = AsOfView(ingest_frames(lines).star, [A], engine, [year, month])
    reads = [WindowRead(lb, TRANSACTIONS, "order_date") for lb in (year, month)]
    assert newest(view, reads) == {
        ("12m", TRANSACTIONS): "2024-06-03",
        ("1m_lag60d", TRANSACTIONS): None,
    }
    assert view.served == frozenset()
    assert view.newest([]).empty


def test_each_table_has_a_newest_date_of_its_own(tmp_path, engine):
    # The last line is of January: whatever is newer comes from the other tables.
    assets = pd.DataFrame(
        [("a1", "c1", "2020-01-01", "2020-01-02", "2024-06-20"),
         ("a2", "c1", "2023-12-01", "2024-06-10", "2026-01-01"),
         ("a3", "c1", "2024-06-01", "2024-07-15", None)],
        columns=["asset_id", "customer_id", "purchase_date", "known_date", "expiry_date"],
    )  # fmt: skip
    contacts = pd.DataFrame(
        {"customer_id": ["c1", "c1"], "contact_date": ["2023-01-01", "2024-06-25"]}
    )
    deals = pd.DataFrame(
        [("d1", "2023-01-01", "2023-01-01", "2024-06-28", "won"),
         ("d2", "2023-02-01", "2023-02-01", "2024-07-01", "lost")],
        columns=["deal_id", "opened_date", "known_date", "closed_date", "stage"],
    ).assign(customer_id="c1", division="Solidworks")  # fmt: skip
    star = make_star(tmp_path / "star", TINY, assets=assets, contacts=contacts, deals=deals)
    ever, year = Lookback.parse("ever"), Lookback.parse("12m")
    view = AsOfView(star, [A], engine, [ever, year])
    reads = [
        WindowRead(ever, TRANSACTIONS, "order_date"),
        WindowRead(ever, ASSETS, "purchase_date"),
        # By expiry, the window holds an asset of long ago only.
        WindowRead(year, ASSETS, "expiry_date"),
        WindowRead(year, CONTACTS, "contact_date"),
        # A deal that has ended was looked at when it ended.
        WindowRead(ever, DEALS, "opened_date"),
        # A date of a family's own making: the event's stands for it.
        WindowRead(year, DEALS, "made_up"),
    ]
    assert newest(view, reads) == {
        ("ever", TRANSACTIONS): "2024-01-01",
        ("ever", ASSETS): "2024-06-10",
        ("12m", ASSETS): "2020-01-02",
        ("12m", CONTACTS): "2024-06-25",
        ("ever", DEALS): "2024-06-28",
        ("12m", DEALS): None,
    }


def test_a_window_is_recorded_with_the_table_its_rows_come_from(tmp_path, engine):
    assets = pd.DataFrame(
        {"asset_id": ["a"], "customer_id": ["c1"], "purchase_date": ["2024-01-01"]}
    )
    star = make_star(tmp_path / "star", TINY, assets=assets)
    year = Lookback.parse("12m")
    view = AsOfView(star, [A], engine, [year])
    owned, lines = view.assets(), view.transactions()
    view.within(owned.filter(owned["is_subscription"]), year, "expiry_date")
    assert view.reads == {WindowRead(year, ASSETS, "expiry_date")}
    view.forget_served()
    # Of joined rows either may be what the window shows.
    both = lines.left_join(owned.select("customer_id", "asset_id"), "customer_id")
    view.within(both, year)
    assert {read.table for read in view.reads} == {ASSETS, TRANSACTIONS}
    view.forget_served()
    # Rows that were kept on the way: they can be of all that was shown.
    kept = engine.materialise(owned)
    view.within(kept, year, "purchase_date")
    engine.release(kept)
    assert {read.table for read in view.reads} == {ASSETS, TRANSACTIONS}


def test_misuse_is_refused(ingest_frames, lines, engine):
    star = ingest_frames(lines).star
    with pytest.raises(InternalError, match="distinct cutoffs; got 2024-06-30, 2024-06-30"):
        AsOfView(star, [A, A], engine)
    with pytest.raises(InternalError, match="distinct cutoffs; got none"):
        AsOfView(star, [], engine)
    view = AsOfView(star, [A], engine, [Lookback.parse("3m")])
    with pytest.raises(InternalError, match="not declared; got 6m; allowed: 3m"):
        view.within(view.transactions(), Lookback.parse("6m"))
    with pytest.raises(InternalError, match="built without targets"):
        view.by_target(view.transactions())
