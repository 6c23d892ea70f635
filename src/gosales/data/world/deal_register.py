"""The deals the reps wrote down: opened, and later won with an order, lost, or still open."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed
from gosales.data.world.accounts import Accounts
from gosales.data.world.catalogue import CATALOGUE
from gosales.data.world.history import LOST, OPEN, WON, Deals
from gosales.data.world.late_entries import late_entries
from gosales.data.world.world_calendar import WorldCalendar

_AMOUNT_SD = 0.45
_COLUMNS = (
    "deal_id", "customer_id", "division", "opened_date", "known_date", "closed_date", "stage",
    "amount",
)  # fmt: skip
_STAGES = np.array(["open", "won", "lost"], dtype=object)


def deal_register(
    seed: int,
    deals: Deals,
    lines: pd.DataFrame,
    accounts: Accounts,
    calendar: WorldCalendar,
    habits: dict[str, float],
) -> pd.DataFrame:
    """Every deal that was open at some time of the log.

    Parameters
    ----------
    seed : int
        Root seed.
    deals : Deals
        From the history.
    lines : pandas.DataFrame
        Output of `Ledger.lines`: a deal is won on the day of its order.
    accounts : Accounts
        With whom.
    calendar : WorldCalendar
        Working days.
    habits : dict of str to float
        late_share, late_days.

    Notes
    -----
    A deal won or lost after the last day of the log is open in it, and one that was entered later
    is absent, as in an export made on that day.
    """
    rng = np.random.default_rng(derive_seed(seed, "world", "deals"))
    first, last = calendar.day_number(calendar.start), calendar.day_number(calendar.end)
    opened = calendar.some_working_days(deals.opened, rng)
    closed = _closed(deals, lines, calendar, rng)
    known = opened + late_entries(len(opened), habits, rng)
    end = np.where(closed <= last, deals.end, OPEN)
    division = np.array([line.division for line in CATALOGUE], dtype=object)[deals.line]
    table = pd.DataFrame(
        {
            "customer_id": accounts.customer_id[deals.account],
            "division": division,
            "opened_date": WorldCalendar.dates(opened),
            "known_date": WorldCalendar.dates(known),
            "closed_date": np.where(
                end == OPEN, np.datetime64("NaT", "s"), WorldCalendar.dates(closed)
            ),
            "stage": _STAGES[end],
            "amount": _amounts(deals.line, rng),
        }
    )
    told: pd.DataFrame = table[(known <= last) & ((end == OPEN) | (closed >= first))]
    told = told.sort_values(["opened_date", "customer_id"], kind="stable", ignore_index=True)
    return told.assign(deal_id=[f"D{i:06d}" for i in range(len(told))])[list(_COLUMNS)]


def _closed(
    deals: Deals, lines: pd.DataFrame, calendar: WorldCalendar, rng: np.random.Generator
) -> np.ndarray:
    """Closing day of each deal; beyond every log while it is open."""
    never = calendar.first_days[-1] + 1
    some = calendar.some_working_days(np.maximum(deals.closed, 0), rng)
    sold = lines[~lines["returned"].to_numpy(dtype=bool)]
    month = np.searchsorted(calendar.first_days, sold["order_day"], side="right") - 1
    day = sold["order_day"].groupby([sold["account"], sold["line"], month]).min()
    keys = pd.MultiIndex.from_arrays([deals.account, deals.line, deals.closed])
    # The order of a deal may itself be entered after the end of the log.
    ordered = day.reindex(keys).fillna(never).to_numpy(dtype=np.int64)
    closed: np.ndarray = np.select([deals.end == WON, deals.end == LOST], [ordered, some], never)
    return closed


def _amounts(line: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the rep expects: the price of a usual order, in tens."""
    usual = np.array([product.price * (1.0 + product.lines) for product in CATALOGUE])[line]
    amounts: np.ndarray = np.round(usual * np.exp(rng.normal(0.0, _AMOUNT_SD, len(line))), -1)
    return amounts
