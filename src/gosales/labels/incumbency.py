"""Who owns the target already, and how often they bought it: the naive rank."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from gosales.core.columns import CUSTOMER, CUTOFF, EVER_OWNED, IS_OWNER, NAIVE_COUNT, TARGET
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView


@dataclass(frozen=True)
class Incumbency:
    """Ownership window and the window of the naive rank.

    Parameters
    ----------
    owner_months : int, default 24
        A purchase of the target within so many months makes an owner; the rest is whitespace.
    naive_months : int, default 12
        Window of the naive rank: purchase lines of the target.
    """

    owner_months: int = 24
    naive_months: int = 12

    @property
    def lookbacks(self) -> tuple[Lookback, ...]:
        """Windows the view must be built with."""
        return (Lookback(months=self.owner_months), Lookback(months=self.naive_months))

    def measure(self, view: AsOfView) -> pa.Table:
        """Ownership and naive count of every account that ever bought a target.

        Parameters
        ----------
        view : AsOfView
            Built with `lookbacks` and the targets' membership.

        Returns
        -------
        pyarrow.Table
            Columns customer_id, cutoff (days), target, is_owner, ever_owned, naive_count; sorted
            by cutoff, target, customer. Accounts without a row own nothing and have count 0.
        """
        lines = view.by_target(view.purchases())
        owner, naive = self.lookbacks
        table = lines.group_by(view.keys(lines)).aggregate(
            **{
                IS_OWNER: view.within(lines, owner).any(),
                EVER_OWNED: lines.count() > 0,
                NAIVE_COUNT: view.within(lines, naive).cast("int64").sum().cast("float64"),
            }
        )
        return view.engine.fetch(table.order_by([CUTOFF, TARGET, CUSTOMER]))

    def ever_bought(self, view: AsOfView) -> pd.DataFrame:
        """Accounts that ever bought anything: columns customer_id, cutoff (ISO text)."""
        frame = view.engine.run(view.purchases().select(CUSTOMER, CUTOFF).distinct())
        frame[CUTOFF] = pd.to_datetime(frame[CUTOFF]).dt.strftime("%Y-%m-%d")
        return frame
