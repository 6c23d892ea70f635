"""From monthly orders to dated invoice lines with prices, returns and late entries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed
from gosales.data.world.accounts import Accounts
from gosales.data.world.catalogue import CATALOGUE
from gosales.data.world.history import Orders
from gosales.data.world.late_entries import late_entries
from gosales.data.world.world_calendar import WorldCalendar

_SAME_DAY = 0.6
_PRICE_SD = 0.35
_MARGIN_SD = 0.06
_MARGIN_RANGE = (0.03, 0.9)
_WHOLE_RETURN = 0.7
_RETURN_DAYS = (5, 45)


@dataclass(frozen=True)
class Ledger:
    """Writes the invoice lines of a world.

    Parameters
    ----------
    seed : int
        Root seed.
    accounts : Accounts
        Who buys.
    calendar : WorldCalendar
        Working days.
    habits : dict of str to float
        return_rate, late_share, late_days.
    """

    seed: int
    accounts: Accounts
    calendar: WorldCalendar
    habits: dict[str, float]

    def lines(self, orders: Orders) -> pd.DataFrame:
        """All lines, burn-in included, sorted by order day.

        Returns
        -------
        pandas.DataFrame
            account, line (positions), sku, order_day, known_day (days since 1970-01-01),
            quantity, revenue, gross_profit, invoice_id.

        Notes
        -----
        A line whose known day lies after the end of the log is absent, as it would be from an
        export made on that day.
        """
        sales = self._sales(orders)
        lines = pd.concat([sales, self._returns(sales)], ignore_index=True)
        lines["known_day"] = lines["order_day"] + self._delays(len(lines))
        lines = lines[lines["known_day"] <= self.calendar.day_number(self.calendar.end)]
        lines = lines.sort_values(["order_day", "account"], kind="stable", ignore_index=True)
        return lines.assign(invoice_id=_invoices(lines))

    def transactions(self, lines: pd.DataFrame) -> pd.DataFrame:
        """The lines of the log as the business system exports them."""
        inside = lines[lines["order_day"] >= self.calendar.day_number(self.calendar.start)]
        divisions = np.array([line.division for line in CATALOGUE], dtype=object)
        return pd.DataFrame(
            {
                "customer_id": self.accounts.customer_id[inside["account"]],
                "order_date": WorldCalendar.dates(inside["order_day"].to_numpy()),
                "known_date": WorldCalendar.dates(inside["known_day"].to_numpy()),
                "invoice_id": inside["invoice_id"].to_numpy(),
                "sku": inside["sku"].to_numpy(),
                "source_division": divisions[inside["line"]],
                "quantity": inside["quantity"].to_numpy(),
                "revenue": inside["revenue"].to_numpy(),
                "gross_profit": inside["gross_profit"].to_numpy(),
            }
        )

    def _rng(self, purpose: str) -> np.random.Generator:
        return np.random.default_rng(derive_seed(self.seed, "world", purpose))

    def _sales(self, orders: Orders) -> pd.DataFrame:
        rng = self._rng("sales")
        day = self._order_days(orders, rng)
        sku = _skus(orders.line, rng)
        extra = rng.poisson(np.array([line.lines for line in CATALOGUE])[orders.line])
        at = np.repeat(np.arange(len(orders.line)), 1 + extra)
        frame = pd.DataFrame(
            {
                "account": orders.account[at],
                "line": orders.line[at],
                "sku": sku[at],
                "order_day": day[at],
                "quantity": 1 + rng.poisson(0.6, len(at)),
                "returned": False,
            }
        )
        return frame.assign(**_money(frame, rng))

    def _order_days(self, orders: Orders, rng: np.random.Generator) -> np.ndarray:
        table, counts = self.calendar.working_days
        shared = rng.random((self.calendar.n_months, len(self.accounts)))
        own = rng.random(len(orders.month))
        together = rng.random(len(orders.month)) < _SAME_DAY
        share = np.where(together, shared[orders.month, orders.account], own)
        days: np.ndarray = table[orders.month, (share * counts[orders.month]).astype(np.int64)]
        return days

    def _returns(self, sales: pd.DataFrame) -> pd.DataFrame:
        rng = self._rng("returns")
        allowed = np.array([line.returnable for line in CATALOGUE])[sales["line"]]
        back = sales[allowed & (rng.random(len(sales)) < self.habits["return_rate"])]
        quantity = back["quantity"].to_numpy()
        whole = rng.random(len(back)) < _WHOLE_RETURN
        sent = np.where(whole, quantity, rng.integers(1, quantity + 1))
        part = sent / quantity
        return back.assign(
            order_day=back["order_day"] + rng.integers(*_RETURN_DAYS, len(back), endpoint=True),
            quantity=-sent,
            revenue=-(back["revenue"] * part).round(2),
            gross_profit=-(back["gross_profit"] * part).round(2),
            returned=True,
        )

    def _delays(self, n: int) -> np.ndarray:
        return late_entries(n, self.habits, self._rng("delays"))


def _skus(line: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One SKU per order, by the line's shares."""
    draw = rng.random(len(line))
    sku = np.empty(len(line), dtype=object)
    for position, product in enumerate(CATALOGUE):
        mine = line == position
        edges = np.cumsum(list(product.skus.values()))[:-1]
        chosen = np.searchsorted(edges, draw[mine], side="right")
        sku[mine] = np.array(list(product.skus), dtype=object)[chosen]
    return sku


def _money(frame: pd.DataFrame, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Revenue and gross profit in whole cents; a sale never loses money here."""
    line = frame["line"].to_numpy()
    price = np.array([product.price for product in CATALOGUE])[line]
    price = price * np.exp(rng.normal(-(_PRICE_SD**2) / 2, _PRICE_SD, len(frame)))
    margin = np.array([product.margin for product in CATALOGUE])[line]
    margin = np.clip(margin + rng.normal(0.0, _MARGIN_SD, len(frame)), *_MARGIN_RANGE)
    revenue = np.round(price * frame["quantity"].to_numpy(), 2)
    return {"revenue": revenue, "gross_profit": np.round(revenue * margin, 2)}


def _invoices(lines: pd.DataFrame) -> np.ndarray:
    """One number per account, day and kind of document, in order of time."""
    keys = [lines["order_day"], lines["account"], lines["returned"]]
    number = lines.groupby(keys, sort=True).ngroup().to_numpy() + 100_000
    kind = np.where(lines["returned"], "CR", "IN")
    return np.array([f"{k}{n}" for k, n in zip(kind, number, strict=True)], dtype=object)
