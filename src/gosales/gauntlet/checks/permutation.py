"""Statistic: the candidate beats itself fitted on permuted labels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from gosales.core.errors import ConfigError
from gosales.core.seeds import derive_seed
from gosales.evaluation.candidate import Candidate
from gosales.evaluation.fold import Fold
from gosales.evaluation.permutable_candidate import PermutableCandidate
from gosales.features.panel import Panel
from gosales.gauntlet.alike_rows import alike_rows
from gosales.gauntlet.block_permutation import BlockPermutation
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.rank_auc import rank_auc

_OBSERVED = -1
# Draws a process makes at a time: few at first, because a hopeless division ends the test at
# once; more later, because each time the matrix is prepared and binned anew.
_CHUNK = 8
_LATER_CHUNK = 32


class Permutation:
    """Label permutation by account blocks, training labels only, one fit of the recipe a draw.

    Parameters
    ----------
    m : int, default 99
        Draws.
    p_max : float, default 0.01
        Largest p that passes.
    min_degradation : float, default 0.05
        Least AUC of the candidate above the mean of the draws.
    min_positive_accounts : int, default 40
        Fewer in the training panel: INCONCLUSIVE.
    min_validation_positives : int, default 40
        Folds of the most recent validation cutoff are added until they hold so many positive
        accounts, or there are no more.
    z : float, default 1.96
        Half-width of the null mean's interval, in standard errors.

    Raises
    ------
    ConfigError
        If ``p_max`` is unreachable with ``m`` draws, or a limit is out of range.

    Notes
    -----
    ``p = (b + 1) / (m + 1)`` with b draws at or above the candidate. The test ends as soon as b
    makes ``p_max`` unreachable: with m = 99 that is the first such draw; p is then taken over the
    draws made, which is never too small (Besag & Clifford). The statistic is the mean of the
    folds' AUC, weighted by their pairs; candidate and draws use the same recipe.

    What it cannot see: a leak tied to the true label disappears when labels are permuted. And a
    failure is about quality: it says that no skill is proven, as on few positives with little
    signal, and a leak would have made skill. It closes the gate all the same.

    References
    ----------
    Phipson & Smyth 2010; Ojala & Garriga 2010; Besag & Clifford 1991.
    """

    name = "permutation"
    subject = Subject.QUALITY
    is_proof = False

    def __init__(
        self,
        m: int = 99,
        p_max: float = 0.01,
        min_degradation: float = 0.05,
        min_positive_accounts: int = 40,
        min_validation_positives: int = 40,
        z: float = 1.96,
    ) -> None:
        _refuse_out_of_range(m, p_max, min_degradation, z)
        if 1 / (m + 1) > p_max + 1e-12:
            raise ConfigError(
                "the permutation threshold is unreachable with so few draws",
                got=f"m={m}, whose least p is {1 / (m + 1):.4f}, against p_max={p_max}",
                allowed=f"m >= {math.ceil(1 / p_max) - 1}",
                remedy="raise gauntlet.checks.permutation.m",
                reason_code="unreachable_threshold",
            )
        self.m = m
        self.p_max = p_max
        self.min_degradation = min_degradation
        self.min_positive_accounts = min_positive_accounts
        self.min_validation_positives = min_validation_positives
        self.z = z

    @property
    def most_beaten(self) -> int:
        """How many draws may beat the candidate and still leave ``p <= p_max``."""
        return math.floor(self.p_max * (self.m + 1) + 1e-9) - 1

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when permuted labels do as well, WARN when the null itself is above chance."""
        panel = context.training
        positives = len(set(panel.groups[panel.y > 0]))
        values: dict[str, Any] = {"positive_accounts": positives}
        if positives < self.min_positive_accounts:
            reason = f"{positives} positive accounts, {self.min_positive_accounts} needed"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        folds = _latest_folds(panel, context.plan.folds, self.min_validation_positives)
        trial = _Trial(context.candidate, panel, folds, derive_seed(context.seed, self.name))
        observed = trial.statistic(_OBSERVED) if folds else None
        if observed is None:
            reason = "the most recent validation folds are missing, or no stratum has both classes"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        context.progress.start(f"permutation: up to {self.m} draws", self.m)
        null = self._null(trial, observed, context)
        values |= _description(trial, folds, observed, null, self.z)
        outcome, reason = self._judge(values, len(null))
        held = Panel.without_features(panel.rows).take(np.concatenate([f.valid for f in folds]))
        return finding_of(self, outcome, reason, values, figure=_figure(values, null, held, self.z))

    def _null(self, trial: _Trial, observed: float, context: GauntletContext) -> list[float]:
        null: list[float] = []
        beaten = 0
        for statistic in trial.statistics(self.m, context.n_jobs):
            null.append(statistic)
            context.progress.advance()
            beaten += statistic >= observed
            if beaten > self.most_beaten:
                break
        return null

    def _judge(self, values: dict[str, Any], draws: int) -> tuple[Outcome, str]:
        p, drop = values["p"], values["degradation"]
        text = (
            f"p = {p:.3g} over {draws} draws; AUC {values['observed_auc']:.3f} against "
            f"{values['null_mean']:.3f} with permuted labels"
        )
        if values["unchanged_draws"] or not values["movable_positive_accounts"]:
            return Outcome.INCONCLUSIVE, f"{text}; permuting did not change the labels"
        if not (p <= self.p_max and draws == self.m):
            return Outcome.FAIL, f"{text}; p above {self.p_max}"
        if not drop >= self.min_degradation:
            return Outcome.FAIL, f"{text}; degradation {drop:.3f} below {self.min_degradation}"
        if values["null_mean_lo"] > 0.5:
            return Outcome.WARN, f"{text}; the null mean lies above 0.5: explain (strata or leak)"
        return Outcome.PASS, text


