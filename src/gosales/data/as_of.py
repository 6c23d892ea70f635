"""The only way for features to see data: what was known at each cutoff, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

import ibis
import pandas as pd

from gosales.core.columns import (
    AMOUNT,
    CLOSED_DATE,
    CONTACT_DATE,
    CUSTOMER,
    CUTOFF,
    DIVISION_KEY,
    FIRST_KNOWN_DATE,
    IS_PURCHASE,
    KNOWN_DATE,
    OPENED_DATE,
    ORDER_DATE,
    PURCHASE_DATE,
    SKU_KEY,
    STAGE,
    TARGET,
)
from gosales.core.errors import InternalError
from gosales.core.timeline import Cutoff, Lookback
from gosales.data.engine import Engine
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS, Star
from gosales.data.star_table import star_table

_FIRST_DAY = date(1, 1, 1)
_EARLIEST = "earliest__start"
_MEMBERSHIP = {TARGET: "string", DIVISION_KEY: "string", SKU_KEY: "string"}


class AsOfView:
    """A star cut at several cutoffs at once.

    Every table it serves has a ``cutoff`` column and holds, for each cutoff, the rows whose event
    date *and* known date lie on or before it. It also remembers which lookbacks it served, so
    that provenance is recorded and not declared.

    Parameters
    ----------
    star : Star
        The data.
    cutoffs : sequence of Cutoff
        At least one; duplicates are an error.
    engine : Engine
        Where the expressions run.
    lookbacks : sequence of Lookback
        Every lookback `within` will be asked for.
    membership : pandas.DataFrame, optional
        Columns target, division_key, sku_key: which lines belong to which target.

    Raises
    ------
    InternalError
        If no cutoff or a duplicate is given.
    """

    def __init__(
        self,
        star: Star,
        cutoffs: Sequence[Cutoff],
        engine: Engine,
        lookbacks: Sequence[Lookback] = (),
        membership: pd.DataFrame | None = None,
    ) -> None:
        if not cutoffs or len(set(cutoffs)) != len(cutoffs):
            raise InternalError(
                "an as-of view needs distinct cutoffs",
                got=", ".join(map(str, cutoffs)) or "none",
                allowed="one or more distinct cutoffs",
            )
        self.star = star
        self.cutoffs = tuple(sorted(cutoffs))
        self.engine = engine
        self._lookbacks = tuple(sorted(set(lookbacks), key=lambda lb: lb.token))
        self._members = membership
        self._served: set[Lookback] = set()

    # Tables are made when they are first asked for: a view that only names cutoffs, because all
    # features are cached, starts no backend.
    @cached_property
    def _bounds(self) -> ibis.Table:
        rows = []
        for cutoff in self.cutoffs:
            row: dict[str, object] = {CUTOFF: cutoff.day}
            starts = []
            for lookback in self._lookbacks:
                window, later = lookback.window(cutoff), lookback.later_half
                row[f"{lookback.token}__start"] = window.start or _FIRST_DAY
                row[f"{lookback.token}__end"] = window.end
                if later is not None:
                    row[f"{lookback.token}__middle"] = later.window(cutoff).start
                if window.start is not None:
                    starts.append(window.start)
            row[_EARLIEST] = min(starts, default=_FIRST_DAY)
            rows.append(row)
        frame = pd.DataFrame(rows)
        return self.engine.literal(frame, dict.fromkeys(frame.columns, "date"))

    @cached_property
    def _membership(self) -> ibis.Table:
        if self._members is None:
            raise InternalError("this view was built without targets", remedy="pass membership")
        return self.engine.literal(self._members, _MEMBERSHIP)

    @property
    def served(self) -> frozenset[Lookback]:
        """The lookbacks asked for so far."""
        return frozenset(self._served)

    def forget_served(self) -> None:
        """Start a new record of served lookbacks (the engine does so for each family)."""
        self._served.clear()

    def transactions(self) -> ibis.Table:
        """All lines (purchases and returns) known at each cutoff, with ``cutoff`` and bounds."""
        return self._known(TRANSACTIONS, ORDER_DATE)

    def purchases(self) -> ibis.Table:
        """The lines of `transactions` that are purchases (positive quantity)."""
        lines = self.transactions()
        return lines.filter(lines[IS_PURCHASE])

    def by_target(self, lines: ibis.Table) -> ibis.Table:
        """Lines of targets only, one copy per target they belong to, with a ``target`` column."""
        return lines.join(self._membership, [DIVISION_KEY, SKU_KEY], how="inner")

    def within(self, lines: ibis.Table, lookback: Lookback, column: str = ORDER_DATE) -> ibis.Value:
        """Condition "the line's date lies in this lookback's window at its cutoff".

        Parameters
        ----------
        lines : ibis.Table
            A table this view served (it carries the window bounds).
        lookback : Lookback
            One of those the view was built with.
        column : str, default "order_date"
            The date column to place in the window.

        Notes
        -----
        The line's known date must lie on or before the window's end too: a lagged window shows
        what was known when it ended.
        """
        if lookback not in self._lookbacks:
            raise InternalError(
                "a lookback was asked for that was not declared",
                got=lookback.token,
                allowed=", ".join(lb.token for lb in self._lookbacks) or "none",
                remedy="declare it in the family's specs()",
            )
        self._served.add(lookback)
        start, end = lines[f"{lookback.token}__start"], lines[f"{lookback.token}__end"]
        return (lines[column] > start) & (lines[column] <= end) & (lines[KNOWN_DATE] <= end)

    def in_later_half(
        self, lines: ibis.Table, lookback: Lookback, column: str = ORDER_DATE
    ) -> ibis.Value:
        """Condition "within the lookback's window, and in the later half of its months".

        Parameters
        ----------
        lines : ibis.Table
            A table this view served.
        lookback : Lookback
            One of those the view was built with, with an even number of months.
        column : str, default "order_date"
            The date column to place in the window.

        Notes
        -----
        A line must be known by the end of the whole window and not of its half: both halves show
        what was known at the same time.
        """
        inside = self.within(lines, lookback, column)
        return inside & (lines[column] > lines[f"{lookback.token}__middle"])

    def recent(self, lines: ibis.Table) -> ibis.Table:
        """The lines that a window with a start may hold; windows over all history are gone.

        Notes
        -----
        Most lines of a long log lie before every such window. The condition is the same for all
        families that share a view, so that their aggregates still share one scan.
        """
        endless = [lb.token for lb in self._lookbacks if lb.months is None and lb.days is None]
        useless = [f"{token}__{bound}" for token in endless for bound in ("start", "end")]
        # Asked of such lines, a window over all history would silently be cut: it must fail.
        return lines.filter(lines[ORDER_DATE] > lines[_EARLIEST]).drop(*useless)

    def age_days(
        self, lines: ibis.Table, lookback: Lookback, column: str = ORDER_DATE
    ) -> ibis.Value:
        """Whole days from a line's date to the end of the lookback's window at its cutoff."""
        self.within(lines, lookback, column)
        return lines[f"{lookback.token}__end"].delta(lines[column], unit="day")

    def at(self, table: ibis.Table, cutoff: Cutoff) -> ibis.Table:
        """The rows of a table with a ``cutoff`` column that belong to one cutoff."""
        return table.filter(table[CUTOFF] == cutoff.day)

    def months_back(
        self, lines: ibis.Table, lookback: Lookback, column: str = ORDER_DATE
    ) -> ibis.Value:
        """Whole months from the end of the lookback's window back to a line's date.

        Parameters
        ----------
        lines : ibis.Table
            A table this view served.
        lookback : Lookback
            One of those the view was built with.
        column : str, default "order_date"
            The date column.

        Notes
        -----
        The lines with k whole months are those in (end - (k + 1) months, end - k months], a month
        end being mapped to a month end, so that the steps 0 to n - 1 partition a window of n
        months. At an end that is the last of its month, a step is a calendar month; otherwise
        the days of a month that come after the end's day belong to the step after it.
        """
        self.within(lines, lookback, column)
        end, day = lines[f"{lookback.token}__end"], lines[column]
        months = (end.year() - day.year()) * 12 + end.month() - day.month()
        is_month_end = (end + ibis.interval(days=1)).day() == 1
        return months - (~is_month_end & (day.day() > end.day())).cast("int64")

    def customers(self) -> ibis.Table:
        """Customers the business knew at each cutoff, with their usable (static) attributes."""
        table = star_table(self.star, CUSTOMERS, self.engine)
        hidden = [k for k, a in self.star.manifest.attributes.items() if not a.usable]
        joined = table.drop(*hidden).cross_join(self._bounds.select(CUTOFF))
        return joined.filter(joined[FIRST_KNOWN_DATE] <= joined[CUTOFF])

    def assets(self) -> ibis.Table:
        """Assets bought and known on or before each cutoff, with ``cutoff`` and bounds."""
        return self._known(ASSETS, PURCHASE_DATE)

    def contacts(self) -> ibis.Table:
        """Contacts made and known on or before each cutoff, with ``cutoff`` and bounds."""
        return self._known(CONTACTS, CONTACT_DATE)

    def deals(self) -> ibis.Table:
        """Deals opened and known on or before each cutoff, as they stood then.

        Returns
        -------
        ibis.Table
            The star's columns with ``cutoff`` and bounds. A deal that was closed later, or never,
            is open: ``stage`` "open", ``closed_date`` and ``amount`` null. The log holds the last
            amount, and it may have been set when the deal was closed. A closed deal whose stage
            the log does not tell has stage null.
        """
        deals = self._known(DEALS, OPENED_DATE)
        closed = (deals[CLOSED_DATE] <= deals[CUTOFF]).fill_null(False)
        return deals.mutate(
            **{
                STAGE: ibis.ifelse(closed, deals[STAGE], "open"),
                CLOSED_DATE: closed.ifelse(deals[CLOSED_DATE], ibis.null()),
                AMOUNT: closed.ifelse(deals[AMOUNT], ibis.null()),
            }
        )

    def _known(self, name: str, event: str) -> ibis.Table:
        """Rows of a dated table that had happened and were known at each cutoff."""
        joined = star_table(self.star, name, self.engine).cross_join(self._bounds)
        return joined.filter(
            (joined[event] <= joined[CUTOFF]) & (joined[KNOWN_DATE] <= joined[CUTOFF])
        )

    def newest(self) -> pd.DataFrame:
        """Largest known date served per cutoff and lookback.

        Returns
        -------
        pandas.DataFrame
            Columns cutoff (date), lookback (token), newest (date or NaT when the window is
            empty). Transactions only: an asset's or attribute's date is its own.
        """
        lines = self.transactions()
        known = ibis.greatest(lines[KNOWN_DATE], lines[ORDER_DATE])
        kept = frozenset(self._served)
        wanted = {lb.token: known.max(where=self.within(lines, lb)) for lb in self._lookbacks}
        self._served = set(kept)
        if not wanted:
            return pd.DataFrame(columns=[CUTOFF, "lookback", "newest"])
        wide = self.engine.run(lines.group_by(CUTOFF).aggregate(**wanted))
        return wide.melt(id_vars=[CUTOFF], var_name="lookback", value_name="newest")

    def keys(self, table: ibis.Table) -> list[str]:
        """The grouping keys of a served table: customer, cutoff and, if present, target."""
        return [CUSTOMER, CUTOFF, *([TARGET] if TARGET in table.columns else [])]
