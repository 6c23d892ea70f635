"""Proof: two fresh runs with the same seed give the same bits, and those that were reported."""

from __future__ import annotations

from typing import Any

import numpy as np

from gosales.core.digests import digest_array
from gosales.evaluation.candidate import Candidate
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.fold_map import map_folds
from gosales.gauntlet.fresh_panel import fresh_panel
from gosales.gauntlet.model_digest import model_digests
from gosales.gauntlet.plan_digest import plan_digest


class Reproducibility:
    """Repeats build, split, cross-validation and final fit twice from scratch.

    Panel, folds, predictions and models of every fold, and the model that ships must have the
    same digests in both runs; panel, folds, shipped model (and out-of-fold predictions, where
    they were kept) must be those that were reported.

    Parameters
    ----------
    max_examples : int, default 20
        Differing digests listed; all are counted.
    """

    name = "reproducibility"
    subject = Subject.LEAK
    is_proof = True

    def __init__(self, max_examples: int = 20) -> None:
        self.max_examples = max_examples

    def run(self, context: GauntletContext) -> Finding:
        """FAIL on the first digest that differs."""
        if not len(context.training) or not context.plan.folds:
            return finding_of(self, Outcome.INCONCLUSIVE, "there is nothing to repeat", {})
        cutoffs = context.candidate.training_cutoffs(context.star)
        first = _digests(context, fresh_panel(context, cutoffs))
        second = _digests(context, context.candidate.build(context.star, cutoffs, cached=False))
        found = _unlike(first, second, "second run")
        found += _unlike(_reported(context), first, "fresh run")
        values: dict[str, Any] = {
            "digests": len(first),
            "differences": len(found),
            "panel": first["panel"],
            "plan": first["plan"],
            "model": first["model"],
        }
        if found:
            reason = f"{len(found)} digests differ; first: {found[0]['what']} in the "
            reason += str(found[0]["run"])
            return finding_of(self, Outcome.FAIL, reason, values, found[: self.max_examples])
        reason = f"{len(first)} digests are equal in two fresh runs and in the reported one"
        return finding_of(self, Outcome.PASS, reason, values)


def _digests(context: GauntletContext, built: Panel) -> dict[str, str]:
    """Of everything that one run makes from the panel as built."""
    candidate, panel = context.candidate, built.labelled()
    plan = candidate.plan(panel)
    out = {"panel": panel.digest, "plan": plan_digest(plan)}
    found = map_folds(_fit_fold, candidate, panel, plan, context.seed, context.n_jobs)
    for fold, (model, predictions) in zip(plan.folds, found, strict=True):
        out[f"model of fold {fold.name}"] = model
        out[f"predictions of fold {fold.name}"] = predictions
    out["model"] = model_digests(candidate.fit(panel))["model"]
    return out


def _fit_fold(candidate: Candidate, panel: Panel, fold: Fold, seed: int) -> tuple[str, str]:
    model, predictions = candidate.fit_fold(panel, fold)
    return model_digests(model)["model"], digest_array(np.asarray(predictions, dtype="float64"))


def _reported(context: GauntletContext) -> dict[str, str]:
    out = {
        "panel": context.training.digest,
        "plan": plan_digest(context.plan),
        "model": model_digests(context.model)["model"],
    }
    if context.oof is not None:
        for fold in context.plan.folds:
            reported = np.asarray(context.oof[fold.valid], dtype="float64")
            out[f"predictions of fold {fold.name}"] = digest_array(reported)
    return out


def _unlike(wanted: dict[str, str], got: dict[str, str], run: str) -> list[dict[str, Any]]:
    names = sorted(set(wanted) if run == "fresh run" else set(wanted) | set(got))
    return [
        {"what": name, "run": run, "wanted": wanted.get(name, ""), "got": got.get(name, "")}
        for name in names
        if wanted.get(name) != got.get(name)
    ]
