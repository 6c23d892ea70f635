"""Intervals that hold for several values together."""

from __future__ import annotations

import numpy as np

from gosales.evaluation.interval import Interval


def simultaneous(values: np.ndarray, draws: np.ndarray, level: float = 0.95) -> list[Interval]:
    """Symmetric intervals all of which cover with the nominal probability at once.

    Parameters
    ----------
    values : numpy.ndarray, shape (q,)
        The values on the data as they are.
    draws : numpy.ndarray, shape (replicates, q)
        The values in each replicate, all from the same account weights.
    level : float, default 0.95
        Probability that every interval covers.

    Returns
    -------
    list of Interval
        In order. A value that is undefined in a replicate has no bounds; one that no replicate
        moves has itself as both.

    Notes
    -----
    With ``s_j`` the standard deviation of column ``j``, the bounds are ``v_j -+ c s_j``, where
    ``c`` is the ``level`` quantile over replicates of ``max_j |draw_j - v_j| / s_j`` (max-t). The
    chance that any of many comparisons errs is then held, not the chance of each.

    References
    ----------
    Westfall & Young 1993, Resampling-based multiple testing.

    Examples
    --------
    >>> draws = np.random.default_rng(0).normal([0.0, 1.0], 0.1, size=(4000, 2))
    >>> one, two = simultaneous(np.array([0.0, 1.0]), draws)
    >>> round(one.hi - one.lo, 2), two.lies_above(0.5)
    (0.45, True)
    """
    sound = np.isfinite(draws).all(axis=0) & np.isfinite(values)
    spread = np.zeros(len(values))
    if sound.any() and len(draws) > 1:
        spread[sound] = draws[:, sound].std(axis=0, ddof=1)
    moved = sound & (spread > 0.0)
    reach = 0.0
    if moved.any():
        distance = np.abs(draws[:, moved] - values[moved]) / spread[moved]
        reach = float(np.quantile(distance.max(axis=1), level))
    out = []
    for value, half, ok in zip(values, reach * spread, sound, strict=True):
        if not np.isfinite(value):
            out.append(Interval(None, note="undefined"))
        elif not ok:
            out.append(Interval(float(value), note="undefined in some replicates"))
        else:
            out.append(Interval(float(value), float(value - half), float(value + half)))
    return out
