"""Who is on the roster at a cutoff, decided from data up to the cutoff only."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, PARENT_ACCOUNT, REP, SEGMENT
from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView

WARM, COLD, PROSPECT = SEGMENTS = ("warm", "cold", "prospect")


@dataclass(frozen=True)
class Population:
    """Warm: bought lately. Cold: owns assets, not warm. Prospect: known, neither.

    Parameters
    ----------
    warm_months : int, default 18
        A purchase within so many months makes an account warm.
    include_prospects : bool, default False
        Whether prospects are on the roster.
    """

    warm_months: int = 18
    include_prospects: bool = False

    def __post_init__(self) -> None:
        if self.warm_months < 1:
            raise ConfigError(
                "the population is malformed",
                got=f"warm_months={self.warm_months}",
                allowed="1 or more",
                remedy="set population.warm_months",
                reason_code="bad_population",
            )

    @property
    def lookbacks(self) -> tuple[Lookback, ...]:
        """Windows the view must be built with."""
        return (Lookback(months=self.warm_months),)

    def roster(self, view: AsOfView) -> pd.DataFrame:
        """The accounts of every cutoff of the view.

        Parameters
        ----------
        view : AsOfView
            Built with `lookbacks`.

        Returns
        -------
        pandas.DataFrame
            Columns customer_id, cutoff (ISO text), segment, group (the account, or the customer
            where no hierarchy is known) and rep (null where unknown); sorted by cutoff, customer.
        """
        lines = view.purchases()
        bought = lines.filter(view.within(lines, self.lookbacks[0])).select(CUSTOMER, CUTOFF)
        warm = bought.distinct().mutate(is_warm=True)
        owners = view.assets().select(CUSTOMER, CUTOFF).distinct().mutate(has_asset=True)
        known = view.customers()
        rows = known.left_join(warm, [CUSTOMER, CUTOFF])
        rows = rows.drop(*[c for c in rows.columns if c.endswith("_right")])
        rows = rows.left_join(owners, [CUSTOMER, CUTOFF])
        frame = view.engine.run(
            rows.select(CUSTOMER, CUTOFF, PARENT_ACCOUNT, REP, "is_warm", "has_asset")
        )
        return self._segmented(frame)

    def _segmented(self, frame: pd.DataFrame) -> pd.DataFrame:
        warm = frame["is_warm"].fillna(value=False).astype(bool)
        cold = frame["has_asset"].fillna(value=False).astype(bool) & ~warm
        segment = pd.Series(PROSPECT, index=frame.index).mask(cold, COLD).mask(warm, WARM)
        out = pd.DataFrame(
            {
                CUSTOMER: frame[CUSTOMER].astype(str),
                CUTOFF: pd.to_datetime(frame[CUTOFF]).dt.strftime("%Y-%m-%d"),
                SEGMENT: segment,
                "group": frame[PARENT_ACCOUNT].fillna(frame[CUSTOMER]).astype(str),
                REP: frame[REP].astype("str"),
            }
        )
        if not self.include_prospects:
            out = out[out[SEGMENT] != PROSPECT]
        return out.sort_values([CUTOFF, CUSTOMER], ignore_index=True)
