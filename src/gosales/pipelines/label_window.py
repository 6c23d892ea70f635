"""The label window of the configured division, decided before anything is trained."""

from __future__ import annotations

from gosales.core.progress import Progress, SilentProgress
from gosales.evaluation.window_choice import WindowChoice
from gosales.evaluation.window_search import WindowSearch
from gosales.pipelines.assembly import Assembly
from gosales.pipelines.cutoff_choice import choose_cutoff


def label_window(parts: Assembly, progress: Progress | None = None) -> WindowChoice:
    """Choose the window, and with it the day that ``latest_labelled`` means.

    Parameters
    ----------
    parts : Assembly
        The parts with the label as declared.
    progress : Progress, optional
        Listener.

    Raises
    ------
    ConfigError
        If the requested cutoff lies outside the log, or the target matches no line of it.
    """
    words, star = str(parts.cfg.cutoff.date), parts.star
    search = WindowSearch(
        builder=parts.builder,
        training=parts.training,
        purge_days=parts.splitter.purge_days,
        cutoff_at=lambda horizon: choose_cutoff(words, star, horizon),
        progress=progress or SilentProgress(),
    )
    return search.choose(star, parts.target)
