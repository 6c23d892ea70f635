"""How far two distributions lie apart: the population stability index."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def psi(reference: npt.ArrayLike, current: npt.ArrayLike, smoothing: float = 0.5) -> float:
    """Population stability index of two sets of counts over the same bins.

    0 is no difference. By convention 0.1 is worth a look and 0.25 a shift; two samples of ``n``
    and ``m`` rows from one distribution show about ``(bins - 1) (1/n + 1/m)``.

    Parameters
    ----------
    reference, current : array-like, shape (b,)
        Counts per bin, not negative.
    smoothing : float, default 0.5
        Added to every bin of both sides, so that an empty bin gives a finite number.

    Returns
    -------
    float
        NaN when either side holds nothing.

    Notes
    -----
    ``sum over bins (q - p) ln(q / p)`` with ``p = (count + smoothing) / (n + b smoothing)``.

    References
    ----------
    Siddiqi 2006, Credit Risk Scorecards, ch. 8; Yurdakul 2018 on its distribution.

    Examples
    --------
    >>> psi([50, 50], [50, 50]), round(psi([500, 500], [250, 750]), 3)
    (0.0, 0.274)
    """
    a, b = np.asarray(reference, dtype="float64"), np.asarray(current, dtype="float64")
    if not a.sum() > 0.0 or not b.sum() > 0.0:
        return float("nan")
    p = (a + smoothing) / (a.sum() + smoothing * len(a))
    q = (b + smoothing) / (b.sum() + smoothing * len(b))
    return float(((q - p) * np.log(q / p)).sum())


def number_counts(
    reference: np.ndarray, current: np.ndarray, n_bins: int = 10
) -> tuple[np.ndarray, np.ndarray]:
    """Counts of two samples of a number over the quantile bins of the first.

    Parameters
    ----------
    reference, current : numpy.ndarray, shapes (n,) and (m,)
        NaN is a bin of its own, where either side has one.
    n_bins : int, default 10
        Quantile bins; equal edges are joined, and values below a lowest edge that is the least
        reference value itself have a bin of their own.

    Examples
    --------
    >>> before, now = number_counts(np.arange(100.0), np.array([5.0, 95.0, np.nan]), n_bins=4)
    >>> before.tolist(), now.tolist()
    ([25.0, 25.0, 25.0, 25.0, 0.0], [1.0, 0.0, 0.0, 1.0, 1.0])
    >>> [c.tolist() for c in number_counts(np.zeros(3), np.array([-1.0, 0.0, 1.0]))]
    [[0.0, 3.0, 0.0], [1.0, 1.0, 1.0]]
    """
    known = reference[~np.isnan(reference)]
    edges = np.empty(0)
    if len(known):
        shares = np.arange(1, n_bins) / n_bins
        edges = np.unique(np.quantile(known, shares, method="inverted_cdf"))
        if len(edges) and edges[0] == known.min():
            edges = np.r_[np.nextafter(edges[0], -np.inf), edges]
    sides = [_counted(side, edges) for side in (reference, current)]
    if not any(side[-1] for side in sides):
        sides = [side[:-1] for side in sides]
    return sides[0], sides[1]


def level_counts(reference: np.ndarray, current: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts of two samples of a category over the levels of both; null is a level.

    Examples
    --------
    >>> before, now = level_counts(np.array(["a", "a", "b"]), np.array(["b", None]))
    >>> before.tolist(), now.tolist()
    ([0.0, 2.0, 1.0], [1.0, 0.0, 1.0])
    """
    names = [np.array(["" if _null(v) else f"={v}" for v in side]) for side in (reference, current)]
    levels = np.unique(np.concatenate(names)) if any(map(len, names)) else np.empty(0)
    counts = [np.array([float((side == level).sum()) for level in levels]) for side in names]
    return counts[0], counts[1]


def _counted(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Values up to each edge and beyond the last, then the missing ones."""
    missing = np.isnan(values)
    at = np.searchsorted(edges, values[~missing], side="left")
    counts = np.bincount(at, minlength=len(edges) + 1).astype("float64")
    return np.concatenate([counts, [float(missing.sum())]])


def _null(value: object) -> bool:
    return value is None or value != value
