"""Rows that calibrators learn from, and forward rows, of every division of a log."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gosales.core.errors import DegenerateError
from gosales.evaluation.nested_fit import NestedFit
from gosales.features.panel import Panel
from gosales.labels.target import Target

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "007_honest_accuracy"), str(HERE.parent / "006_plain_baseline")]
from logs import Log  # noqa: E402
from panels import OpenLog  # noqa: E402
from shift_pool import Held  # noqa: E402

# Study 007 compares populations of twelve months; here the shipped ones count.
KEY = "shipped"
SHIPPED = ["population.warm_months=18", "incumbency.owner_months=24"]


Pair = tuple[Held, Held]


def dense_rows(log: Log, name: str, work: Path) -> list[Held]:
    """Per division the rows its calibrator learns from: out of the inner folds.

    Parameters
    ----------
    log : Log
        Which log, at which cutoff.
    name : str
        What to call it in the result.
    work : pathlib.Path
        Where star and feature cache lie.
    """
    opened = OpenLog.of(log, {KEY: SHIPPED}, work)
    panels = opened.panels(opened.train_at)
    fitted = ((t, panels[t.key].labelled()) for t in opened.targets)
    found = [_fitted(opened, target, name, panel) for target, panel in fitted]
    return [held for held, _ in filter(None, found)]


def forward_rows(log: Log, name: str, work: Path) -> list[Pair]:
    """As `dense_rows`, each with the forward rows of the division, raw probabilities."""
    opened = OpenLog.of(log, {KEY: SHIPPED}, work)
    panels = opened.panels([*opened.train_at, opened.cutoff])
    pairs = []
    for target in opened.targets:
        whole = panels[target.key]
        fitted = _fitted(opened, target, name, whole.at(opened.train_at).labelled())
        rows = whole.at([opened.cutoff]).labelled()
        if fitted is not None and len(rows):
            pairs.append((fitted[0], _held(name, target, rows, fitted[1].model.raw(rows.X))))
    return pairs


def thinned_rows(
    log: Log, name: str, work: Path, positives: Sequence[int], draws: int
) -> list[tuple[int, Held, Held]]:
    """Divisions made sparse: fits on few accounts, and the training rows of all other accounts.

    Parameters
    ----------
    log, name, work
        As in `dense_rows`.
    positives : sequence of int
        Accounts are drawn until so many of them bought.
    draws : int
        Samples of a division and size.
    """
    opened = OpenLog.of(log, {KEY: SHIPPED}, work)
    panels = opened.panels(opened.train_at)
    rng = np.random.default_rng(12)
    found = []
    for target in opened.targets:
        panel = panels[target.key].labelled()
        names, code = np.unique(panel.groups.astype(str), return_inverse=True)
        bought = np.bincount(code, weights=panel.y) > 0
        for n in (n for n in positives for _ in range(draws)):
            order = rng.permutation(len(names))
            reached = np.flatnonzero(np.cumsum(bought[order]) == n)
            if not len(reached):
                continue
            seen = np.isin(code, order[: reached[0] + 1])
            fitted = _fitted(opened, target, name, panel.take(np.flatnonzero(seen)))
            if fitted is None:
                continue
            rest = panel.take(np.flatnonzero(~seen))
            judged = _held(name, target, rest, fitted[1].model.raw(rest.X))
            found.append((n, fitted[0], judged))
    return found


def _fitted(
    opened: OpenLog, target: Target, name: str, panel: Panel
) -> tuple[Held, NestedFit] | None:
    try:
        nested = opened.candidate(KEY, target).fit_nested(panel)
    except DegenerateError as error:
        print(f"{name} {target.name}: {error.reason_code}", flush=True)
        return None
    seen = np.flatnonzero(~np.isnan(nested.inner_oof))
    part = panel.take(seen)
    if not 0.0 < part.y.mean() < 1.0:
        return None
    return _held(name, target, part, nested.inner_oof[seen]), nested


def _held(name: str, target: Target, panel: Panel, p: np.ndarray) -> Held:
    return Held(name, target.name, panel.groups.astype(str), p, panel.y)
