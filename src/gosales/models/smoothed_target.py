"""Platt's targets: labels moved a little inward so that separable data stays finite."""

from __future__ import annotations

import numpy as np

from gosales.models.calibration_rows import CalibrationRows


def smoothed_target(rows: CalibrationRows) -> np.ndarray:
    r"""Targets :math:`(n_1 + 1)/(n_1 + 2)` for positives and :math:`1/(n_0 + 2)` for negatives.

    Parameters
    ----------
    rows : CalibrationRows
        The n's are sums of weights.

    References
    ----------
    Platt (1999), "Probabilistic outputs for support vector machines".

    Examples
    --------
    >>> rows = CalibrationRows.of(np.array([0.2, 0.9]), np.array([0, 1]), None)
    >>> smoothed_target(rows).round(4).tolist()
    [0.3333, 0.6667]
    """
    n_pos = float(rows.weights[rows.y == 1.0].sum())
    n_neg = float(rows.weights[rows.y == 0.0].sum())
    return np.where(rows.y == 1.0, (n_pos + 1.0) / (n_pos + 2.0), 1.0 / (n_neg + 2.0))
