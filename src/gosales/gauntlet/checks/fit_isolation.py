"""Proof: a model is a function of its training rows, and those are not chosen by the outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from gosales.core.seeds import derive_seed
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.model_digest import model_digests
from gosales.gauntlet.out_of_fold import out_of_fold
from gosales.gauntlet.panel_difference import bits_differ
from gosales.gauntlet.plan_faults import PlanFaults
from gosales.gauntlet.sealed_process import OutsideReadError, SealedProcess
from gosales.gauntlet.withheld_outcomes import withheld_outcomes


class FitIsolation:
    """Plans the folds, refits each, and the model that ships, where nothing else can be known.

    Each fit happens in a process of its own that is given the training rows, and the features of
    the validation rows to predict; it can read no file, remembers no earlier fit and never saw
    the log. Its predictions must be the reported ones, and the model the one that ships, to the
    last bit. What an estimator, transform or calibrator remembers from other folds, reads from a
    file, or takes from what it predicted before cannot help it there.

    The plan must be the reported one too, and planned again, per fold, with other outcomes outside
    its training rows, it must validate the same cutoffs and train on the same rows (`PlanFaults`).
    Accounts that move between folds with their labels warn: a stratified split does that.

    Parameters
    ----------
    max_examples : int, default 20
        Differing fits listed; all are counted.

    Notes
    -----
    A proof: equal rows must give equal bits, so there are no false alarms.
    """

    name = "fit_isolation"
    subject = Subject.LEAK
    is_proof = True

    def __init__(self, max_examples: int = 20) -> None:
        self.max_examples = max_examples

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when a fit that knows its rows only gives other bits than were reported."""
        folds = context.plan.folds
        if not folds or any(not len(f.train) or not len(f.valid) for f in folds):
            return finding_of(self, Outcome.INCONCLUSIVE, "the plan has no complete fold", {})
        reported = out_of_fold(context)
        with SealedProcess.of(context.packed, context.workdir / "sealed") as process:
            found, moved = _planned(context, process)
            found += _tried("the model that ships", lambda: _shipped(context, process))
            for fold in folds:
                work = partial(_fold, context, process, fold, reported)
                found += _tried(f"fold {fold.name}", work)
            by_child = process.by_child
        refits = 1 + len(folds)
        values = {"refits": refits, "differences": len(found), "by_child": by_child}
        figure = _figure(context, found)
        values["moved_folds"] = len(moved)
        if found:
            reason = f"{len(found)} differences in {refits} fits and their plan; first: "
            reason += f"{found[0]['fit']}: "
            reason += str(found[0]["why"])
            return finding_of(
                self, Outcome.FAIL, reason, values, found[: self.max_examples], figure
            )
        reason = f"{refits} fits that knew their own rows only give the reported bits"
        if moved:
            reason += f"; which accounts fold {moved[0]} validates depends on their outcomes"
            return finding_of(self, Outcome.WARN, reason, values, figure=figure)
        return finding_of(self, Outcome.PASS, reason, values, figure=figure)


def _figure(context: GauntletContext, found: list[dict[str, Any]]) -> dict[str, Any]:
    differ = Counter(str(f["fit"]) for f in found)
    fits = {"the model that ships": (len(context.training), len(context.forward))}
    fits |= {f"fold {f.name}": (len(f.train), len(f.valid)) for f in context.plan.folds}
    return {
        "kind": "counts",
        "title": "Fits that knew their own rows only, against those reported",
        **figure_source(
            "each fold, and all training rows with the forward rows", {"training": context.training}
        ),
        "no_interval": "bits are equal or not, none is estimated",
        "head": ["rows fitted on", "predictions compared", "fits that differ"],
        "rows": [[name, [*counts, differ[name]]] for name, counts in fits.items()],
        "offences": True,
    }


def _planned(
    context: GauntletContext, process: SealedProcess
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    seed = derive_seed(context.seed, "fit_isolation", "plan")
    try:
        planned = PlanFaults.of(context.training, context.plan, process.plan, seed)
    except OutsideReadError as error:
        return [_outside("the plan", error)], ()
    return [{"fit": fit, "why": why} for fit, why in planned.faults], planned.moved


def _tried(what: str, fit: Callable[[], str]) -> list[dict[str, Any]]:
    try:
        why = fit()
    except OutsideReadError as error:
        return [_outside(what, error)]
    return [{"fit": what, "why": why}] if why else []


def _outside(what: str, error: OutsideReadError) -> dict[str, Any]:
    return {"fit": what, "why": f"it reads outside of what it is given: {error.got}"}


def _shipped(context: GauntletContext, process: SealedProcess) -> str:
    forward = context.forward.X
    model, scores = process.fit(context.training, forward)
    found, wanted = (model_digests(m) for m in (model, context.model))
    parts = [part for part in found if part != "model" and found[part] != wanted[part]]
    if parts:
        return f"another {', '.join(parts)}"
    # Equal by what it says of itself; what it predicts may stand on more.
    differ = int(bits_differ(context.model.predict(forward), scores).sum()) if len(forward) else 0
    return f"{differ} of {len(forward)} forward predictions are others" if differ else ""


def _fold(
    context: GauntletContext, process: SealedProcess, fold: Fold, reported: np.ndarray
) -> str:
    found = process.fit_fold(*_own_rows(context.training, fold, context.seed))[1]
    differ = int(bits_differ(np.asarray(reported[fold.valid]), np.asarray(found)).sum())
    return f"{differ} of {len(fold.valid)} predictions are others" if differ else ""


def _own_rows(panel: Panel, fold: Fold, seed: int) -> tuple[Panel, Fold]:
    """The rows of one fold, in their order, without the outcomes of the validation rows."""
    kept = np.union1d(fold.train, fold.valid)
    part = panel.take(kept)
    held = np.isin(kept, fold.valid)
    rng = np.random.default_rng(derive_seed(seed, "fit_isolation", fold.name))
    places = {side: np.searchsorted(kept, getattr(fold, side)) for side in ("train", "valid")}
    return withheld_outcomes(part, held, rng), replace(fold, **places)
