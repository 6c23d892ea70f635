"""Out-of-fold probabilities of every candidate, one fit of each member a fold."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from grids import LINES, TREES, Choice
from hydra import compose, initialize_config_dir

from gosales.core.blas import one_blas_thread
from gosales.core.columns import IS_OWNER
from gosales.core.errors import DegenerateError
from gosales.core.seeds import derive_seed, stable_buckets
from gosales.evaluation.fold import Fold
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.features.panel import Panel
from gosales.models.calibrators.platt import Platt
from gosales.models.estimator import Estimator
from gosales.models.logistic import logit, sigmoid
from gosales.pipelines.assembly import make
from gosales.pipelines.conf_files import conf_root

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "007_honest_accuracy"), str(HERE.parent / "006_plain_baseline")]
from logs import Log  # noqa: E402
from panels import OpenLog  # noqa: E402

# Study 007 compares populations of twelve months; here the shipped ones count.
POPULATION = ["population.warm_months=18", "incumbency.owner_months=24"]
# Fewer buying accounts say too little about a setting (METHODS 5).
ENOUGH = 40
PARTS = 5


@dataclass(frozen=True)
class HeldOut:
    """Rows of one division that no fold's fit saw.

    Parameters
    ----------
    log, division, scheme : str
        Where they are from; how the folds were cut.
    account : numpy.ndarray of str, shape (n,)
        Account of each row.
    y : numpy.ndarray, shape (n,)
        Outcomes.
    whitespace : numpy.ndarray of bool, shape (n,)
        Rows without a purchase of the division for 24 months.
    p : dict of Choice to numpy.ndarray
        Probabilities, calibrated on other accounts' out-of-fold rows.
    """

    log: str
    division: str
    scheme: str
    account: np.ndarray
    y: np.ndarray
    whitespace: np.ndarray
    p: dict[Choice, np.ndarray]


def held_out(log: Log, name: str, choices: Sequence[Choice], work: Path) -> Iterator[HeldOut]:
    """Every division of a log that has enough buyers; training cutoffs only.

    Parameters
    ----------
    log : Log
        Which log. Its own cutoff is never looked at: it only says where training ends.
    name : str
        What to call it.
    choices : sequence of Choice
        Candidates; a blend is made of its members' predictions and costs nothing.
    work : pathlib.Path
        Where star and feature cache lie.
    """
    opened = OpenLog.of(log, {"shipped": POPULATION}, work)
    members = {m: _estimator(m) for m in sorted({m for c in choices for m in _members(c)})}
    panels = opened.panels(opened.train_at)
    for target in opened.targets:
        panel = panels[target.key].labelled()
        candidate = opened.candidate("shipped", target)
        try:
            plan = candidate.plan(panel)
            folds = [_scores(candidate, members, panel, f) for f in plan.folds]
        except DegenerateError as error:
            print(f"{name} {target.name}: {error.reason_code}", flush=True)
            continue
        rows = np.concatenate([f.valid for f in plan.folds])
        raw = {m: np.concatenate([f[m] for f in folds]) for m in members}
        account, y = panel.groups[rows].astype(str), panel.y[rows]
        if len(np.unique(account[y == 1.0])) < ENOUGH:
            print(f"{name} {target.name}: few_positives", flush=True)
            continue
        new = ~panel.rows[IS_OWNER].to_numpy(dtype=bool)[rows]
        p = {c: _calibrated(_blended([raw[m] for m in _members(c)]), y, account) for c in choices}
        print(f"{name} {target.name}: {len(rows)} rows, {plan.scheme}", flush=True)
        yield HeldOut(name, target.name, plan.scheme, account, y, new, p)


def _members(choice: Choice) -> list[tuple[str, str]]:
    """Family and setting of each part; the trees of a blend are held to their signs."""
    family = "lgbm_monotone" if choice.family == "blend" else choice.family
    parts = [(family, choice.trees)] if choice.trees else []
    return [*parts, *([("logreg", choice.line)] if choice.line else [])]


def _estimator(member: tuple[str, str]) -> Estimator:
    family, setting = member
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        base: Estimator = make(compose("train", overrides=[f"estimator={family}"]).estimator)
    changes = LINES[setting] if family == "logreg" else TREES[setting]
    return replace(base, **changes)  # type: ignore[type-var]


def _scores(
    candidate: StandardCandidate,
    members: dict[tuple[str, str], Estimator],
    panel: Panel,
    fold: Fold,
) -> dict[tuple[str, str], np.ndarray]:
    """Raw probabilities of the validation rows by member; transforms are fitted once."""
    part, seed = panel.take(fold.train), derive_seed(candidate.seed, "fixed", fold.name)
    with one_blas_thread():
        transforms, matrix = candidate.recipe.prepare(part.X, part.specs)
        valid = panel.take(fold.valid).X
        for transform in transforms:
            valid = transform.apply(valid)
        return {
            name: member.fit(matrix, part.y, None, part.specs, seed).predict(valid)
            for name, member in members.items()
        }


def _blended(parts: Sequence[np.ndarray]) -> np.ndarray:
    """As `Blend` does: the mean of log odds."""
    return sigmoid(np.mean([logit(p) for p in parts], axis=0))


def _calibrated(p: np.ndarray, y: np.ndarray, account: np.ndarray) -> np.ndarray:
    """Platt's map, each part of the accounts by the fit on all other parts."""
    parts = stable_buckets(list(account), PARTS, 12)
    out = np.empty(len(p))
    for part in np.unique(parts):
        held = parts == part
        out[held] = Platt().fit(p[~held], y[~held], None).predict(p[held])
    return out
