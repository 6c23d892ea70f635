"""Every fit that any approved check asks of a candidate, against the folds that were reported.

A fit is known by its rows, whatever panel they stand in: the training and the validation side of
a fold of the reported plan, or all training rows for the model that ships and for forward rows.
Not fits of the candidate are the classifier of `adversarial_validation`, which reads no label and
halves the accounts, and what `Hindsight` foretells of each account from its own past.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from tests.support.every_toy import EveryToy
from tests.support.toy_candidate import toy_context
from tests.support.toy_model import ToyLogistic

from gosales.gauntlet import runner
from gosales.gauntlet.checks import future_invariance
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.sealed_process import SealedProcess
from gosales.models.estimators.lgbm import Lgbm

CONF = Path(__file__).resolve().parents[2] / "conf"
DRAWS = 19
# Few draws and resamples: which fits are made does not hang on how many.
FEW = [
    f"gauntlet.checks.permutation.m={DRAWS}",
    "gauntlet.checks.permutation.p_max=0.05",
    *(
        f"gauntlet.checks.{name}.replicates=30"
        for name in (
            "reproducibility", "optimism_gap", "calibration", "prequential", "shift_grid",
            "topk_ablation", "adjacency_ablation",
        )
    ),
]  # fmt: skip
WHOLE, ELSEWHERE = "all training rows", "rows of no fold"
# How often each check asks for each fold, and for all training rows, by the way it asks.
A_FOLD = {
    "fit_scope": {"fit_fold": 3},
    "fit_isolation": {"fit_fold": 1, "sealed fit_fold": 1},
    "reproducibility": {"fit_fold": 2},
    "event_proximity": {"fit_fold": 1},
    "optimism_gap": {"fit_fold": 1},
    "importance_stability": {"fit_fixed": 1},
    "topk_ablation": {"fit_fixed": 2},
    # Of its sets all columns only: the others hold the toy's own, which were fitted before.
    "adjacency_ablation": {"fit_fixed": 1},
}
ON_ALL = {
    "fit_isolation": {"sealed fit": 1},
    "reproducibility": {"fit": 2},
    "importance_stability": {"fit_fixed": 1},
    "topk_ablation": {"fit_fixed": 2},
    "adjacency_ablation": {"fit_fixed": 1},
}
OWN = {"adversarial_validation": 2}


def keys(panel, rows):
    part = panel.rows.iloc[rows]
    return frozenset(zip(part["customer_id"].astype(str), part["cutoff"].astype(str), strict=True))


class Watch:
    """Notes which check asks for which fit."""

    def __init__(self, context, patch):
        training, forward = context.training, context.forward.labelled()
        every = keys(training, np.arange(len(training)))
        self.routes = {
            (keys(training, f.train), keys(training, f.valid)): f.name for f in context.plan.folds
        }
        self.routes |= {(every, frozenset()): WHOLE, (every, keys(forward, slice(None))): WHOLE}
        self.asked, self.learned, self.own = {}, Counter(), Counter()
        self.check = ""
        self._around(patch, EveryToy, "fit", self._whole("fit"))
        self._around(patch, EveryToy, "fit_fold", self._fold("fit_fold"))
        self._around(patch, EveryToy, "fit_fixed", self._fold("fit_fixed"))
        self._around(patch, SealedProcess, "fit", self._whole("sealed fit"))
        self._around(patch, SealedProcess, "fit_fold", self._fold("sealed fit_fold"))
        self._around(patch, Lgbm, "fit", lambda *_: self.own.update([self.check]))
        self._permuted(patch)
        self._learned(patch)
        self._checks(patch)

    def _note(self, way, panel, train, valid):
        where = self.routes.get((keys(panel, train), keys(panel, valid)), ELSEWHERE)
        self.asked.setdefault(self.check, Counter())[way, where] += 1

    def _whole(self, way):
        return lambda panel, *_: self._note(way, panel, np.arange(len(panel)), [])

    def _fold(self, way):
        return lambda panel, fold: self._note(way, panel, fold.train, fold.valid)

    def _around(self, patch, owner, name, note):
        true = getattr(owner, name)

        def noted(this, *given):
            note(*given)
            return true(this, *given)

        patch.setattr(owner, name, noted)

    def _permuted(self, patch):
        true = EveryToy.fit_permuted

        def noted(this, panel, fold, labels, seeds):
            for found in true(this, panel, fold, labels, seeds):
                self._note("fit_permuted", panel, fold.train, fold.valid)
                yield found

        patch.setattr(EveryToy, "fit_permuted", noted)

    def _learned(self, patch):
        true = ToyLogistic.learn.__func__

        def noted(kind, *given, **named):
            self.learned[self.check] += 1
            return true(kind, *given, **named)

        patch.setattr(ToyLogistic, "learn", classmethod(noted))

    def _checks(self, patch):
        true = runner.audited_check

        def noted(name, check, context):
            self.check = name
            return true(name, check, context)

        patch.setattr(runner, "audited_check", noted)


@pytest.fixture(scope="module")
def audited(star, tmp_path_factory):
    """The whole approved policy, watched."""
    with initialize_config_dir(str(CONF), version_base=None):
        policy = instantiate(compose("gauntlet/approved", overrides=FEW).gauntlet)
    context = toy_context(star, EveryToy(), tmp_path_factory.mktemp("counts"))
    with pytest.MonkeyPatch.context() as patch:
        watch = Watch(context, patch)
        # Its many rebuilds are in a process that is watched: it could fit nowhere else.
        patch.setattr(future_invariance._Rebuilds, "comparisons", lambda *_: iter(()))
        report = runner.run_gauntlet(context, policy.checks, policy, recipe_digest="r" * 64)
    return context, report, watch


def wanted(context, report):
    found = {}
    for name, ways in A_FOLD.items():
        fits = {(way, f.name): n for way, n in ways.items() for f in context.plan.folds}
        found[name] = Counter({**fits, **{(w, WHOLE): n for w, n in ON_ALL.get(name, {}).items()}})
    latest = report.finding("permutation").values["folds"]
    found["permutation"] = Counter({("fit_permuted", name): DRAWS + 1 for name in latest})
    return found


def test_every_check_ran_and_measured(audited):
    context, report, _ = audited
    closed = {f.name: f.reason for f in report.findings if f.outcome is Outcome.ERROR}
    assert closed == {}
    assert len(report.findings) == 26
    assert report.finding("permutation").values["draws"] == DRAWS
    assert len(context.plan.folds) == 6


def test_every_fit_is_on_a_reported_fold_or_on_all_training_rows(audited):
    context, report, watch = audited
    stray = {n: c for n, c in watch.asked.items() if any(w == ELSEWHERE for _, w in c)}
    assert stray == {}
    assert watch.asked == wanted(context, report)


def test_no_check_fits_but_through_the_candidate(audited):
    """Each fit of the toy learns once: a check that took its parts to fit them would show."""
    _, _, watch = audited
    through = {
        name: sum(n for (way, _), n in asked.items() if not way.startswith("sealed"))
        for name, asked in watch.asked.items()
    }
    assert watch.learned == through
    assert watch.own == OWN


def test_a_fit_on_other_rows_would_show(star, tmp_path):
    context = toy_context(star, EveryToy(), tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        watch = Watch(context, patch)
        fold = context.plan.folds[0]
        for other in (
            replace(fold, train=fold.train[1:]),
            replace(fold, train=np.append(fold.train, fold.valid[0])),
            replace(fold, valid=context.plan.folds[1].valid),
        ):
            context.candidate.fit_fold(context.training, other)
        context.candidate.fit(context.training.take(fold.train))
    assert set(watch.asked[""]) == {("fit_fold", ELSEWHERE), ("fit", ELSEWHERE)}
