"""From the words of the configuration to the day they mean on this log."""

from __future__ import annotations

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff, Horizon
from gosales.data.star import Star

LATEST_LABELLED = "latest_labelled"
NEWEST = "newest"


def choose_cutoff(words: str, star: Star, horizon: Horizon) -> Cutoff:
    """Resolve ``latest_labelled``, ``newest`` or an ISO date, and check it against the log.

    Parameters
    ----------
    words : str
        What the configuration says.
    star : Star
        Gives the first and last day of the log.
    horizon : Horizon
        Label window, for ``latest_labelled``.

    Returns
    -------
    Cutoff
        A day inside the log.

    Raises
    ------
    ConfigError
        If the day lies outside the log.
    """
    last = Cutoff(star.last_date)
    if words == NEWEST:
        return last
    if words == LATEST_LABELLED:
        chosen = last.minus_months(horizon.months).minus_days(horizon.buffer_days)
    else:
        chosen = Cutoff.parse(words)
    first = Cutoff(star.manifest.first_date)
    if words == LATEST_LABELLED and chosen.days_until(first) > 0:
        raise _shorter_than_a_window(first, last, horizon)
    if first.days_until(chosen) < 0 or chosen.days_until(last) < 0:
        raise ConfigError(
            "the cutoff lies outside the log",
            got=str(chosen),
            allowed=f"a day from {first} to {last}",
            remedy="give cutoff=YYYY-MM-DD inside the log, or a longer log",
            reason_code="cutoff_outside_log",
        )
    return chosen


def _shorter_than_a_window(first: Cutoff, last: Cutoff, horizon: Horizon) -> ConfigError:
    buffer = f" and {horizon.buffer_days} days" if horizon.buffer_days else ""
    return ConfigError(
        "the log is shorter than one label window",
        got=f"a log from {first} to {last}",
        allowed=f"more than {horizon.months} months{buffer}, and history before them",
        remedy="give a longer log, or a shorter label.horizon_months",
        reason_code="log_too_short",
    )
