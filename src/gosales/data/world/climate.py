"""What changes with time for everybody: season, trend, launch and withdrawal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.core.seeds import derive_seed
from gosales.data.world.catalogue import CATALOGUE, LINE_NAMES
from gosales.data.world.world_calendar import WorldCalendar

LAUNCHED_LINE = "success_plan"
DISCONTINUED_LINE = "camworks"
_RAMP_MONTHS = 6.0
# Months on either side of the turn of the year, as a share of the peak.
_QUARTER_PEAK = {10: 0.6, 11: 0.8, 12: 1.0, 1: -0.4, 2: -0.3, 7: -0.3, 8: -0.3}


@dataclass(frozen=True)
class Climate:
    """Log rates common to all accounts.

    Parameters
    ----------
    log_rate : numpy.ndarray, shape (n_months, n_lines)
        Base rate, season, trend and activity; minus infinity while a line is not sold.
    signal : float
        Strength of everything that tells accounts apart.
    """

    log_rate: np.ndarray
    signal: float

    @classmethod
    def of(
        cls,
        calendar: WorldCalendar,
        seed: int,
        strengths: dict[str, float],
        launch_month: int | None,
        last_month: int | None,
    ) -> Climate:
        """Lay out the climate of a world.

        Parameters
        ----------
        calendar : WorldCalendar
            Its months.
        seed : int
            Root seed of the trends.
        strengths : dict of str to float
            activity, signal, season, drift.
        launch_month : int or None
            Month in which the launched line is first sold.
        last_month : int or None
            Month in which the discontinued line is last sold.
        """
        rng = np.random.default_rng(derive_seed(seed, "world", "climate"))
        n = len(CATALOGUE)
        base = np.log([line.rate for line in CATALOGUE]) + np.log(strengths["activity"])
        trend = rng.normal(0.0, 1.0, n) * strengths["drift"]
        height = strengths["season"] * rng.uniform(0.5, 1.5, n)
        peak = np.array([_QUARTER_PEAK.get(int(m), 0.0) for m in calendar.month_of_year])
        log_rate = base + peak[:, None] * height + calendar.years[:, None] * trend
        if launch_month is not None:
            log_rate[:, LINE_NAMES.index(LAUNCHED_LINE)] += _launch(calendar.n_months, launch_month)
        if last_month is not None:
            log_rate[max(last_month + 1, 0) :, LINE_NAMES.index(DISCONTINUED_LINE)] = -np.inf
        return cls(log_rate, strengths["signal"])


def _launch(n_months: int, launch_month: int) -> np.ndarray:
    """Log of the share of full demand: nothing before the launch, a ramp after it."""
    share = np.clip((np.arange(n_months) - launch_month + 1) / _RAMP_MONTHS, 0.0, 1.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(share))
