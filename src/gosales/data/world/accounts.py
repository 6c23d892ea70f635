"""The accounts of a world and their lasting traits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed
from gosales.data.world.account_words import INDUSTRIES, PLACES, REGIONS, REPS, TRADES
from gosales.data.world.catalogue import CATALOGUE
from gosales.data.world.world_calendar import WorldCalendar

_SIZE_EDGES = (20, 100, 500)
_SIZE_BINS = ("1-19", "20-99", "100-499", "500+")
_LOG_SIZE_MEAN, _LOG_SIZE_SD = 4.0, 1.2
_INDUSTRY_TASTE_SD, _SUB_TASTE_SD, _OWN_TASTE_SD = 0.50, 0.30, 0.85
_FIT_SD = 0.40
_HABIT_SD = 0.65
_YEARS_BEFORE = 8
_TERRITORIES = 3
_DO_NOT_CONTACT = 0.01
# Share of the families of three or more whose members hang below one of them.
_CHAIN_FROM, _CHAINED = 3, 0.3


@dataclass(frozen=True)
class Accounts:
    """Accounts and what they like; every array has one entry per account.

    Parameters
    ----------
    columns : pandas.DataFrame
        The customer table without dates.
    first_known_day : numpy.ndarray of int64
        Days since 1970-01-01 on which the business learned of the account.
    entry_month : numpy.ndarray of int64
        Month of that day, -1 when before the burn-in; orders come in later months only.
    affinity : numpy.ndarray, shape (n_accounts, n_lines)
        Lasting part of the log rate.
    """

    columns: pd.DataFrame
    first_known_day: np.ndarray
    entry_month: np.ndarray
    affinity: np.ndarray

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def customer_id(self) -> np.ndarray:
        """Customer ids, shape (n_accounts,)."""
        return self.columns["customer_id"].to_numpy(dtype=object)

    def table(self) -> pd.DataFrame:
        """The customer table as exported."""
        table = self.columns.copy()
        table.insert(1, "first_known_date", WorldCalendar.dates(self.first_known_day))
        return table


def draw_accounts(
    seed: int, n_accounts: int, calendar: WorldCalendar, shares: dict[str, float]
) -> Accounts:
    """Draw all accounts.

    Parameters
    ----------
    seed : int
        Root seed.
    n_accounts : int
        How many.
    calendar : WorldCalendar
        Months of the world.
    shares : dict of str to float
        ``known``: share of accounts known before the log starts; ``parent``: share in corporate
        families; ``unassigned``: share without a rep.
    """
    rng = np.random.default_rng(derive_seed(seed, "world", "accounts"))
    family = _families(rng, n_accounts, shares["parent"])
    trade = rng.integers(0, len(_SUBS), n_accounts)
    log_size = rng.normal(_LOG_SIZE_MEAN, _LOG_SIZE_SD, n_accounts)
    size = np.maximum(np.exp(log_size).astype(np.int64), 1)
    columns = _columns(rng, family, trade, size, shares["unassigned"])
    known = _first_known(rng, n_accounts, calendar, shares["known"])
    entry = np.searchsorted(calendar.first_days, known, side="right") - 1
    z_size = (log_size - _LOG_SIZE_MEAN) / _LOG_SIZE_SD
    return Accounts(columns, known, entry, _affinity(rng, family, trade, z_size))


_SUBS = tuple((industry, sub) for industry, subs in INDUSTRIES.items() for sub in subs)
_INDUSTRY_OF_SUB = np.array([list(INDUSTRIES).index(industry) for industry, _ in _SUBS])


def _families(rng: np.random.Generator, n: int, share: float) -> np.ndarray:
    """Number of each account's corporate family, -1 for none."""
    members = rng.permutation(n)[: round(n * share)]
    family = np.full(n, -1)
    sizes = rng.integers(2, 5, len(members))
    family[members] = np.repeat(np.arange(len(sizes)), sizes)[: len(members)]
    return family


