"""How well the model ranks inside each segment of the accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import LABEL_GP
from gosales.core.errors import ConfigError, InternalError
from gosales.evaluation.bootstrap import CustomerBootstrap, Draws, measured
from gosales.evaluation.measured_interval import measured_interval
from gosales.evaluation.metric import Metric
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.capture_at_k import CaptureAtK
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.sample import Sample
from gosales.evaluation.top_sizes import TopSizes
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.panel import Panel

UNKNOWN, OTHER = "(unknown)", "(other)"
EVERYBODY: Final = "(all)"
COLUMNS: Final = (
    "attribute", "level", "metric", "value", "lo", "hi", "n", "n_pos", "n_pos_accounts",
    "base_rate", "note",
)  # fmt: skip


@dataclass(frozen=True)
class SegmentTable:
    """Gains and capture by attribute of the account.

    Parameters
    ----------
    attributes : sequence of str, default ("industry", "size_bin", "region")
        Static attributes; one that the log does not have is left out, and that is said.
    k_pct : sequence of float, default (5, 10, 20, 30, 50)
        Tops of each segment's own list, in per cent: its gains.
    max_levels : int, default 25
        The largest levels of an attribute; the rest are one level.
    """

    attributes: Sequence[str] = ("industry", "size_bin", "region")
    k_pct: Sequence[float] = (5, 10, 20, 30, 50)
    max_levels: int = 25

    def __post_init__(self) -> None:
        TopSizes(self.k_pct, ())
        if self.max_levels < 1:
            raise ConfigError(
                "the number of segments is malformed",
                got=f"max_levels={self.max_levels}",
                allowed="1 or more",
                remedy="set forward.segments",
                reason_code="bad_segments",
            )

    def table(
        self,
        panel: Panel,
        probability: np.ndarray,
        levels: pd.DataFrame,
        bootstrap: CustomerBootstrap,
    ) -> pd.DataFrame:
        """Measure every level of every attribute, beside everybody.

        Parameters
        ----------
        panel : Panel
            Labelled rows.
        probability : numpy.ndarray, shape (len(panel),)
            Of each row, by a model that never saw it.
        levels : pandas.DataFrame, shape (len(panel), ...)
            Attributes of each row, in the panel's order; null is a level.
        bootstrap : CustomerBootstrap
            All segments share its account weights.

        Returns
        -------
        pandas.DataFrame
            One row per attribute, level and metric (auc, capture_at_<k>, lift_at_10pct):
            attribute, level, metric, value, lo, hi (NaN where undefined or insufficient), n,
            n_pos, n_pos_accounts, base_rate, note. Attribute and level ``(all)``: everybody.

        Raises
        ------
        InternalError
            If there is not one row of levels per row of the panel.
        """
        if len(levels) != len(panel):
            raise InternalError(
                "segments and rows differ in number", got=f"{len(levels)}, {len(panel)} rows"
            )
        metrics: tuple[Metric, ...] = (Auc(), CaptureAtK(k_pct=self.k_pct), LiftAtK(k_pct=[10]))
        samples = self._samples(panel, probability, levels)
        keyed = dict.fromkeys(samples, metrics)
        draws = bootstrap.draws(samples, keyed, "segments")
        rows = [
            line
            for key, sample in samples.items()
            for line in _lines(key, sample, metrics, draws[key], bootstrap)
        ]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        return frame.astype(dict.fromkeys(("value", "lo", "hi", "base_rate"), "float64"))

    def absent(self, levels: pd.DataFrame) -> list[str]:
        """Attributes that the log does not have."""
        return [name for name in self.attributes if name not in levels]

    def _samples(
        self, panel: Panel, probability: np.ndarray, levels: pd.DataFrame
    ) -> dict[tuple[str, str], Sample]:
        _, codes = np.unique(panel.groups.astype(str), return_inverse=True)
        gp = panel.rows[LABEL_GP].to_numpy(dtype="float64")
        everybody = Sample.of(probability, panel.y, gp, codes)
        out = {(EVERYBODY, EVERYBODY): everybody}
        for attribute in self.attributes:
            if attribute not in levels:
                continue
            level = self._named(levels[attribute])
            for name in sorted(set(level)):
                out[attribute, str(name)] = everybody.take(level == name)
        return out

    def _named(self, column: pd.Series) -> np.ndarray:
        text = column.astype(object).where(column.notna(), UNKNOWN).astype(str)
        counts = text.value_counts()
        # Ties in size by name, so that the order of rows decides nothing.
        largest = sorted(counts.index, key=lambda name: (-int(counts[name]), name))
        named: np.ndarray = text.where(text.isin(largest[: self.max_levels]), OTHER).to_numpy(
            dtype=object
        )
        return named


def _lines(
    key: tuple[str, str],
    sample: Sample,
    metrics: Sequence[Metric],
    draws: Draws,
    bootstrap: CustomerBootstrap,
) -> list[dict[str, Any]]:
    head: dict[str, Any] = {"attribute": key[0], "level": key[1], "n": len(sample)}
    head |= {"n_pos": int(sample.y.sum()), "n_pos_accounts": sample.n_positive_groups}
    head |= {"base_rate": float(sample.y.mean())}
    values = measured(WeightedRanking.once(sample), metrics)
    out = []
    for metric in metrics:
        for name in metric.names:
            value = float(values[name][0])
            found = measured_interval(metric, name, value, draws[name], sample, bootstrap)
            out.append({**head, "metric": name, **asdict(found)})
    return out
