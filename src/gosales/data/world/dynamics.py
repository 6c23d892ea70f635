"""The law of the world: how states become orders and orders become states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.core.seeds import derive_seed
from gosales.data.world.accounts import Accounts
from gosales.data.world.catalogue import CATALOGUE, LINE_NAMES
from gosales.data.world.climate import Climate
from gosales.data.world.history import History
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
_DEAL_PULL = 1.6
_DEAL_LOST = 0.20
# Contacts in a month: with anybody known, with accounts open to buying, per recent order and per
# open deal.
_CALLS_ANY, _CALLS_OPEN, _CALLS_WARM, _CALLS_DEAL = 0.015, 0.03, 0.04, 0.45
_MOST_WARMTH = 3.0
# Orders of one line in one month; keeps a runaway account from swamping the log.
_MOST_PER_MONTH = 2.5


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
    deal_share : float, default 1.0
        Multiplies the number of deals opened.

    Notes
    -----
    Given the state at the end of the month before (advanced by its own noise), the orders of a
    month are independent Poisson counts with log rate ``climate + signal * (traits + level +
    installed base + recent orders + cycle - rest - dormancy + open deal)``. All memory is in
    `State`, so the future given the state is the future given everything: a deal that is open at
    a month end has its weight in the truth there, and its end is not yet drawn.
    """

    seed: int
    accounts: Accounts
    climate: Climate
    deal_share: float = 1.0

    def simulate(self, n_months: int) -> tuple[History, State]:
        """The first ``n_months`` months: what happened, and the state at the end of the last."""
        state, history = self._first_state(), History()
        for month in range(n_months):
            rng = np.random.default_rng(derive_seed(self.seed, "world", "month", month))
            lost = self.advance(state, month, rng)
            history.note_mood(self._mood(state, month))
            rates = self.rates(state, month)
            counts = rng.poisson(rates)
            won = self.record(state, counts)
            history.note(month, counts, (won, lost, self.open_deals(state, rates, won, rng)))
        return history, state

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
            deal=np.zeros(shape, dtype=bool),
        )

    def advance(self, state: State, month: int, rng: np.random.Generator) -> np.ndarray:
        """Let a month's own noise act: level, dormancy, prospects opening up, deals lost.

        Returns
        -------
        numpy.ndarray of bool, shape (n, n_lines)
            The deals lost.
        """
        n = len(state.level)
        noise = rng.normal(size=n) * np.sqrt(1 - _LEVEL_MEMORY**2)
        state.level = _LEVEL_MEMORY * state.level + noise
        turn = rng.random(n)
        state.awake = np.where(state.awake, turn >= _SLEEP, turn < _WAKE)
        entry = np.tile(self.accounts.entry_month, n // len(self.accounts))
        opens = (entry < month) & ~state.active & (rng.random(n) < _OPEN)
        state.active |= opens
        state.awake |= opens
        lost = np.zeros_like(state.deal)
        lost[state.deal] = rng.random(int(state.deal.sum())) < _DEAL_LOST
        state.deal = state.deal & ~lost
        return lost

    def rates(self, state: State, month: int) -> np.ndarray:
        """Expected orders of the month, shape (n, n_lines), given the advanced state."""
        copies = len(state.level) // len(self.accounts)
        warmth = 1.0 - np.exp(-state.heat)
        pull = np.tile(self.accounts.affinity, (copies, 1))
        # Pair by pair and not as a matrix product: the same bits on every machine and, with few
        # pairs, as fast without a second thread.
        for source, to, strength in _AFTER:
            pull[:, to] += strength * warmth[:, source]
        for source, to, strength in _NEEDS:
            pull[:, to] += strength * state.owned[:, source]
        pull += _CYCLE * (np.abs(state.age - _CYCLE_MONTHS) < 1.5)
        pull -= _REST * (state.age <= _REST_MONTHS)
        pull += _DEAL_PULL * state.deal
        whole = _LEVEL_PULL * state.level + _ASLEEP_PULL * ~state.awake
        pull += (whole + _CLOSED_PULL * ~state.active)[:, None]
        rate = np.exp(self.climate.log_rate[month] + self.climate.signal * pull)
        present = np.tile(self.accounts.entry_month < month, copies)
        capped: np.ndarray = np.minimum(rate, _MOST_PER_MONTH) * present[:, None]
        return capped

    def record(self, state: State, counts: np.ndarray) -> np.ndarray:
        """Let a month's orders enter the state; an order wins the open deal of its line.

        Returns
        -------
        numpy.ndarray of bool, shape (n, n_lines)
            The deals won.
        """
        bought = counts > 0
        won = state.deal & bought
        state.deal = state.deal & ~bought
        state.heat = _HEAT_MEMORY * state.heat + counts
        state.owned = state.owned | bought
        state.age = np.where(bought, 1.0, np.minimum(state.age + 1.0, NEVER_MONTHS))
        return won

    def open_deals(
        self, state: State, rates: np.ndarray, won: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Open deals in the month's course; they act from the next month on.

        A line without an open deal gets one at a rate in proportion to its orders'. Given the
        state this does not hang on the month's orders, except that a deal just won has no
        successor in the same month.

        Returns
        -------
        numpy.ndarray of bool, shape (n, n_lines)
            The deals opened.
        """
        opened = np.zeros_like(state.deal)
        share = self.deal_share * _DEALS[_WITH_DEALS]
        chance = 1.0 - np.exp(-share * rates[:, _WITH_DEALS])
        opened[:, _WITH_DEALS] = rng.random(chance.shape) < chance
        opened &= ~state.deal & ~won
        state.deal = state.deal | opened
        return opened

    def _mood(self, state: State, month: int) -> np.ndarray:
        """How much a rep has to do with each account this month, shape (n,)."""
        warmth = np.minimum(state.heat.sum(axis=1), _MOST_WARMTH)
        mood = _CALLS_ANY + _CALLS_OPEN * state.active + _CALLS_WARM * warmth
        mood += _CALLS_DEAL * np.minimum(state.deal.sum(axis=1), 2)
        present: np.ndarray = self.accounts.entry_month < month
        return np.asarray(mood * present)


def _pulls(kind: str) -> list[tuple[int, int, float]]:
    """From line, to line, strength."""
    return [
        (LINE_NAMES.index(name), to, pull)
        for to, line in enumerate(CATALOGUE)
        for name, pull in getattr(line, kind).items()
    ]


_NEEDS = _pulls("needs")
_AFTER = _pulls("after") + [(i, i, line.excite) for i, line in enumerate(CATALOGUE)]
_CYCLE = np.array([line.cycle for line in CATALOGUE])
_CYCLE_MONTHS = np.array([line.cycle_months or -NEVER_MONTHS for line in CATALOGUE], dtype=float)
_REST = np.array([line.rest for line in CATALOGUE])
_DEALS = np.array([line.deals for line in CATALOGUE])
_WITH_DEALS = np.flatnonzero(_DEALS)
