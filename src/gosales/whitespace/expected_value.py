"""What a purchase would be worth, from history up to the cutoff alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, GROSS_PROFIT, IS_PURCHASE, REVENUE
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView

HALF_YEARS = tuple(Lookback(days=182, lag_days=182 * i) for i in range(4))


class ExpectedValue:
    """Expected gross profit in one half year, given that the account buys.

    Parameters
    ----------
    prior_half_years : float, default 2
        Weight of the division's own mean, in half years with a purchase.
    cap_quantile : float, default 0.95
        Half-year values above this quantile count as the quantile (DOMAIN §5).

    Notes
    -----
    For each of the last four half years in which the account bought the target, its net gross
    profit ``v`` (revenue where the log has no gross profit), capped; then
    ``(sum(v) + k * mean) / (n + k)`` with the mean over all accounts. Accounts that never bought
    get the mean. Net values below zero count as zero.
    """

    def __init__(self, prior_half_years: float = 2.0, cap_quantile: float = 0.95) -> None:
        self.prior_half_years = prior_half_years
        self.cap_quantile = cap_quantile

    def estimate(self, view: AsOfView) -> pd.DataFrame:
        """Per account that bought any target: expected value given a purchase.

        Parameters
        ----------
        view : AsOfView
            Built with `HALF_YEARS` among its lookbacks and with the targets' membership.

        Returns
        -------
        pandas.DataFrame
            Columns customer_id, cutoff (ISO text), target, value_given_purchase; one more row per
            cutoff and target with a null customer holds the value for everybody else.
        """
        halves = self._half_years(view)
        parts = [self._shrink(group) for _, group in halves.groupby([CUTOFF, "target"])]
        columns = [CUSTOMER, CUTOFF, "target", "value_given_purchase"]
        if not parts:
            return pd.DataFrame({c: pd.Series(dtype="object") for c in columns})
        return pd.concat(parts, ignore_index=True)[columns]

    def _half_years(self, view: AsOfView) -> pd.DataFrame:
        lines = view.by_target(view.transactions())
        money = lines[GROSS_PROFIT].coalesce(lines[REVENUE])
        values = {}
        for i, half in enumerate(HALF_YEARS):
            inside = view.within(lines, half)
            values[f"v{i}"] = money.sum(where=inside).cast("float64")
            values[f"n{i}"] = (inside & lines[IS_PURCHASE]).cast("int64").sum()
        wide = view.engine.run(lines.group_by(view.keys(lines)).aggregate(**values))
        wide[CUTOFF] = pd.to_datetime(wide[CUTOFF]).dt.strftime("%Y-%m-%d")
        keys = [CUSTOMER, CUTOFF, "target"]
        parts = [
            wide.loc[wide[f"n{i}"] > 0, [*keys, f"v{i}"]].rename(columns={f"v{i}": "value"})
            for i in range(len(HALF_YEARS))
        ]
        long = pd.concat(parts, ignore_index=True)
        long["value"] = long["value"].clip(lower=0.0)
        return long.dropna(subset=["value"]).sort_values([*keys, "value"], ignore_index=True)

    def _shrink(self, group: pd.DataFrame) -> pd.DataFrame:
        cap = float(np.quantile(group["value"], self.cap_quantile))
        capped = group.assign(value=group["value"].clip(upper=cap))
        mean = float(capped["value"].mean())
        own = capped.groupby(CUSTOMER)["value"].agg(["sum", "count"])
        k = self.prior_half_years
        value = (own["sum"] + k * mean) / (own["count"] + k)
        rows = pd.DataFrame({CUSTOMER: value.index, "value_given_purchase": value.to_numpy()})
        everybody = pd.DataFrame({CUSTOMER: [None], "value_given_purchase": [mean]})
        both = pd.concat([rows, everybody], ignore_index=True)
        first = group.iloc[0]
        return both.assign(**{CUTOFF: first[CUTOFF], "target": first["target"]})
