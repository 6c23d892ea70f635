"""The law: what an order does to the months after it."""

from __future__ import annotations

import numpy as np

from gosales.data.world.catalogue import LINE_NAMES
from gosales.data.world.world import World
from gosales.data.world.world_data import WorldData

PRINTERS, CONSUMABLES = LINE_NAMES.index("printers"), LINE_NAMES.index("consumables")


def test_a_printer_brings_consumables(world_data: WorldData) -> None:
    dynamics = world_data.truth.dynamics
    _, state = dynamics.simulate(12)
    before = dynamics.rates(state, 12)
    counts = np.zeros(state.heat.shape, dtype=int)
    idle = state.repeated(1)
    dynamics.record(idle, counts)
    counts[:, PRINTERS] = 1
    dynamics.record(state, counts)
    new = ~idle.owned[:, PRINTERS] & (before[:, CONSUMABLES] > 0)
    after, without = (dynamics.rates(s, 12)[new, CONSUMABLES] for s in (state, idle))
    assert np.median(after / without) > 5


def test_an_open_deal_brings_the_order_nearer_and_the_order_wins_it(world_data: WorldData) -> None:
    dynamics = world_data.truth.dynamics
    _, state = dynamics.simulate(12)
    with_deal, without = state.repeated(1), state.repeated(1)
    with_deal.deal[:, PRINTERS], without.deal[:, PRINTERS] = True, False
    after, before = (dynamics.rates(s, 12)[:, PRINTERS] for s in (with_deal, without))
    some = before > 0
    assert np.median(after[some] / before[some]) > 3
    counts = np.zeros(state.heat.shape, dtype=int)
    counts[0, PRINTERS] = 1
    won = dynamics.record(with_deal, counts)
    assert np.argwhere(won).tolist() == [[0, PRINTERS]]
    assert not with_deal.deal[0, PRINTERS]
    assert with_deal.deal[1:, PRINTERS].all()


def test_deals_open_only_where_they_are_made_and_none_is_open(world_data: WorldData) -> None:
    dynamics = world_data.truth.dynamics
    _, state = dynamics.simulate(12)
    rng = np.random.default_rng(1)
    state.deal[:100] = True
    won = np.zeros_like(state.deal)
    won[100:200] = True
    state.deal[200:] = False
    opened = dynamics.open_deals(state, np.full(state.heat.shape, 50.0), won, rng)
    assert not opened[:200].any()
    assert opened[200:, PRINTERS].all()
    assert not opened[:, CONSUMABLES].any()
    assert (state.deal[200:] == opened[200:]).all()


def test_the_past_does_not_depend_on_how_far_one_simulates(world_data: WorldData) -> None:
    dynamics = world_data.truth.dynamics
    short, long = (dynamics.simulate(months)[0].orders for months in (6, 9))
    n = len(short.month)
    assert np.array_equal(short.account, long.account[:n])
    assert np.array_equal(short.line, long.line[:n])


def test_prospects_do_not_buy_in_the_month_they_are_first_known() -> None:
    # Without signal a prospect buys like anybody, so that only its entry holds it back.
    world = World(n_accounts=400, start="2023-01-01", end="2024-12-31", signal=0.0, activity=3.0)
    dynamics = world.generate().truth.dynamics
    orders = dynamics.simulate(48)[0].orders
    assert (orders.month > dynamics.accounts.entry_month[orders.account]).all()


def test_activity_scales_the_number_of_orders() -> None:
    days = {"n_accounts": 200, "start": "2023-01-01", "end": "2023-12-31"}
    calm = len(World(activity=0.5, **days).generate().transactions)
    busy = len(World(activity=2.0, **days).generate().transactions)
    assert busy > 3 * calm
