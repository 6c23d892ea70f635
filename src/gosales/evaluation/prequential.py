"""A frozen model month by month: how good it is the farther the months lie ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUTOFF, LABEL_GP
from gosales.core.timeline import Cutoff
from gosales.evaluation.bootstrap import CustomerBootstrap, Draws, measured
from gosales.evaluation.interval import Interval
from gosales.evaluation.measured_interval import measured_interval
from gosales.evaluation.metric import Metric
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.brier import Brier
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.sample import Sample
from gosales.evaluation.simultaneous import simultaneous
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.panel import Panel

MONTH_COLUMNS: Final = (
    "cutoff", "days_ahead", "metric", "value", "lo", "hi", "n", "n_pos", "n_pos_accounts", "note",
)  # fmt: skip
GAIN_COLUMNS: Final = ("metric", "earlier", "later", "gain", "lo", "hi", "note")
# Metrics of which more is better, and whose value does not move with the base rate alone.
_RANKING: Final = ("auc", "lift")


@dataclass(frozen=True)
class Prequential:
    """Metrics per month, and how much each later month gains on each earlier one.

    Parameters
    ----------
    months : pandas.DataFrame
        One row per month and metric: cutoff, days_ahead (days from the end of the last training
        label window to the cutoff), metric, value, lo, hi (NaN where undefined), n, n_pos,
        n_pos_accounts, note.
    gains : pandas.DataFrame
        One row per pair of months and ranking metric: metric, earlier, later, gain (later minus
        earlier), lo, hi, note. The bounds hold for all pairs and metrics together.
    """

    months: pd.DataFrame
    gains: pd.DataFrame

    def paradoxes(self, eps: dict[str, float]) -> pd.DataFrame:
        """Pairs in which a later month beats an earlier one by more than an honest model does.

        Parameters
        ----------
        eps : dict of str to float
            By metric, the gain that is let pass.

        Returns
        -------
        pandas.DataFrame
            Rows of ``gains`` with ``gain > eps`` and ``lo > 0``, the largest first; a pair
            without bounds is never among them.
        """
        limit = self.gains["metric"].map(eps).astype("float64")
        found = self.gains[(self.gains["gain"] > limit) & (self.gains["lo"] > 0.0)]
        return found.sort_values("gain", ascending=False, ignore_index=True)


def prequential(
    panel: Panel,
    probability: np.ndarray,
    learned_until: Cutoff,
    bootstrap: CustomerBootstrap,
    k_pct: float = 10.0,
) -> Prequential:
    """Measure a frozen model at every cutoff of a panel.

    Parameters
    ----------
    panel : Panel
        Rows of the months ahead; unlabelled ones are left out.
    probability : numpy.ndarray, shape (len(panel),)
        Of each row, all by one model that learned from none of them.
    learned_until : Cutoff
        The last day of the last training label window.
    bootstrap : CustomerBootstrap
        All months share its account weights, so that their differences are paired.
    k_pct : float, default 10
        Size of the top in per cent, for lift.

    Returns
    -------
    Prequential

    Notes
    -----
    An honest model ages: its metrics stay or decline. A later month that beats an earlier one
    means that the months differ in kind, or that the model knows more of the later one than it
    may. AUC and lift are compared; the Brier score moves with the base rate and is reported only.
    """
    metrics: tuple[Metric, ...] = (Auc(), LiftAtK(k_pct=[k_pct]), Brier())
    known = ~np.isnan(panel.y)
    samples = _by_month(panel.labelled(), np.asarray(probability, dtype="float64")[known])
    draws = bootstrap.draws(samples, dict.fromkeys(samples, metrics), "prequential")
    values = {m: measured(WeightedRanking.once(s), metrics) for m, s in samples.items()}
    rows = [
        {
            "cutoff": month,
            "days_ahead": learned_until.days_until(Cutoff.parse(month)),
            "metric": name,
            **_cells(
                measured_interval(
                    metric,
                    name,
                    float(values[month][name][0]),
                    draws[month][name],
                    s,
                    bootstrap,
                )
            ),
            "n": len(s),
            "n_pos": int(s.y.sum()),
            "n_pos_accounts": s.n_positive_groups,
        }
        for month, s in samples.items()
        for metric in metrics
        for name in metric.names
    ]
    months = pd.DataFrame(rows, columns=list(MONTH_COLUMNS))
    months = months.astype(dict.fromkeys(("value", "lo", "hi"), "float64"))
    return Prequential(months, _gains(months, draws, bootstrap))


def _by_month(panel: Panel, scores: np.ndarray) -> dict[str, Sample]:
    """One sample per cutoff, earliest first, over one coding of accounts."""
    _, codes = np.unique(panel.groups.astype(str), return_inverse=True)
    gp = panel.rows[LABEL_GP].to_numpy(dtype="float64")
    everything = Sample.of(scores, panel.y, gp, codes)
    at = panel.rows[CUTOFF].to_numpy(dtype=object)
    return {str(c): everything.take(at == str(c)) for c in panel.cutoffs}


def _cells(found: Interval) -> dict[str, Any]:
    return {"value": found.value, "lo": found.lo, "hi": found.hi, "note": found.note}


def _gains(
    months: pd.DataFrame, draws: dict[str, Draws], bootstrap: CustomerBootstrap
) -> pd.DataFrame:
    """Every pair of months that have bounds of their own, metric by metric."""
    known = months[months["lo"].notna() & months["metric"].str.startswith(_RANKING)]
    value = known.set_index(["metric", "cutoff"])["value"]
    pairs = [
        (str(name), earlier, later)
        for name in dict.fromkeys(known["metric"])
        for earlier, later in combinations(known.loc[known["metric"] == name, "cutoff"], 2)
    ]
    found = simultaneous(
        np.array([value[name, b] - value[name, a] for name, a, b in pairs]),
        _differences(draws, pairs, bootstrap.replicates),
        bootstrap.level,
    )
    rows = [
        (name, earlier, later, gain.value, gain.lo, gain.hi, gain.note)
        for (name, earlier, later), gain in zip(pairs, found, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=list(GAIN_COLUMNS))
    return frame.astype(dict.fromkeys(("gain", "lo", "hi"), "float64"))


def _differences(
    draws: dict[str, Draws], pairs: Sequence[tuple[str, str, str]], replicates: int
) -> np.ndarray:
    if not pairs:
        return np.empty((replicates, 0))
    return np.stack([draws[b][name] - draws[a][name] for name, a, b in pairs], axis=1)
