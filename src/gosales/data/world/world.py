"""A seeded reseller world: accounts, sales, assets, contacts, deals, and known probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff
from gosales.data.world.accounts import draw_accounts
from gosales.data.world.asset_register import asset_register
from gosales.data.world.blemishes import Blemishes
from gosales.data.world.climate import Climate
from gosales.data.world.contact_log import contact_log
from gosales.data.world.deal_register import deal_register
from gosales.data.world.dynamics import Dynamics
from gosales.data.world.ledger import Ledger
from gosales.data.world.truth import Truth
from gosales.data.world.world_calendar import WorldCalendar
from gosales.data.world.world_data import WorldData


@dataclass(frozen=True)
class World:
    """A reseller of CAD software, 3D printers and services, drawn month by month.

    Every account has lasting tastes, a size, an industry and a slowly changing level of activity;
    each month it buys from each product line at a rate that these, its installed base, its recent
    purchases, its open deals, the season and a slow drift decide. Equal parameters give equal
    frames.

    Parameters
    ----------
    seed : int, default 7
        Root of every draw.
    n_accounts : int, default 2500
        Accounts ever known to the business, prospects included; 20 to 900,000.
    start, end : str or datetime.date, default "2019-01-01" and "2025-06-30"
        First and last day of the sales log (ISO). Assets may be older.
    burn_in_months : int, default 24
        Months simulated before ``start``; their sales are not in the log, their assets are.
    activity : float, default 1.0
        Multiplies every purchase rate; above 0.
    signal : float, default 1.0
        Strength of everything that tells accounts apart (tastes, size, industry, level, installed
        base, recent purchases); 0 makes all customers alike, so that no model can rank them.
    season : float, default 0.40
        Height of the fourth-quarter peak in log rate; 0 switches seasons off.
    drift : float, default 0.10
        Spread of the product lines' yearly trends in log rate; 0 makes the world stationary.
    return_rate : float, default 0.02
        Share of lines of returnable goods that are sent back, wholly or in part; in [0, 1).
    late_share : float, default 0.03
        Share of lines that the system learns of only days after the order; in [0, 1].
    late_days : int, default 20
        Most days a late line may be late; at least 1.
    known_share : float, default 0.65
        Share of accounts known before the log starts; the others appear during it; in [0, 1].
    parent_share : float, default 0.10
        Share of accounts that belong to a corporate family of two to four; in [0, 1].
    unassigned_share : float, default 0.02
        Share of accounts without a rep; in [0, 1].
    deals : float, default 1.0
        Multiplies the number of deals; 0: the log has none, and big orders come without warning.
    contacts : float, default 1.0
        Multiplies the number of contacts; 0: the log has none.
    launch : str, datetime.date or None, default "2024-06-01"
        First day on which Success_Plan is sold; None: sold from the beginning.
    discontinue : str, datetime.date or None, default "2024-06-30"
        Day in the last month in which CAMWorks is sold; None: sold to the end.
    mess : float, default 0.0
        Faults planted in the tables after everything is drawn, see `Blemishes`; 1 is a bad log,
        0 a clean one; in [0, 1]. The truth is that of the clean world.

    Raises
    ------
    ConfigError
        If any parameter is out of range; all are named at once.

    Examples
    --------
    >>> data = World(n_accounts=50, start="2024-01-01", end="2024-12-31").generate()
    >>> len(data.customers)
    50
    """

    seed: int = 7
    n_accounts: int = 2500
    start: str | date = "2019-01-01"
    end: str | date = "2025-06-30"
    burn_in_months: int = 24
    activity: float = 1.0
    signal: float = 1.0
    season: float = 0.40
    drift: float = 0.10
    return_rate: float = 0.02
    late_share: float = 0.03
    late_days: int = 20
    known_share: float = 0.65
    parent_share: float = 0.10
    unassigned_share: float = 0.02
    deals: float = 1.0
    contacts: float = 1.0
    launch: str | date | None = "2024-06-01"
    discontinue: str | date | None = "2024-06-30"
    mess: float = 0.0

    def __post_init__(self) -> None:
        wrong = [f"{name}={getattr(self, name)}" for name in self._out_of_range()]
        if Cutoff.parse(self.start).days_until(Cutoff.parse(self.end)) < 1:
            wrong.append(f"start={self.start}, end={self.end}")
        if wrong:
            raise ConfigError(
                "the synthetic world is malformed",
                got=", ".join(wrong),
                allowed="n_accounts in [20, 900000]; start before end; burn_in_months >= 0; "
                "activity > 0; signal, season, drift, deals, contacts >= 0; "
                "return_rate in [0, 1); shares and mess in [0, 1]; late_days >= 1",
                remedy="set these under data.world",
                reason_code="bad_world",
            )

    def _out_of_range(self) -> list[str]:
        shares = ("late_share", "known_share", "parent_share", "unassigned_share")
        unit = ("return_rate", "mess", *shares)
        low = {"n_accounts": 20, "burn_in_months": 0, "late_days": 1, "activity": 0.0}
        low |= dict.fromkeys(("signal", "season", "drift", "deals", "contacts", *unit), 0.0)
        high = dict.fromkeys(unit, 1.0) | {"n_accounts": 900_000.0}
        values = {name: float(getattr(self, name)) for name in low}
        bad = [
            name
            for name, value in values.items()
            if not math.isfinite(value) or not low[name] <= value <= high.get(name, math.inf)
        ]
        strict = {"activity": values["activity"] == 0.0, "return_rate": self.return_rate == 1.0}
        return sorted({*bad, *(name for name, broken in strict.items() if broken)})

    def generate(self) -> WorldData:
        """Draw the whole world.

        Returns
        -------
        WorldData
            Transactions, customers, assets, contacts, deals and the truth behind them.
        """
        calendar = self._calendar()
        accounts = draw_accounts(self.seed, self.n_accounts, calendar, self._shares())
        dynamics = Dynamics(self.seed, accounts, self._climate(calendar), float(self.deals))
        past, _ = dynamics.simulate(calendar.n_months)
        habits = self._habits()
        ledger = Ledger(self.seed, accounts, calendar, habits)
        lines = ledger.lines(past.orders)
        last_day = calendar.day_number(calendar.end)
        frames = {
            "transactions": ledger.transactions(lines),
            "customers": accounts.table(),
            "assets": asset_register(self.seed, lines, accounts, last_day),
            "contacts": contact_log(self.seed, past.moods, accounts, calendar, habits),
            "deals": deal_register(self.seed, past.deals, lines, accounts, calendar, habits),
        }
        planted = Blemishes(self.seed, float(self.mess)).plant(frames)
        return WorldData(**frames, truth=Truth(self.seed, dynamics, calendar), planted=planted)

    def _calendar(self) -> WorldCalendar:
        return WorldCalendar(Cutoff.parse(self.start), Cutoff.parse(self.end), self.burn_in_months)

    def _shares(self) -> dict[str, float]:
        names = ("known", "parent", "unassigned")
        return {name: float(getattr(self, f"{name}_share")) for name in names}

    def _habits(self) -> dict[str, float]:
        names = ("return_rate", "late_share", "late_days", "contacts")
        return {name: float(getattr(self, name)) for name in names}

    def _climate(self, calendar: WorldCalendar) -> Climate:
        names = ("activity", "signal", "season", "drift")
        strengths = {name: float(getattr(self, name)) for name in names}
        turns = [
            None if day is None else calendar.month_of(Cutoff.parse(day))
            for day in (self.launch, self.discontinue)
        ]
        return Climate.of(calendar, self.seed, strengths, *turns)
