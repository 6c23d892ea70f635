"""Exact interval of a share."""

from __future__ import annotations


def clopper_pearson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's interval: never shorter than its nominal coverage asks for.

    Parameters
    ----------
    hits, n : int
        Successes and trials; without trials the interval is (0, 1).
    level : float, default 0.95
        Nominal coverage.

    Returns
    -------
    tuple of float
        Lower and upper end.

    References
    ----------
    Clopper & Pearson 1934, Biometrika 26:404.

    Examples
    --------
    >>> [round(end, 3) for end in clopper_pearson(5, 5)]
    [0.478, 1.0]
    """
    from scipy.stats import beta

    tail = (1.0 - level) / 2.0
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, n - hits + 1))
    high = 1.0 if hits == n else float(beta.ppf(1.0 - tail, hits + 1, n - hits))
    return low, high
