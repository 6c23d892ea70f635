"""What happened later, freed of what each account's own history foretold of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from gosales.core.columns import (
    CUSTOMER,
    EVER_OWNED,
    FIRST_KNOWN_DATE,
    IS_OWNER,
    NAIVE_COUNT,
    ORDER_DATE,
)
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.window_labels import window_labels

ACTIVITY: Final = "activity"
TARGET: Final = "target"

_SLICE_DAYS: Final = 91  # a quarter: orders are counted by it
_WINDOWS_BEFORE: Final = 4  # of the label's own length, whose labels free it: two years
_WINDOWS_AFTER: Final = 2
_MOST_TIMES: Final = 4  # windows, or orders in a year, told apart; more say the same
_RECENT: Final = (1, 2, 4, 8)  # slices back from the moment whose orders are counted
_SINGLE: Final = 4  # the last slices one by one: the season
_ROWS_A_COMPONENT: Final = 12  # of the windowed features: fewer rows would be fitted by chance
_LONGEST_AGE: Final = 365 * 20  # days; beyond, an account is simply old
_MOST_GROUPS: Final = 10
_ROWS_A_GROUP: Final = 30
_LEAST_SPREAD: Final = 1e-3  # of a residual against its column: below, history says it all


@dataclass(frozen=True)
class Correlations:
    """Correlations of some columns with one outcome, beyond history; each of shape (k,).

    Parameters
    ----------
    partial : numpy.ndarray
        Of what history leaves of the column with what it leaves of the outcome.
    of_outcome : numpy.ndarray
        Of what it leaves of the column with the whole outcome: near 0 where history foretells
        nearly all of the outcome.
    of_both : numpy.ndarray
        The covariance of both rests against the whole of both: near 0 also where history
        foretells nearly all of the column.
    """

    partial: np.ndarray
    of_outcome: np.ndarray
    of_both: np.ndarray


@dataclass(frozen=True)
class Surprise:
    """One outcome of some accounts, without what their history foretold.

    Parameters
    ----------
    what : {"activity", "target"}
        Whether they bought anything, or the target, in some days after a moment.
    at : str
        The moment (ISO text).
    accounts : numpy.ndarray of int, shape (n,)
        Positions in `Hindsight.customers`.
    history : numpy.ndarray, shape (n, q)
        Orthonormal columns that span what was known of the accounts at the moment.
    outcome : numpy.ndarray, shape (n,)
        0 or 1.
    rest : numpy.ndarray, shape (n,)
        The outcome without its projection on ``history``.
    """

    what: str
    at: str
    accounts: np.ndarray
    history: np.ndarray
    outcome: np.ndarray
    rest: np.ndarray

    def correlations(self, columns: np.ndarray) -> Correlations:
        """How much of each column goes with the outcome beyond history.

        Parameters
        ----------
        columns : numpy.ndarray, shape (all customers, k)
            One value per customer of `Hindsight.customers`.
        """
        own = columns[self.accounts]
        rest = own - self.history @ (self.history.T @ own)
        spread, whole = rest.std(axis=0), np.maximum(own.std(axis=0), 1e-12)
        varies = spread > _LEAST_SPREAD * whole
        raw = (rest * self.rest[:, None]).mean(axis=0)
        partial = np.where(varies, raw / np.where(varies, spread * self.rest.std(), 1.0), 0.0)
        of_outcome = partial * self.rest.std() / self.outcome.std()
        return Correlations(partial, of_outcome, of_outcome * spread / whole)


class Hindsight:
    """Surprises of the accounts of a panel, from its first cutoff to the end of the log.

    A column that was fixed before the outcome can share little with a surprise: what it says of
    an account, years of orders have said already. A column made after the outcome shares a lot.

    Labels are freed of more than the past: of the labels of the windows before and after theirs,
    where the candidate can tell them (`window_labels`). A trait that decides who buys (an
    industry in which nearly all do) shows in every window; a column made of one window's outcome
    stays tied to that window.

    Parameters
    ----------
    context : GauntletContext
        Log and panels.
    min_accounts : int
        A surprise of fewer accounts is left out.
    without : collection of str, optional
        Windowed features that are no history: they may know the future themselves.

    Attributes
    ----------
    customers : pandas.Index
        All customers of the panels, sorted.
    """

    def __init__(
        self, context: GauntletContext, min_accounts: int, without: Collection[str] = ()
    ) -> None:
        self._panels = [p for p in (context.training, context.forward.labelled()) if len(p)]
        self._least = min_accounts
        self._without = frozenset(without)
        self._end = Cutoff(context.star.last_date)
        names = {str(c) for p in (context.training, context.forward) for c in p.rows[CUSTOMER]}
        self.customers = pd.Index(sorted(names), dtype=object)
        view = AsOfView(context.star, [self._end], context.engine)
        lines, known = view.purchases(), view.customers()
        orders = context.engine.run(lines.select(CUSTOMER, ORDER_DATE).distinct())
        since = context.engine.run(known.select(CUSTOMER, FIRST_KNOWN_DATE))
        place = self._places(orders)
        self._who = place[place >= 0]
        self._before_end = self._until_end(orders[ORDER_DATE])[place >= 0]
        self._around = self._labels_around(context)
        self._known_before_end = np.full(len(self.customers), np.inf)
        place = self._places(since)
        self._known_before_end[place[place >= 0]] = self._until_end(since[FIRST_KNOWN_DATE])[
            place >= 0
        ]

    def _labels_around(self, context: GauntletContext) -> dict[Cutoff, dict[Cutoff, np.ndarray]]:
        """For each labelled cutoff the labels of the windows that touch its own or lie farther."""
        horizon, last = context.candidate.horizon, context.star.last_date
        first = Cutoff(context.star.manifest.first_date)
        near = {
            c: [
                other
                for k in (*range(-_WINDOWS_BEFORE, 0), *range(1, _WINDOWS_AFTER + 1))
                if first < (other := c.plus_months(k * horizon.months))
                and horizon.is_complete(other, last)
            ]
            for panel in self._panels
            for c in panel.cutoffs
        }
        wanted = {c for others in near.values() for c in others}
        found = window_labels(context, wanted, self.customers)
        return {c: {o: found[o] for o in others if o in found} for c, others in near.items()}

    def _places(self, frame: pd.DataFrame) -> np.ndarray:
        names = pd.Index(frame[CUSTOMER].astype(str).to_numpy(dtype=object), dtype=object)
        return np.asarray(self.customers.get_indexer(names))

    def _until_end(self, dates: pd.Series) -> np.ndarray:
        gap = pd.Timestamp(self._end.day) - pd.to_datetime(dates)
        return gap.dt.days.to_numpy(dtype="float64")

    def activity(self) -> Iterator[Surprise]:
        """Whether accounts ordered, in each slice since the first cutoff."""
        cutoffs = sorted({c for panel in self._panels for c in panel.cutoffs})
        slices = cutoffs[0].days_until(self._end) // _SLICE_DAYS if cutoffs else 0
        yield from filter(None, map(self._activity, range(slices, 0, -1)))

    def labels(self) -> Iterator[Surprise]:
        """The labels of each cutoff."""
        for panel in self._panels:
            for cutoff in panel.cutoffs:
                here = panel.at([cutoff])
                found = self._of_labels(here, cutoff, self._bought(here, cutoff))
                yield from [] if found is None else [found]

    def _activity(self, k: int) -> Surprise | None:
        """Who ordered in the slice that begins ``k`` slices before the end of the log."""
        back = k * _SLICE_DAYS
        counts = self._counts(back)
        accounts = np.flatnonzero(counts.sum(axis=1) > 0)
        later = (self._before_end < back) & (self._before_end >= back - _SLICE_DAYS)
        bought = np.zeros(len(self.customers))
        bought[self._who[later]] = 1.0
        at = str(self._end.minus_days(back))
        return self._made(ACTIVITY, at, accounts, self._past(counts, accounts, back), bought)

    def _of_labels(self, panel: Panel, cutoff: Cutoff, past: np.ndarray) -> Surprise | None:
        accounts = self._places(panel.rows)
        y = np.zeros(len(self.customers))
        y[accounts] = panel.y
        return self._made(TARGET, str(cutoff), accounts, past, y)

    def _bought(self, panel: Panel, cutoff: Cutoff) -> np.ndarray:
        """All that was known of the accounts of one cutoff, and the labels around theirs."""
        back = cutoff.days_until(self._end)
        past = self._past(self._counts(back), self._places(panel.rows), back)
        owned = panel.rows[[IS_OWNER, EVER_OWNED]].to_numpy(dtype="float64")
        naive = np.log1p(panel.rows[NAIVE_COUNT].to_numpy(dtype="float64"))
        accounts = self._places(panel.rows)
        around = [y[accounts] for y in self._around.get(cutoff, {}).values()]
        times = np.minimum(sum(around, np.zeros(len(accounts))), _MOST_TIMES)
        dummies = np.eye(_MOST_TIMES + 1)[times.astype(int)][:, 1:]
        orders = np.minimum(panel.rows[NAIVE_COUNT].to_numpy(dtype="float64"), _MOST_TIMES)
        dummies = np.column_stack([dummies, np.eye(_MOST_TIMES + 1)[orders.astype(int)][:, 1:]])
        known = self._windowed(panel)
        return np.column_stack([past, owned, naive, naive**2, known, *around, dummies])

    def _windowed(self, panel: Panel) -> np.ndarray:
        """Leading components of the ranks of the windowed features: what else history knows."""
        names = [
            s.name
            for s in panel.specs
            if s.lookback is not None and s.dtype == "number" and s.name not in self._without
        ]
        ranks = panel.X[names].rank(na_option="top").to_numpy(dtype="float64")
        spread = ranks.std(axis=0)
        ranks = (ranks - ranks.mean(axis=0))[:, spread > 0] / spread[spread > 0]
        if not ranks.size:
            return np.zeros((len(panel), 0))
        components = np.linalg.svd(ranks, full_matrices=False)[0]
        return np.asarray(components[:, : len(panel) // _ROWS_A_COMPONENT])

    def _counts(self, back: int) -> np.ndarray:
        """Days with an order per account and slice before a moment, the last slice first."""
        old = self._before_end >= back
        which = ((self._before_end[old] - back) // _SLICE_DAYS).astype(int)
        width = int(which.max(initial=0)) + 1
        flat = np.bincount(self._who[old] * width + which, minlength=len(self.customers) * width)
        return flat.reshape(len(self.customers), width)

    def _past(self, counts: np.ndarray, accounts: np.ndarray, back: int) -> np.ndarray:
        """What was known of some accounts: how much, how often, how lately, since when."""
        own = counts[accounts]
        ever, width = own > 0, own.shape[1]
        any_ = ever.any(axis=1)
        lately = np.where(any_, ever.argmax(axis=1), width)
        since = np.where(any_, width - ever[:, ::-1].argmax(axis=1), 0)
        age = np.clip(self._known_before_end[accounts] - back, 0, _LONGEST_AGE)
        columns = [np.log1p(own[:, :w].sum(axis=1)) for w in (*_RECENT, width)]
        columns += [np.log1p(lately), np.log1p(since), np.log1p(age)]
        columns += [ever.sum(axis=1) / np.maximum(since, 1)]
        columns += [c**2 for c in columns]
        columns += [ever[:, i].astype(float) for i in range(min(_SINGLE, width))]
        # Where a trait decides how often accounts order, what is to come is a step of the count.
        often = [own.sum(axis=1) / np.maximum(since, 1), own[:, : _RECENT[-1]].sum(axis=1)]
        return np.column_stack([*columns, *map(_groups, often)])

    def _made(
        self, what: str, at: str, accounts: np.ndarray, past: np.ndarray, outcome: np.ndarray
    ) -> Surprise | None:
        y = outcome[accounts]
        if len(accounts) < self._least or y.min() == y.max():
            return None
        basis, scale, _ = np.linalg.svd(
            np.column_stack([np.ones(len(y)), past - past.mean(axis=0)]), full_matrices=False
        )
        basis = basis[:, scale > scale[0] * 1e-8]
        rest = y - basis @ (basis.T @ y)
        # Nothing is left where history foretold everything.
        if rest.std() < _LEAST_SPREAD:
            return None
        return Surprise(what, at, accounts, basis, y, rest)


def _groups(values: np.ndarray) -> np.ndarray:
    """One column per group of accounts of nearly equal size, from the least value to the most."""
    parts = max(1, min(_MOST_GROUPS, len(values) // _ROWS_A_GROUP))
    which = pd.qcut(pd.Series(values).rank(method="first"), parts, labels=False)
    return np.asarray(np.eye(parts)[which.to_numpy(dtype=int)])
