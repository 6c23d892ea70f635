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


def test_the_past_does_not_depend_on_how_far_one_simulates(world_data: WorldData) -> None:
    dynamics = world_data.truth.dynamics
    short, _ = dynamics.simulate(6)
    long, _ = dynamics.simulate(9)
    n = len(short.month)
    assert np.array_equal(short.account, long.account[:n])
    assert np.array_equal(short.line, long.line[:n])


def test_prospects_do_not_buy_in_the_month_they_are_first_known() -> None:
    # Without signal a prospect buys like anybody, so that only its entry holds it back.
    world = World(n_accounts=400, start="2023-01-01", end="2024-12-31", signal=0.0, activity=3.0)
    dynamics = world.generate().truth.dynamics
    orders, _ = dynamics.simulate(48)
    assert (orders.month > dynamics.accounts.entry_month[orders.account]).all()


def test_activity_scales_the_number_of_orders() -> None:
    days = {"n_accounts": 200, "start": "2023-01-01", "end": "2023-12-31"}
    calm = len(World(activity=0.5, **days).generate().transactions)
    busy = len(World(activity=2.0, **days).generate().transactions)
    assert busy > 3 * calm
