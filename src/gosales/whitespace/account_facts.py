"""What eligibility must know about each account at the scored cutoff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import ibis
import pandas as pd

from gosales.core.columns import (
    CONTACT_DATE,
    CUSTOMER,
    DIVISION_KEY,
    EXPIRY_DATE,
    OPENED_DATE,
    PURCHASE_DATE,
    SKU_KEY,
    STAGE,
)
from gosales.core.errors import InternalError
from gosales.core.timeline import Lookback
from gosales.data.account_sheet import AccountSheet
from gosales.data.as_of import AsOfView
from gosales.data.star import ASSETS, CONTACTS, DEALS

LAST_CONTACT_DAYS: Final = "last_contact_days"
OPEN_DEAL_DAYS: Final = "open_deal_days"
DIVISION_DEAL_DAYS: Final = "division_deal_days"
ASSET_EXPIRED_DAYS: Final = "asset_expired_days"
_EVER: Final = Lookback()
# What the view must be built with.
FACT_LOOKBACKS: Final = (_EVER,)
_ACTIVE: Final = -1


class AccountFacts:
    """Contacts, deals and assets of each account as of one cutoff.

    Parameters
    ----------
    view : AsOfView
        Of one cutoff, built with `FACT_LOOKBACKS` among its lookbacks.
    membership : pandas.DataFrame
        Columns target, division_key, sku_key of one target: whose deals and assets count as its
        own.

    Notes
    -----
    A fact that the log cannot tell has no column, so that the rule that asks for it is skipped
    and says so: without any contact in the log nothing is known about contacts, which is not the
    same as nobody having been contacted.
    """

    def __init__(self, view: AsOfView, membership: pd.DataFrame) -> None:
        if len(view.cutoffs) != 1:
            raise InternalError(
                "account facts are as of one day",
                got=", ".join(map(str, view.cutoffs)),
                allowed="a view of one cutoff",
            )
        self.view = view
        self._divisions = sorted(set(membership[DIVISION_KEY]))
        self._skus = sorted(set(membership[SKU_KEY]))

    def frame(self, wanted: Sequence[str]) -> pd.DataFrame:
        """The wanted facts, where the log can tell them.

        Parameters
        ----------
        wanted : sequence of str
            ``last_contact_days``: whole days since the last contact. ``open_deal_days``: since
            the newest open deal was opened; ``division_deal_days``: the same in the target's
            divisions. ``asset_expired_days``: since the last of the target's assets expired, -1
            while one is active. Null: no such contact, deal or asset. Any other name: an
            attribute of the account table.

        Returns
        -------
        pandas.DataFrame
            One row per account known at the cutoff: customer_id, then those of the wanted columns
            that exist, in their order.
        """
        known = self.view.engine.run(self.view.customers().select(CUSTOMER))
        out = known.sort_values(CUSTOMER, ignore_index=True)
        for table in self._tables(wanted):
            out = out.merge(table, on=CUSTOMER, how="left", validate="one_to_one")
        return out[[CUSTOMER, *(name for name in wanted if name in out)]]

    def _tables(self, wanted: Sequence[str]) -> Iterator[pd.DataFrame]:
        rows = self.view.star.manifest.rows
        asked = {*wanted}
        if LAST_CONTACT_DAYS in asked and rows[CONTACTS]:
            yield self._least(self.view.contacts(), CONTACT_DATE, LAST_CONTACT_DAYS)
        if asked & {OPEN_DEAL_DAYS, DIVISION_DEAL_DAYS} and rows[DEALS]:
            deals = self.view.deals()
            deals = deals.filter(deals[STAGE] == "open")
            yield self._least(deals, OPENED_DATE, OPEN_DEAL_DAYS)
            own = deals.filter(deals[DIVISION_KEY].isin(self._divisions))
            yield self._least(own, OPENED_DATE, DIVISION_DEAL_DAYS)
        if ASSET_EXPIRED_DAYS in asked and rows[ASSETS]:
            yield self._expired()
        yield AccountSheet(self.view.star, self.view.engine).columns(wanted)

    def _least(self, table: ibis.Table, column: str, name: str) -> pd.DataFrame:
        """Days since the latest date of each account."""
        days = self.view.age_days(table, _EVER, column).min()
        return self._whole(table.group_by(CUSTOMER).aggregate(**{name: days}), name)

    def _expired(self) -> pd.DataFrame:
        assets = self.view.assets()
        own = assets.filter(assets[SKU_KEY].isin(self._skus))
        # Counted from the purchase, whose window the view serves; the expiry may lie ahead.
        term = own[EXPIRY_DATE].delta(own[PURCHASE_DATE], unit="day")
        since = self.view.age_days(own, _EVER, PURCHASE_DATE) - term
        left = ibis.ifelse(own[EXPIRY_DATE].isnull() | (since < 0), _ACTIVE, since)
        table = own.group_by(CUSTOMER).aggregate(**{ASSET_EXPIRED_DAYS: left.min()})
        return self._whole(table, ASSET_EXPIRED_DAYS)

    def _whole(self, table: ibis.Table, name: str) -> pd.DataFrame:
        found = self.view.engine.run(table)
        return found.assign(**{name: found[name].astype("Int64")})
