"""Which days a frozen version is judged at, or why it cannot be judged at the day asked for."""

from __future__ import annotations

from dataclasses import dataclass

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff, Horizon
from gosales.data.star import Star
from gosales.evaluation.forward_months import ForwardMonths, is_ahead
from gosales.pipelines.cutoff_choice import choose_cutoff
from gosales.registry.verified_model import VerifiedModel


@dataclass(frozen=True)
class ValidationCutoffs:
    """The days of one validation.

    Parameters
    ----------
    judged : Cutoff
        The day asked for.
    months : tuple of Cutoff
        Days with complete label windows from the end of training to ``judged``, earliest first;
        ``judged`` is the last of them unless it is censored.
    training : tuple of Cutoff
        What the version learned from.
    learned_until : Cutoff
        Last day of its last training label window.
    censored : bool
        Whether the log ends within the label window of ``judged``.
    """

    judged: Cutoff
    months: tuple[Cutoff, ...]
    training: tuple[Cutoff, ...]
    learned_until: Cutoff
    censored: bool


def validation_cutoffs(
    words: str, model: VerifiedModel, star: Star, purge_days: int, span: ForwardMonths
) -> ValidationCutoffs:
    """Resolve the day asked for and hold it against everything the version learned.

    Parameters
    ----------
    words : str
        ``latest_labelled``, ``newest`` or an ISO date.
    model : VerifiedModel
        Its meta holds the training cutoffs and the label window in force, with its buffer.
    star : Star
        The log.
    purge_days : int
        Of the version's own configuration.
    span : ForwardMonths
        Steps and number of the months.

    Raises
    ------
    ConfigError
        If the day lies outside the log (``cutoff_outside_log``), or training labels reach it
        within the purge (``label_overlap``).
    """
    horizon = Horizon(**model.meta["horizon"])
    training = tuple(Cutoff.parse(c) for c in sorted(model.meta["training_cutoffs"]))
    learned = Cutoff(max(horizon.window(c).end for c in training))
    judged = choose_cutoff(words, star, horizon)
    if not is_ahead(judged, training, horizon, purge_days):
        raise _overlap(judged, learned, purge_days, model, horizon)
    censored = not horizon.is_complete(judged, star.last_date)
    months = span.until(judged, training, horizon, purge_days)
    complete = tuple(m for m in months if horizon.is_complete(m, star.last_date))
    return ValidationCutoffs(judged, complete, training, learned, censored)


def _overlap(
    judged: Cutoff, learned: Cutoff, purge_days: int, model: VerifiedModel, horizon: Horizon
) -> ConfigError:
    first = learned.plus_days(purge_days)
    buffer = f" after {horizon.buffer_days} days" if horizon.buffer_days else ""
    return ConfigError(
        f"version {model.version} learned from what it would be judged by",
        got=f"cutoff {judged}: training labels ({horizon.months} months{buffer}) reach to "
        f"{learned}, and {purge_days} days of purge follow",
        allowed=f"a cutoff from {first} on, in a log that goes {horizon.months} months further",
        remedy=f"give cutoff={first} or later, a longer log, or a version trained earlier",
        reason_code="label_overlap",
    )
