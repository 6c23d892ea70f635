"""Proof: two fresh runs with the same seed give the same bits, and those that were reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gosales.core.digests import digest_array
from gosales.core.timeline import Cutoff
from gosales.evaluation.candidate import Candidate
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.fold_map import map_folds
from gosales.gauntlet.fresh_panel import fresh_panel
from gosales.gauntlet.model_digest import model_digests
from gosales.gauntlet.plan_digest import plan_digest
from gosales.gauntlet.shift_measure import ShiftMeasure
from gosales.models.fitted_model import FittedModel


class Reproducibility:
    """Repeats build, split, cross-validation and final fit twice from scratch.

    Panel, folds, predictions and models of every fold, the model that ships and the shift grid
    (`ShiftMeasure`, with the features of the shifted days) must have the same digests in both
    runs; panel, folds, shipped model (and out-of-fold predictions, where they were kept) must be
    those that were reported.

    Parameters
    ----------
    shifts_days : sequence of int, default (7, 14, 28, 56)
        Days of the shift grid.
    replicates : int, default 1000
        Resamples of its intervals.
    max_examples : int, default 20
        Differing digests listed; all are counted.
    """

    name = "reproducibility"
    subject = Subject.LEAK
    is_proof = True

    def __init__(
        self,
        shifts_days: Sequence[int] = (7, 14, 28, 56),
        replicates: int = 1000,
        max_examples: int = 20,
    ) -> None:
        self.shifts_days = [int(d) for d in shifts_days]
        self.replicates = replicates
        self.max_examples = max_examples

    def run(self, context: GauntletContext) -> Finding:
        """FAIL on the first digest that differs."""
        if not len(context.training) or not context.plan.folds:
            return finding_of(self, Outcome.INCONCLUSIVE, "there is nothing to repeat", {})
        cutoffs = self.fresh_cutoffs(context)
        first = self._digests(context, fresh_panel(context, cutoffs))
        again = context.candidate.build(context.star, cutoffs, cached=False)
        second = self._digests(context, again)
        found = _unlike(first, second, "second run")
        found += _unlike(_reported(context), first, "fresh run")
        values: dict[str, Any] = {
            "digests": len(first),
            "differences": len(found),
            "panel": first["panel"],
            "plan": first["plan"],
            "model": first["model"],
            "shift_grid": first["shift grid"],
        }
        figure = _figure(context, list(first), found)
        if found:
            reason = f"{len(found)} digests differ; first: {found[0]['what']} in the "
            reason += str(found[0]["run"])
            return finding_of(
                self, Outcome.FAIL, reason, values, found[: self.max_examples], figure
            )
        reason = f"{len(first)} digests are equal in two fresh runs and in the reported one"
        return finding_of(self, Outcome.PASS, reason, values, figure=figure)

    def fresh_cutoffs(self, context: GauntletContext) -> list[Cutoff]:
        """The training cutoffs, the requested one, and the shifted days."""
        training = context.candidate.training_cutoffs(context.star)
        shifted = self._measure.fresh_cutoffs(context)
        return sorted({*training, context.cutoff, *shifted})

    @property
    def _measure(self) -> ShiftMeasure:
        return ShiftMeasure(tuple(self.shifts_days), replicates=self.replicates)

    def _digests(self, context: GauntletContext, built: Panel) -> dict[str, str]:
        """Of everything that one run makes from the panel as built."""
        candidate = context.candidate
        panel = built.at(candidate.training_cutoffs(context.star)).labelled()
        plan = candidate.plan(panel)
        out = {"panel": panel.digest, "plan": plan_digest(plan)}
        found = map_folds(_fit_fold, candidate, panel, plan, context.seed, context.n_jobs)
        fitted = dict(zip((fold.name for fold in plan.folds), found, strict=True))
        for name, (model, predictions) in fitted.items():
            out[f"model of fold {name}"] = model_digests(model)["model"]
            out[f"predictions of fold {name}"] = digest_array(predictions)
        ships = candidate.fit(panel)
        out["model"] = model_digests(ships)["model"]
        made = replace(
            context, training=panel, forward=built.at([context.cutoff]), plan=plan, model=ships
        )
        out["shift grid"] = self._grid(made, built, {n: model for n, (model, _) in fitted.items()})
        return out

    def _grid(self, made: GauntletContext, built: Panel, models: Mapping[str, FittedModel]) -> str:
        """Digest of the shift grid; without buyers enough for one, how many there are."""
        measure = self._measure
        positives = measure.positives(made)
        if positives < measure.min_positive_accounts:
            return f"none: {positives} positive accounts"
        return measure.table(made, built, models).digest


def _figure(
    context: GauntletContext, names: list[str], found: list[dict[str, Any]]
) -> dict[str, Any]:
    digests, differ = (
        Counter(name.partition(" of fold ")[0] for name in which)
        for which in (names, [str(f["what"]) for f in found])
    )
    rows = [[kind, [digests[kind], differ[kind]]] for kind in {**digests, **differ}]
    return {
        "kind": "counts",
        "title": "Digests of two fresh runs and of the reported one",
        **figure_source("training panel, its folds, and the forward rows of the shift grid",
                        {"training": context.training}),
        "no_interval": "digests are equal or not, none is estimated",
        "head": ["digests of one run", "differences"],
        "rows": rows,
        "offences": True,
    }  # fmt: skip


def _fit_fold(
    candidate: Candidate, panel: Panel, fold: Fold, seed: int
) -> tuple[FittedModel, np.ndarray]:
    model, predictions = candidate.fit_fold(panel, fold)
    return model, np.asarray(predictions, dtype="float64")


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