class _Trial:
    """One statistic per draw; draw numbers are seeds, so any part can be done anywhere."""

    def __init__(
        self, candidate: Candidate, panel: Panel, folds: Sequence[Fold], seed: int
    ) -> None:
        self._candidate = candidate
        self._panel = panel
        self._folds = tuple(folds)
        self._seed = seed
        self.permutations = [BlockPermutation(panel.rows.iloc[f.train]) for f in self._folds]
        self._alike = alike_rows(panel.rows)

    def labels(self, k: int, draw: int) -> np.ndarray:
        """Training labels of fold k in one draw; the true ones for the observed statistic."""
        blocks = self.permutations[k]
        if draw == _OBSERVED:
            return blocks.y
        return blocks.draw(derive_seed(self._seed, "labels", self._folds[k].name, draw))

    def unchanged(self, draws: int) -> int:
        """Draws among the first ones that left the labels of some fold as they were."""
        return sum(
            any(np.array_equal(self.labels(k, d), b.y) for k, b in enumerate(self.permutations))
            for d in range(draws)
        )

    def statistic(self, draw: int) -> float | None:
        """AUC of one draw, None with one class."""
        found = self._run([draw])
        return None if math.isnan(found[0]) else found[0]

    def statistics(self, m: int, n_jobs: int) -> Iterator[float]:
        """AUC of draws 0..m-1 in order; stops working when the caller stops asking."""
        if n_jobs == 1:
            yield from self._lazy(range(m))
            return
        from joblib import Parallel, delayed

        first = min(m, n_jobs * _CHUNK)
        starts = [*range(0, first, _CHUNK), *range(first, m, _LATER_CHUNK), m]
        chunks = [range(*ends) for ends in pairwise(starts)]
        for start in range(0, len(chunks), n_jobs):
            batch = chunks[start : start + n_jobs]
            found = Parallel(n_jobs=n_jobs)(delayed(self._run)(list(chunk)) for chunk in batch)
            yield from (value for part in found for value in part)

    def _run(self, draws: list[int]) -> list[float]:
        return list(self._lazy(draws))

    def _lazy(self, draws: Iterable[int]) -> Iterator[float]:
        draws = list(draws)
        streams = [self._predictions(k, draws) for k in range(len(self._folds))]
        for predictions in zip(*streams, strict=True):
            yield self._pooled(predictions)

    def _predictions(self, k: int, draws: Sequence[int]) -> Iterator[np.ndarray]:
        fold = self._folds[k]
        labels = (self.labels(k, draw) for draw in draws)
        if isinstance(self._candidate, PermutableCandidate):
            seeds = [derive_seed(self._seed, "fit", fold.name, draw) for draw in draws]
            yield from self._candidate.fit_permuted(self._panel, fold, labels, seeds)
            return
        for permuted in labels:
            y = self._panel.y.copy()
            y[fold.train] = permuted
            yield self._candidate.fit_fold(self._panel.with_labels(y), fold)[1]

    def _pooled(self, predictions: Sequence[np.ndarray]) -> float:
        """Mean AUC over folds and strata, weighted by pairs; NaN when none has both classes."""
        total = weight = 0.0
        for fold, found in zip(self._folds, predictions, strict=True):
            y, scores = self._panel.y[fold.valid], np.asarray(found, dtype="float64")
            alike = self._alike[fold.valid]
            for stratum in np.unique(alike):
                here = alike == stratum
                auc = rank_auc(y[here], scores[here])
                if auc is not None:
                    pairs = float(y[here].sum() * (1 - y[here]).sum())
                    total, weight = total + pairs * auc, weight + pairs
        return total / weight if weight else math.nan


