"""The only way for features to see data: what was known at each cutoff, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Final

import ibis
import ibis.expr.operations as ops
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
from gosales.data.window_bounds import EARLIEST, window_bounds
from gosales.data.window_read import WindowRead

# The date a row of each dated table happened on.
_EVENTS: Final = {
    TRANSACTIONS: ORDER_DATE,
    ASSETS: PURCHASE_DATE,
    CONTACTS: CONTACT_DATE,
    DEALS: OPENED_DATE,
}
_MEMBERSHIP = {TARGET: "string", DIVISION_KEY: "string", SKU_KEY: "string"}


class AsOfView:
    """A star cut at several cutoffs at once.

    Every table it serves has a ``cutoff`` column and holds, for each cutoff, the rows whose event
    date *and* known date lie on or before it. It also remembers which rows it was asked to place
    in which window, so that provenance is recorded and not declared.

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
        self._reads: set[WindowRead] = set()
        self._shown: dict[ops.Node, str] = {}
        self._origins: dict[ops.Node, frozenset[str]] = {}

    # Tables are made when they are first asked for: a view that only names cutoffs, because all
    # features are cached, starts no backend.
    @cached_property
    def _bounds(self) -> ibis.Table:
        frame = window_bounds(self.cutoffs, self._lookbacks)
        return self.engine.literal(frame, dict.fromkeys(frame.columns, "date"))

    @contextmanager
    def stepwise(self) -> Iterator[Callable[[Cutoff], None]]:
        """A block in which this view can be cut down to one cutoff at a time.

        Yields
        ------
        callable
            Given a cutoff, cuts every table served inside the block, and every query compiled
            over one, down to the rows of that cutoff. Until the first call they hold the rows of
            all cutoffs. Tables served inside are of no use afterwards.

        Notes
        -----
        A query is composed once and not once per cutoff, and what the engine must hold for it
        does not grow with the number of cutoffs.
        """
        frame = window_bounds(self.cutoffs, self._lookbacks)
        schema = ibis.schema(dict.fromkeys(frame.columns, "date"))
        slot = self.__dict__["_bounds"] = self.engine.slot(schema)
        self.engine.fill(slot, frame)
        try:
            yield lambda cutoff: self.engine.fill(slot, window_bounds([cutoff], self._lookbacks))
        finally:
            del self.__dict__["_bounds"]
            self._shown.clear()
            self._origins.clear()
            self.engine.release(slot)

    @cached_property
    def _membership(self) -> ibis.Table:
        if self._members is None:
            raise InternalError("this view was built without targets", remedy="pass membership")
        return self.engine.literal(self._members, _MEMBERSHIP)

    @property
    def served(self) -> frozenset[Lookback]:
        """The lookbacks asked for so far."""
        return frozenset(read.lookback for read in self._reads)

    @property
    def reads(self) -> frozenset[WindowRead]:
        """Which rows were placed in which window so far."""
        return frozenset(self._reads)

    def forget_served(self) -> None:
        """Start a new record of what was served (the engine does so for each family)."""
        self._reads.clear()

    def transactions(self) -> ibis.Table:
        """All lines (purchases and returns) known at each cutoff, with ``cutoff`` and bounds."""
        return self._known(TRANSACTIONS)

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
        self._reads |= {WindowRead(lookback, name, column) for name in self._tables_of(lines)}
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
        return lines.filter(lines[ORDER_DATE] > lines[EARLIEST]).drop(*useless)

    def age_days(
        self, lines: ibis.Table, lookback: Lookback, column: str = ORDER_DATE
    ) -> ibis.Value:
        """Whole days from a line's date to the end of the lookback's window at its cutoff."""
        self.within(lines, lookback, column)
        return lines[f"{lookback.token}__end"].delta(lines[column], unit="day")

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
        return self._known(ASSETS)

    def contacts(self) -> ibis.Table:
        """Contacts made and known on or before each cutoff, with ``cutoff`` and bounds."""
        return self._known(CONTACTS)

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
        deals = self._known(DEALS)
        closed = (deals[CLOSED_DATE] <= deals[CUTOFF]).fill_null(False)
        return deals.mutate(
            **{
                STAGE: ibis.ifelse(closed, deals[STAGE], "open"),
                CLOSED_DATE: closed.ifelse(deals[CLOSED_DATE], ibis.null()),
                AMOUNT: closed.ifelse(deals[AMOUNT], ibis.null()),
            }
        )

    def _known(self, name: str) -> ibis.Table:
        """Rows of a dated table that had happened and were known at each cutoff."""
        rows = star_table(self.star, name, self.engine)
        self._shown[rows.op()] = name
        joined = rows.cross_join(self._bounds)
        return joined.filter(
            (joined[_EVENTS[name]] <= joined[CUTOFF]) & (joined[KNOWN_DATE] <= joined[CUTOFF])
        )

    def _tables_of(self, lines: ibis.Table) -> frozenset[str]:
        """The dated tables whose rows an expression holds."""
        node = lines.op()
        if node not in self._origins:
            found = {self._shown[n] for n in node.find(ops.PhysicalTable) if n in self._shown}
            # Rows that a family kept elsewhere: of what it was shown, any may be in them.
            self._origins[node] = frozenset(found or self._shown.values())
        return self._origins[node]

    def newest(self, reads: Iterable[WindowRead]) -> pd.DataFrame:
        """Largest known date of the rows served to each window, by table.

        Parameters
        ----------
        reads : iterable of WindowRead
            What was asked, of this view or of another; its lookbacks are among this view's.

        Returns
        -------
        pandas.DataFrame
            Columns cutoff (date), lookback (token), table, newest (date or NaT when the window is
            empty): of the rows whose date lies in the window, the largest of known date, event
            date and, for a closed deal, the day it was closed.

        Notes
        -----
        Customers are not among the tables: their attributes have no date of their own.
        """
        before, parts = frozenset(self._reads), []
        wanted = sorted({read.words for read in reads})
        for name in dict.fromkeys(table for _, table, _ in wanted):
            rows = self.deals() if name == DEALS else self._known(name)
            dates = [rows[KNOWN_DATE], rows[_EVENTS[name]]]
            if name == DEALS:
                dates.append(ibis.coalesce(rows[CLOSED_DATE], rows[OPENED_DATE]))
            last, columns = ibis.greatest(*dates), {}
            for token, table, column in wanted:
                if table == name:
                    # For a date of a family's own making the event's stands.
                    placed = column if column in rows.columns else _EVENTS[name]
                    inside = self.within(rows, Lookback.parse(token), placed)
                    columns[f"{token} {column}"] = last.max(where=inside)
            found = self.engine.run(rows.group_by(CUTOFF).aggregate(**columns))
            long = found.melt(id_vars=[CUTOFF], var_name="lookback", value_name="newest")
            long["lookback"] = [name.partition(" ")[0] for name in long["lookback"]]
            long["newest"] = pd.to_datetime(long["newest"])
            parts.append(long.assign(table=name))
        self._reads = set(before)
        if not parts:
            return pd.DataFrame(columns=[CUTOFF, "lookback", "table", "newest"])
        whole = pd.concat(parts).groupby([CUTOFF, "lookback", "table"])["newest"].max()
        return whole.reset_index()

    def keys(self, table: ibis.Table) -> list[str]:
        """The grouping keys of a served table: customer, cutoff and, if present, target."""
        return [CUSTOMER, CUTOFF, *([TARGET] if TARGET in table.columns else [])]
