"""What the reps wrote down about whom they spoke to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed
from gosales.data.world.accounts import Accounts
from gosales.data.world.late_entries import late_entries
from gosales.data.world.world_calendar import WorldCalendar

_CHANNELS = {"call": 0.5, "email": 0.3, "visit": 0.15, "event": 0.05}
# Nobody looks after an account without a rep, except now and then.
_WITHOUT_REP = 0.3


def contact_log(
    seed: int,
    moods: np.ndarray,
    accounts: Accounts,
    calendar: WorldCalendar,
    habits: dict[str, float],
) -> pd.DataFrame:
    """Contacts during the log, sorted by day.

    Parameters
    ----------
    seed : int
        Root seed.
    moods : numpy.ndarray, shape (n_months, n_accounts)
        Expected contacts, from the state at the beginning of each month: they tell of it, and of
        nothing that comes after.
    accounts : Accounts
        With whom; their reps speak to them.
    calendar : WorldCalendar
        Working days.
    habits : dict of str to float
        late_share, late_days, contacts (multiplies the number of contacts).
    """
    rng = np.random.default_rng(derive_seed(seed, "world", "contacts"))
    rep = accounts.columns["rep"].to_numpy(dtype=object)
    vacant = accounts.columns["rep"].isna().to_numpy()
    n = rng.poisson(habits["contacts"] * moods * np.where(vacant, _WITHOUT_REP, 1.0))
    month, account = np.nonzero(n)
    month, account = (np.repeat(at, n[month, account]) for at in (month, account))
    day = calendar.some_working_days(month, rng)
    known = day + late_entries(len(day), habits, rng)
    channel = rng.choice(np.array(list(_CHANNELS), dtype=object), len(day), p=[*_CHANNELS.values()])
    table = pd.DataFrame(
        {
            "customer_id": accounts.customer_id[account],
            "contact_date": WorldCalendar.dates(day),
            "known_date": WorldCalendar.dates(known),
            "channel": channel,
            "rep": rep[account],
        }
    )
    first, last = calendar.day_number(calendar.start), calendar.day_number(calendar.end)
    told: pd.DataFrame = table[(day >= first) & (known <= last)]
    return told.sort_values(["contact_date", "customer_id"], kind="stable", ignore_index=True)