def _refuse_out_of_range(m: int, p_max: float, min_degradation: float, z: float) -> None:
    sane = m >= 1 and 0 < p_max < 1 and math.isfinite(min_degradation) and 0 < z < math.inf
    if not sane:
        raise ConfigError(
            "the permutation check's limits are out of range",
            got=f"m={m}, p_max={p_max}, min_degradation={min_degradation}, z={z}",
            allowed="m >= 1, 0 < p_max < 1, finite degradation, z > 0",
            remedy="mend conf/gauntlet/check/permutation.yaml",
            reason_code="bad_limits",
        )


def _latest_folds(panel: Panel, folds: Sequence[Fold], wanted: int) -> list[Fold]:
    """Folds of the most recent validation cutoff, as many as give enough positive accounts."""
    usable = [f for f in folds if len(f.train) and len(f.valid)]
    newest = {f.name: panel.take(f.valid).cutoffs[-1] for f in usable}
    last = max(newest.values(), default=None)
    chosen: list[Fold] = []
    seen: set[str] = set()
    for fold in (f for f in usable if newest[f.name] == last):
        if len(seen) >= wanted:
            break
        chosen.append(fold)
        seen |= set(map(str, panel.groups[fold.valid][panel.y[fold.valid] > 0]))
    return chosen


def _description(
    trial: _Trial, folds: Sequence[Fold], observed: float, null: list[float], z: float
) -> dict[str, Any]:
    draws = np.array(null)
    mean = float(draws.mean())
    sd = float(draws.std(ddof=1)) if len(draws) > 1 else 0.0
    half = z * sd / math.sqrt(len(draws))
    beaten = int((draws >= observed).sum())
    return {
        "p": (beaten + 1) / (len(draws) + 1),
        "draws": len(draws),
        "beaten": beaten,
        "observed_auc": observed,
        "null_mean": mean,
        "null_mean_lo": mean - half,
        "null_mean_hi": mean + half,
        "null_sd": sd,
        "z_score": (observed - mean) / sd if sd else None,
        "degradation": observed - mean,
        "folds": [f.name for f in folds],
        "movable_positive_accounts": sum(b.movable_positive_accounts for b in trial.permutations),
        "training_positive_accounts": sum(b.positive_accounts for b in trial.permutations),
        "unchanged_draws": trial.unchanged(len(draws)),
    }


def _figure(values: dict[str, Any], null: list[float], held: Panel, z: float) -> dict[str, Any]:
    source = figure_source(
        f"validation folds {', '.join(values['folds'])} of the training panel", {"": held}
    )
    mean = [values["null_mean_lo"], values["null_mean_hi"]]
    told = {"no_interval": "one draw has no spread"}
    if len(null) > 1:
        text = f"mean of the draws {values['null_mean']:.3f} [{mean[0]:.3f}, {mean[1]:.3f}]"
        told = {"interval": f"{math.erf(z / math.sqrt(2)):.0%} of the {text}"}
    return {
        "kind": "histogram",
        "title": f"AUC with permuted labels ({values['draws']} draws) and of the candidate",
        **source,
        "n": [*source["n"], ["draws", len(null)]],
        **told,
        "mean": mean,
        "series": {"null": null, "candidate": values["observed_auc"]},
        "x": "AUC, most recent validation folds",
    }
