"""The law of the world: how states become orders and orders become states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.core.seeds import derive_seed
from gosales.data.world.accounts import Accounts
from gosales.data.world.catalogue import CATALOGUE, LINE_NAMES
from gosales.data.world.climate import Climate
from gosales.data.world.state import NEVER_MONTHS, State

_LEVEL_MEMORY = 0.95
_LEVEL_PULL = 0.5
_HEAT_MEMORY = 0.8
_SLEEP, _WAKE = 0.020, 0.035
_ASLEEP_PULL = -3.0
_OPEN = 0.07
_CLOSED_PULL = -6.0
_OPEN_AT_START = 0.8
_REST_MONTHS = 6
# Orders of one line in one month; keeps a runaway account from swamping the log.
_MOST_PER_MONTH = 2.5


@dataclass(frozen=True)
class Orders:
    """Orders of product lines; all arrays have shape (n_orders,)."""

    month: np.ndarray
    account: np.ndarray
    line: np.ndarray


@dataclass(frozen=True)
class Dynamics:
    """Monthly Poisson orders per account and product line.

    Parameters
    ----------
    seed : int
        Root seed.
    accounts : Accounts
        Lasting traits.
    climate : Climate
        Log rates common to all.

    Notes
    -----
    Given the state at the end of the month before (advanced by its own noise), the orders of a
    month are independent Poisson counts with log rate ``climate + signal * (traits + level +
    installed base + recent orders + cycle - rest - dormancy)``. All memory is in `State`, so the
    future given the state is the future given everything.
    """

    seed: int
    accounts: Accounts
    climate: Climate

    def simulate(self, n_months: int) -> tuple[Orders, State]:
        """The first ``n_months`` months: their orders, and the state at the end of the last."""
        state = self._first_state()
        parts = []
        for month in range(n_months):
            rng = np.random.default_rng(derive_seed(self.seed, "world", "month", month))
            self.advance(state, month, rng)
            counts = rng.poisson(self.rates(state, month))
            self.record(state, counts)
            parts.append(_orders(counts, month))
        columns = (np.concatenate(c) for c in zip(*parts, strict=True))
        return Orders(*columns), state

    def _first_state(self) -> State:
        rng = np.random.default_rng(derive_seed(self.seed, "world", "state"))
        n, shape = len(self.accounts), (len(self.accounts), len(CATALOGUE))
        old = self.accounts.entry_month < 0
        return State(
            level=rng.normal(size=n),
            awake=rng.random(n) < _WAKE / (_SLEEP + _WAKE),
            active=old & (rng.random(n) < _OPEN_AT_START),
            heat=np.zeros(shape),
            owned=np.zeros(shape, dtype=bool),
            age=np.full(shape, NEVER_MONTHS),
        )

    def advance(self, state: State, month: int, rng: np.random.Generator) -> None:
        """Let a month's own noise act: level, dormancy, and prospects opening up."""
        n = len(state.level)
        noise = rng.normal(size=n) * np.sqrt(1 - _LEVEL_MEMORY**2)
        state.level = _LEVEL_MEMORY * state.level + noise
        turn = rng.random(n)
        state.awake = np.where(state.awake, turn >= _SLEEP, turn < _WAKE)
        entry = np.tile(self.accounts.entry_month, n // len(self.accounts))
        opens = (entry < month) & ~state.active & (rng.random(n) < _OPEN)
        state.active |= opens
        state.awake |= opens

    def rates(self, state: State, month: int) -> np.ndarray:
        """Expected orders of the month, shape (n, n_lines), given the advanced state."""
        copies = len(state.level) // len(self.accounts)
        warmth = 1.0 - np.exp(-state.heat)
        pull = np.tile(self.accounts.affinity, (copies, 1))
        pull += warmth @ _AFTER + state.owned @ _NEEDS
        pull += _CYCLE * (np.abs(state.age - _CYCLE_MONTHS) < 1.5)
        pull -= _REST * (state.age <= _REST_MONTHS)
        whole = _LEVEL_PULL * state.level + _ASLEEP_PULL * ~state.awake
        pull += (whole + _CLOSED_PULL * ~state.active)[:, None]
        rate = np.exp(self.climate.log_rate[month] + self.climate.signal * pull)
        present = np.tile(self.accounts.entry_month < month, copies)
        capped: np.ndarray = np.minimum(rate, _MOST_PER_MONTH) * present[:, None]
        return capped

    def record(self, state: State, counts: np.ndarray) -> None:
        """Let a month's orders enter the state."""
        bought = counts > 0
        state.heat = _HEAT_MEMORY * state.heat + counts
        state.owned = state.owned | bought
        state.age = np.where(bought, 1.0, np.minimum(state.age + 1.0, NEVER_MONTHS))


def _orders(counts: np.ndarray, month: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    account, line = np.nonzero(counts)
    times = counts[account, line]
    account, line = np.repeat(account, times), np.repeat(line, times)
    return np.full(len(account), month), account, line


def _pulls(kind: str) -> np.ndarray:
    """Matrix of pulls, shape (from line, to line)."""
    matrix = np.zeros((len(CATALOGUE), len(CATALOGUE)))
    for to, line in enumerate(CATALOGUE):
        for name, pull in getattr(line, kind).items():
            matrix[LINE_NAMES.index(name), to] = pull
    return matrix


_NEEDS = _pulls("needs")
_AFTER = _pulls("after") + np.diag([line.excite for line in CATALOGUE])
_CYCLE = np.array([line.cycle for line in CATALOGUE])
_CYCLE_MONTHS = np.array([line.cycle_months or -NEVER_MONTHS for line in CATALOGUE], dtype=float)
_REST = np.array([line.rest for line in CATALOGUE])
