"""Calibration and gains of predictions, as tables to draw."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Self

import numpy as np
import pandas as pd

from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.metrics.capture_at_k import CaptureAtK
from gosales.evaluation.panel_samples import MODEL, panel_samples
from gosales.evaluation.ratio import ratio
from gosales.evaluation.sample import Sample
from gosales.evaluation.top_sizes import TopSizes
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.panel import Panel

_TOPS = (*range(1, 10), *range(10, 100, 5), 100)


@dataclass(frozen=True)
class Curves:
    """What a calibration figure and a gains figure are drawn from.

    Parameters
    ----------
    calibration : pandas.DataFrame
        Ten bins of equal mass per population, lowest scores first: population, bin, mass (rows,
        a bin edge may share a tied row), mean_p, rate, lo, hi (Wilson interval of the rate) and
        distance ``|mean_p - rate|``, whose mass-weighted mean is ``cal_mae``.
    gains : pandas.DataFrame
        Per population and ranker, tops of 1 to 100 per cent: population, ranker, top_pct, k,
        capture, capture_lo, capture_hi, precision, lift, rev_capture, realised_gp.
    """

    calibration: pd.DataFrame
    gains: pd.DataFrame

    @classmethod
    def of(
        cls,
        panel: Panel,
        probability: np.ndarray,
        bootstrap: CustomerBootstrap,
        purpose: str = "curves",
        n_bins: int = 10,
    ) -> Self:
        """Tables of the labelled rows of a panel.

        Parameters
        ----------
        panel : Panel
            Rows; unlabelled ones are left out.
        probability : numpy.ndarray, shape (len(panel),)
            Probability of each row.
        bootstrap : CustomerBootstrap
            For the bounds of capture.
        purpose : str, default "curves"
            Random stream.
        n_bins : int, default 10
            Calibration bins; a population with fewer rows has none.

        Raises
        ------
        DegenerateError
            If no row has a label.
        """
        samples = {k: s for k, s in panel_samples(panel, probability).items() if len(s)}
        bins = [
            _bins(s, n_bins, bootstrap.level).assign(population=population)
            for (population, ranker), s in samples.items()
            if ranker == MODEL and len(s) >= n_bins
        ]
        metric = CaptureAtK(k_pct=_TOPS)
        draws = bootstrap.draws(samples, dict.fromkeys(samples, (metric,)), purpose)
        gains = [
            _bounded(_gains(s), draws[key], s, bootstrap).assign(population=key[0], ranker=key[1])
            for key, s in samples.items()
        ]
        head = ["population", "bin", "mass", "mean_p", "rate", "lo", "hi", "distance"]
        calibration = pd.concat(bins, ignore_index=True) if bins else pd.DataFrame(columns=head)
        table = pd.concat(gains, ignore_index=True)
        first = ["population", "ranker"]
        return cls(calibration[head], table[first + [c for c in table if c not in first]])


def _bins(sample: Sample, n_bins: int, level: float) -> pd.DataFrame:
    ranking = WeightedRanking.once(sample)
    edges = ranking.total[:, None] * np.arange(1, n_bins + 1) / n_bins
    mass = np.diff(edges, axis=1, prepend=0.0)[0]
    sums = [np.diff(ranking.top(q, edges), axis=1, prepend=0.0)[0] for q in ("score", "y")]
    promised, came = (s[::-1] / mass[::-1] for s in sums)
    lo, hi = _wilson(came, mass[::-1], level)
    return pd.DataFrame(
        {
            "bin": np.arange(1, n_bins + 1),
            "mass": mass[::-1],
            "mean_p": promised,
            "rate": came,
            "lo": lo,
            "hi": hi,
            "distance": np.abs(promised - came),
        }
    )


def _wilson(rate: np.ndarray, n: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    z = NormalDist().inv_cdf(0.5 + level / 2)
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)


def _gains(sample: Sample) -> pd.DataFrame:
    ranking = WeightedRanking.once(sample)
    mass = TopSizes(_TOPS, ()).mass(ranking)
    found = ranking.top("y", mass)
    precision = ratio(found, mass)
    base = ratio(ranking.positives, ranking.total)
    gain = ranking.top("gain", mass)
    realised = ranking.top("gp", mass)
    if not len(sample.events["gp"].rows):
        realised = np.full_like(realised, np.nan)
    return pd.DataFrame(
        {
            "top_pct": _TOPS,
            "k": mass[0],
            "capture": ratio(found, ranking.positives)[0],
            "precision": precision[0],
            "lift": ratio(precision, base)[0],
            "rev_capture": ratio(gain, ranking.cumulated("gain")[:, -1:])[0],
            "realised_gp": realised[0],
        }
    )


def _bounded(
    gains: pd.DataFrame,
    draws: dict[str, np.ndarray],
    sample: Sample,
    bootstrap: CustomerBootstrap,
) -> pd.DataFrame:
    n = sample.n_positive_groups
    found = [
        bootstrap.interval(value, column, n)
        for value, column in zip(gains["capture"], draws.values(), strict=True)
    ]
    at = list(gains.columns).index("capture")
    gains.insert(at + 1, "capture_lo", pd.Series([f.lo for f in found], dtype="float64"))
    gains.insert(at + 2, "capture_hi", pd.Series([f.hi for f in found], dtype="float64"))
    return gains
