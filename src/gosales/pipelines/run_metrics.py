"""The numbers a training run shows in MLflow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from gosales.evaluation.interval import Interval
from gosales.evaluation.metric_table import MetricTable
from gosales.pipelines.headline import headline

CONSISTENCY_P: Final = "forward_cal_consistency_p"


class Measured(Protocol):
    """What was measured of a candidate, at training or anew from its files."""

    @property
    def cv_table(self) -> MetricTable:
        """Metrics of the out-of-fold rows."""

    @property
    def forward_table(self) -> MetricTable | None:
        """Metrics of the forward rows; None when they have no labels."""

    @property
    def gap(self) -> Interval | None:
        """AUC of cross-validation minus forward."""

    @property
    def consistency_p(self) -> float | None:
        """Of the forward rows."""


def run_metrics(measured: Measured, sizes: Sequence[str]) -> dict[str, float]:
    """What the run shows: forward before CV, as they stand on its page in this order.

    Parameters
    ----------
    measured : Measured
        Metric tables, gap and consistency.
    sizes : sequence of str
        List sizes to show, for example ``10pct``.
    """
    metrics: dict[str, float] = {}
    if measured.forward_table is not None:
        metrics |= headline(measured.forward_table.scalars("forward"), sizes)
    metrics |= headline(measured.cv_table.scalars("cv"), sizes)
    if measured.consistency_p is not None:
        metrics[CONSISTENCY_P] = measured.consistency_p
    gap = measured.gap
    if gap is not None and gap.value is not None:
        metrics["optimism_gap_auc"] = gap.value
        if gap.lo is not None and gap.hi is not None:
            metrics |= {"optimism_gap_auc_lo": gap.lo, "optimism_gap_auc_hi": gap.hi}
    return metrics
