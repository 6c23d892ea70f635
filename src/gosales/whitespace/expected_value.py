"""What a purchase would be worth, from history up to the cutoff alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, IS_PURCHASE, TARGET
from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.money import Money

_HALF_YEAR_DAYS = 182
_N_HALVES = 4
_HISTORY = Lookback(days=_HALF_YEAR_DAYS * _N_HALVES)
# What the view must be built with.
HALF_YEARS = (_HISTORY,)
_VALUE = "value_given_purchase"
_KEYS = [CUSTOMER, CUTOFF, TARGET]


class ExpectedValue:
    """Expected gross profit in one half year, given that the account buys.

    Parameters
    ----------
    prior_half_years : float, default 2
        Weight of the mean an account is pulled to, in half years with a purchase; 0 trusts one
        purchase fully.
    cap_quantile : float, default 0.95
        Half-year values above this quantile count as the quantile (DOMAIN §5).
    segment : str or None, default None
        Static attribute whose levels have means of their own, for example ``industry``; an
        attribute the log does not have is left out, and so is None.
    money : {"auto", "gp", "revenue"}, default "auto"
        What is summed: gross profit and, on lines where it is unknown, revenue.

    Raises
    ------
    ConfigError
        If ``prior_half_years`` is negative or not finite, or ``cap_quantile`` is outside (0, 1].

    Notes
    -----
    For each of the last four half years (of 182 days) in which the account bought the target, its
    net value ``v``, capped; then ``(sum(v) + k * m) / (n + k)``. Here ``m`` is the mean of the
    account's segment, itself shrunk to the mean of all with the same ``k``. Accounts that never
    bought get ``m``. Net values below zero count as zero. A line that became known late counts in
    the half year of its order, once it is known at the cutoff.
    """

    def __init__(
        self,
        prior_half_years: float = 2.0,
        cap_quantile: float = 0.95,
        segment: str | None = None,
        money: str = "auto",
    ) -> None:
        if not 0 <= prior_half_years < float("inf") or not 0 < cap_quantile <= 1:
            raise ConfigError(
                "the expected value is malformed",
                got=f"prior_half_years={prior_half_years}, cap_quantile={cap_quantile}",
                allowed="prior_half_years >= 0 and finite; cap_quantile in (0, 1]",
                remedy="set whitespace.expected_value",
                reason_code="bad_expected_value",
            )
        self.prior_half_years = prior_half_years
        self.cap_quantile = cap_quantile
        self.segment = segment
        self._money = Money(money)

    def estimate(self, view: AsOfView) -> pd.DataFrame:
        """Expected value given a purchase, per account and target.

        Parameters
        ----------
        view : AsOfView
            Built with `HALF_YEARS` among its lookbacks and with the targets' membership.

        Returns
        -------
        pandas.DataFrame
            Columns customer_id, cutoff (ISO text), target, value_given_purchase: a row for each
            account that bought the target or whose segment is known; one more row per cutoff and
            target with a null customer holds the value for everybody else. A target nobody bought
            in two years has no row: its value is unknown.
        """
        values = self._half_years(view)
        segments = self._segments(view)
        parts = [
            self._shrink(group, segments[segments[CUTOFF] == group[CUTOFF].iloc[0]])
            for _, group in values.groupby([CUTOFF, TARGET])
        ]
        if not parts:
            return pd.DataFrame({c: pd.Series(dtype="object") for c in [*_KEYS, _VALUE]})
        return pd.concat(parts, ignore_index=True)[[*_KEYS, _VALUE]]

    def _half_years(self, view: AsOfView) -> pd.DataFrame:
        """One row per account, cutoff, target and half year with a purchase."""
        lines = view.by_target(view.transactions())
        lines = lines.filter(view.within(lines, _HISTORY))
        half = (view.age_days(lines, _HISTORY) // _HALF_YEAR_DAYS).cast("int64")
        lines = lines.mutate(_half=half, _money=self._money.of(lines))
        table = lines.group_by([*view.keys(lines), "_half"]).aggregate(
            value=lines["_money"].sum().cast("float64"),
            bought=lines[IS_PURCHASE].cast("int64").sum(),
        )
        found = _iso(view.engine.run(table))
        found = found[(found["bought"] > 0) & found["value"].notna()]
        found = found.assign(value=found["value"].clip(lower=0.0))
        return found.sort_values([*_KEYS, "_half"], ignore_index=True)

    def _segments(self, view: AsOfView) -> pd.DataFrame:
        customers = view.customers()
        if self.segment is None or self.segment not in customers.columns:
            return pd.DataFrame({c: pd.Series(dtype="str") for c in (CUSTOMER, CUTOFF, "level")})
        named = customers.select(CUSTOMER, CUTOFF, level=customers[self.segment].cast("string"))
        found = _iso(view.engine.run(named)).dropna(subset=["level"])
        return found.sort_values([CUSTOMER, CUTOFF], ignore_index=True)

    def _shrink(self, values: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
        cap = float(np.quantile(values["value"], self.cap_quantile))
        values = values.assign(value=values["value"].clip(upper=cap))
        everybody = float(values["value"].mean())
        level_of = segments.set_index(CUSTOMER)["level"]
        by_level = self._pulled(values["value"], values[CUSTOMER].map(level_of), everybody)
        own = values.groupby(CUSTOMER)["value"].agg(["sum", "count"])
        own = own.reindex(own.index.union(level_of.index), fill_value=0.0)
        anchor = own.index.to_series().map(level_of).map(by_level).fillna(everybody)
        k = self.prior_half_years
        weight = own["count"] + k
        value = ((own["sum"] + k * anchor) / weight.where(weight > 0)).fillna(anchor)
        rows = pd.DataFrame(
            {CUSTOMER: [*own.index, None], _VALUE: [*value.to_numpy(dtype="float64"), everybody]}
        )
        first = values.iloc[0]
        return rows.assign(**{CUTOFF: first[CUTOFF], TARGET: first[TARGET]})

    def _pulled(self, value: pd.Series, level: pd.Series, everybody: float) -> pd.Series:
        """Mean of each level, shrunk to the mean of all."""
        sums = value.groupby(level).agg(["sum", "count"])
        k = self.prior_half_years
        return (sums["sum"] + k * everybody) / (sums["count"] + k)


def _iso(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{CUTOFF: pd.to_datetime(frame[CUTOFF]).dt.strftime("%Y-%m-%d")})
