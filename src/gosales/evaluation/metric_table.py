"""Every metric of one set of rows, by population and ranker, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gosales.core.errors import InternalError
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.interval import Interval
from gosales.evaluation.panel_samples import MODEL, NAIVE

_PREFIX = {"all": "", "owners": "owners_", "whitespace": "ws_"}
_COUNTS = ("n", "n_pos", "n_pos_accounts")


@dataclass(frozen=True)
class MetricTable:
    """Result of `evaluate`.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per population, ranker and metric, with columns population (all, owners,
        whitespace), ranker (model, naive), metric, value, lo, hi (NaN where undefined), n (rows),
        n_pos (positive rows), n_pos_accounts, and note: why a value or an interval is missing.
    draws : dict
        (population, ranker) to metric name to an array of shape (replicates,).
    bootstrap : CustomerBootstrap
        How the intervals were made.
    purpose : str
        Random stream: ``cv``, ``forward`` or another.
    """

    frame: pd.DataFrame
    draws: dict[tuple[str, str], dict[str, np.ndarray]]
    bootstrap: CustomerBootstrap
    purpose: str

    def get(self, metric: str, population: str = "all", ranker: str = MODEL) -> Interval:
        """One metric.

        Raises
        ------
        InternalError
            If it was not measured.
        """
        table = self.frame
        found = table[
            (table["metric"] == metric)
            & (table["population"] == population)
            & (table["ranker"] == ranker)
        ]
        if len(found) != 1:
            raise InternalError(
                "a metric was asked for that was not measured",
                got=f"{metric} of {population} by {ranker}",
                allowed=", ".join(sorted(set(table["metric"]))),
                remedy="add it to validation.metrics",
            )
        row = found.iloc[0]
        value, lo, hi = (_number(row[name]) for name in ("value", "lo", "hi"))
        return Interval(value, lo, hi, str(row["note"]))

    def scalars(self, prefix: str) -> dict[str, float]:
        """Finite numbers under the names the tracking store uses.

        Parameters
        ----------
        prefix : str
            ``cv`` or ``forward``.

        Returns
        -------
        dict of str to float
            ``<prefix>_<metric>`` with ``_lo`` and ``_hi``; ``ws_`` and ``owners_`` stand for the
            population, ``naive_`` for the naive rank: ``forward_ws_naive_auc``. Counts of all
            rows as ``<prefix>_n``, ``_n_pos``, ``_n_pos_accounts``. Nulls are left out.
        """
        out: dict[str, float] = {}
        for row in self.frame.to_dict("records"):
            rank = "naive_" if row["ranker"] == NAIVE else ""
            head = f"{prefix}_{_PREFIX[str(row['population'])]}"
            name = f"{head}{rank}{row['metric']}"
            parts = {name: row["value"], f"{name}_lo": row["lo"], f"{name}_hi": row["hi"]}
            parts |= {f"{head}{count}": row[count] for count in _COUNTS}
            out |= {key: float(v) for key, v in parts.items() if np.isfinite(v)}
        return out


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