def _columns(
    rng: np.random.Generator,
    family: np.ndarray,
    trade: np.ndarray,
    size: np.ndarray,
    unassigned: float,
) -> pd.DataFrame:
    n = len(size)
    region = rng.integers(0, len(REGIONS), n)
    # Three territories per region, each with a rep of its own; some accounts wait for one.
    part = rng.integers(0, _TERRITORIES, n)
    rep = np.array(REPS, dtype=object)[region * _TERRITORIES + part]
    rep[rng.random(n) < unassigned] = None
    words = [rng.integers(0, len(w), n) for w in (PLACES, TRADES)]
    customer = np.array([f"C{k}" for k in rng.permutation(900_000)[:n] + 100_000], dtype=object)
    bins = np.searchsorted(_SIZE_EDGES, size, side="right")
    return pd.DataFrame(
        {
            "customer_id": customer,
            "name": [f"{PLACES[a]} {TRADES[b]}" for a, b in zip(*words, strict=True)],
            "industry": [_SUBS[t][0] for t in trade],
            "industry_sub": [_SUBS[t][1] for t in trade],
            "region": [REGIONS[r] for r in region],
            "size": size,
            "size_bin": [_SIZE_BINS[b] for b in bins],
            "territory": [f"{REGIONS[r]} {p + 1}" for r, p in zip(region, part, strict=True)],
            "rep": rep,
            "parent_account_id": _parents(rng, family, customer),
            "do_not_contact": rng.random(n) < _DO_NOT_CONTACT,
        }
    )


def _parents(rng: np.random.Generator, family: np.ndarray, customer: np.ndarray) -> np.ndarray:
    """The account above each, null for most: a holding, or a sister that itself has one above."""
    parent = np.array([f"P-{f:04d}" if f >= 0 else None for f in family], dtype=object)
    for number in np.unique(family[family >= 0]):
        members = np.flatnonzero(family == number)
        if len(members) >= _CHAIN_FROM and rng.random() < _CHAINED:
            parent[members[1:]] = customer[members[0]]
    return parent


def _first_known(
    rng: np.random.Generator, n: int, calendar: WorldCalendar, share: float
) -> np.ndarray:
    start, end = calendar.day_number(calendar.start), calendar.day_number(calendar.end)
    before = start - rng.integers(1, 365 * _YEARS_BEFORE, n)
    during = rng.integers(start, end + 1, n)
    return np.where(rng.random(n) < share, before, during)


def _affinity(
    rng: np.random.Generator, family: np.ndarray, trade: np.ndarray, z_size: np.ndarray
) -> np.ndarray:
    n, n_lines = len(family), len(CATALOGUE)
    industry = _INDUSTRY_OF_SUB[trade]
    own = rng.normal(0.0, _OWN_TASTE_SD, (n, 3))
    shared = rng.normal(0.0, _OWN_TASTE_SD, (n, 3))[family]
    # Corporate families half share their tastes, so that accounts of one family are not
    # independent draws.
    own = np.where((family >= 0)[:, None], (own + shared) / np.sqrt(2.0), own)
    taste = own + rng.normal(0.0, _INDUSTRY_TASTE_SD, (len(INDUSTRIES), 3))[industry]
    taste += rng.normal(0.0, _SUB_TASTE_SD, (len(_SUBS), 3))[trade]
    pulls = np.array([line.taste for line in CATALOGUE])
    sizes = np.array([line.size for line in CATALOGUE])
    fit = rng.normal(0.0, _FIT_SD, (len(INDUSTRIES), n_lines))[industry]
    habit = rng.normal(0.0, _HABIT_SD, (n, n_lines))
    # Not a matrix product, whose last bits differ from machine to machine.
    drawn: np.ndarray = np.einsum("ik,jk->ij", taste, pulls)
    affinity: np.ndarray = drawn + z_size[:, None] * sizes + fit + habit
    return affinity
