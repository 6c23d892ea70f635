"""What a windowed column tells, in business words."""

from __future__ import annotations

from gosales.core.timeline import Lookback


def described(what: str, scope: str, lookback: Lookback) -> str:
    """One clause for the catalog and for reason codes.

    Parameters
    ----------
    what : str
        The measure, as a noun, for example ``"order lines"``.
    scope : {"all", "target"}
        Whose lines count.
    lookback : Lookback
        The window.

    Examples
    --------
    >>> described("order lines", "target", Lookback(months=12))
    'order lines in this division, last 12 months'
    >>> described("days since the last order", "all", Lookback(lag_days=30))
    'days since the last order, up to 30 days before the cutoff'
    """
    place = " in this division" if scope == "target" else ""
    span = _span(lookback)
    return f"{what}{place}, {span}" if span else f"{what}{place}"


def _span(lookback: Lookback) -> str:
    length = "all history"
    if lookback.months is not None:
        length = f"last {lookback.months} months"
    if lookback.days is not None:
        length = f"{lookback.days} days"
    if lookback.lag_days == 0:
        return "" if length == "all history" else length
    end = f"up to {lookback.lag_days} days before the cutoff"
    return end if length == "all history" else f"{length} {end}"
