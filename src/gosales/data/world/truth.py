"""The true purchase probabilities of a world, from its own law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER
from gosales.core.errors import ConfigError
from gosales.core.seeds import derive_seed
from gosales.core.slug import name_key
from gosales.core.timeline import Cutoff
from gosales.data.world.catalogue import CATALOGUE
from gosales.data.world.dynamics import Dynamics
from gosales.data.world.world_calendar import WorldCalendar


@dataclass(frozen=True)
class Truth:
    """What an observer of the full state (tastes, level, dormancy, open deals) would forecast.

    Parameters
    ----------
    seed : int
        Root seed.
    dynamics : Dynamics
        The law.
    calendar : WorldCalendar
        Its months.

    Notes
    -----
    No model can see the state, so the AUC of these probabilities is a ceiling, not a target. A
    purchase that is sent back in full counts as a purchase here and not in the label; at the
    default return rate the difference is below the sampling error.
    """

    seed: int
    dynamics: Dynamics
    calendar: WorldCalendar

    def probability(
        self,
        target: str | Sequence[str],
        cutoff: str | date | Cutoff,
        months: int = 6,
        n_paths: int = 32,
    ) -> pd.Series:
        """Probability of at least one order of the target in ``(cutoff, cutoff + months]``.

        Parameters
        ----------
        target : str or sequence of str
            Name of a division, of a product line (``printers``) or of a SKU; or a set of SKUs.
        cutoff : str, datetime.date or Cutoff
            A month end of the world.
        months : int, default 6
            Length of the window.
        n_paths : int, default 32
            Simulated futures per account; the error falls with the square root.

        Returns
        -------
        pandas.Series
            Probabilities in [0, 1] indexed by customer_id, for the accounts known at the cutoff.

        Raises
        ------
        ConfigError
            If the target is not sold, the cutoff is not a month end of the world, or the window
            reaches beyond its end.

        Notes
        -----
        Orders of a month are independent given the state, so
        ``P(none) = E[exp(-sum of the target's rates)]`` over futures in which the target is not
        bought. Only those futures are simulated; the target's own randomness is integrated
        exactly.
        """
        share = _share_of_lines(target)
        day = Cutoff.parse(cutoff)
        closed = self.calendar.months_closed_by(day)
        if months < 1 or closed + months > self.calendar.n_months:
            raise ConfigError(
                "the truth window leaves the world",
                got=f"{months} months after {day}",
                allowed=f"1 to {self.calendar.n_months - closed} months",
                remedy="ask at an earlier cutoff or for a shorter window",
                reason_code="no_truth",
            )
        hazard = self._hazard(closed, months, share, n_paths)
        bought = 1.0 - np.exp(-hazard).mean(axis=0)
        accounts = self.dynamics.accounts
        known = accounts.first_known_day < self.calendar.first_days[closed]
        index = pd.Index(accounts.customer_id[known], name=CUSTOMER)
        return pd.Series(bought[known], index=index, name="probability")

    def _hazard(self, closed: int, months: int, share: np.ndarray, n_paths: int) -> np.ndarray:
        """Summed rate of the target along futures without it, shape (n_paths, n_accounts)."""
        state = self.dynamics.simulate(closed)[1].repeated(n_paths)
        # One stream per cutoff: a longer window continues the futures of a shorter one.
        rng = np.random.default_rng(derive_seed(self.seed, "world", "truth", closed))
        total = np.zeros(len(state.level))
        for month in range(closed, closed + months):
            self.dynamics.advance(state, month, rng)
            rates = self.dynamics.rates(state, month)
            total += rates @ share
            won = self.dynamics.record(state, rng.poisson(rates * (1.0 - share)))
            self.dynamics.open_deals(state, rates, won, rng)
        return total.reshape(n_paths, -1)


def _share_of_lines(target: str | Sequence[str]) -> np.ndarray:
    """Share of each product line's orders that belong to the target, shape (n_lines,)."""
    named = [target] if isinstance(target, str) else list(target)
    keys = {name_key(name) for name in named}
    share = np.zeros(len(CATALOGUE))
    if isinstance(target, str):
        whole = [keys & {name_key(line.division), line.name} for line in CATALOGUE]
        by_division = [name_key(line.division) in keys for line in CATALOGUE]
        share = np.array(by_division if any(by_division) else [bool(w) for w in whole], dtype=float)
    if not share.any():
        share = np.array([_sku_share(line.skus, keys) for line in CATALOGUE])
    sold = {name_key(sku) for line in CATALOGUE for sku in line.skus}
    if not share.any() or (not isinstance(target, str) and keys - sold):
        raise ConfigError(
            "the target is not sold in the synthetic world",
            got=", ".join(named) or "no SKU",
            allowed="; ".join(sorted({line.division for line in CATALOGUE} | sold)),
            remedy="name a division, a product line or SKUs of the world",
            reason_code="unknown_division",
        )
    return share


def _sku_share(skus: dict[str, float], keys: set[str]) -> float:
    # Shares are decimal fractions: their float sum may pass 1 by a rounding error.
    return min(1.0, float(sum(share for sku, share in skus.items() if name_key(sku) in keys)))
