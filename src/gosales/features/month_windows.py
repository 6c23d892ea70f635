"""Window lengths from a configuration as lookbacks."""

from __future__ import annotations

from collections.abc import Sequence

from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback


def month_windows(family: str, months: Sequence[int], lag_days: int = 0) -> tuple[Lookback, ...]:
    """Lookbacks of so many months, shortest first.

    Parameters
    ----------
    family : str
        Named in the error.
    months : sequence of int
        Distinct positive lengths, at least one.
    lag_days : int, default 0
        Days between each window's end and the cutoff.

    Raises
    ------
    ConfigError
        If the lengths are not distinct positive whole numbers.

    Examples
    --------
    >>> [w.token for w in month_windows("rfm", [12, 3])]
    ['3m', '12m']
    """
    whole = all(isinstance(m, int) and not isinstance(m, bool) and m > 0 for m in months)
    if not months or not whole or len(set(months)) != len(months):
        raise ConfigError(
            f"the windows of family {family} are malformed",
            got=f"months={list(months)}",
            allowed="one or more distinct whole numbers of months, each >= 1",
            remedy=f"mend the windows under features.families.{family}",
            reason_code="bad_family",
        )
    return tuple(Lookback(months=m, lag_days=lag_days) for m in sorted(months))
