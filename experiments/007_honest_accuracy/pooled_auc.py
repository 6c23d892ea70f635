"""AUC pooled over divisions: every pair of a buyer and a non-buyer of one division counts once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.sample import Sample
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass
class PooledAuc:
    """Rows of many divisions, each ranked by the same rankers.

    Parameters
    ----------
    bootstrap : CustomerBootstrap
        One set of customer weights serves all divisions and rankers, so differences are paired.
    parts : list
        Per division its customers, labels and scores by ranker; filled by `add`.

    Notes
    -----
    ``sum over divisions of P N AUC / sum of P N``, with P buyers and N non-buyers: divisions with
    few buyers weigh little, as they say little. The plain mean over divisions is given beside it.
    """

    bootstrap: CustomerBootstrap
    parts: list[tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]] = field(default_factory=list)

    def add(self, customers: np.ndarray, y: np.ndarray, scores: dict[str, np.ndarray]) -> None:
        """A division; one without both classes has no pair and is left out."""
        if 0 < y.sum() < len(y):
            self.parts.append((customers.astype(str), y, scores))

    def compare(self, rivals: tuple[str, ...]) -> list[dict[str, object]]:
        """Every ranker, and its difference from each rival, as [value, lower, upper]."""
        rankers = list(self.parts[0][2])
        names = np.unique(np.concatenate([c for c, _, _ in self.parts]))
        auc, pairs = self._measured(names, rankers)
        weight = {r: (auc[r] * pairs).sum(axis=0) / pairs.sum(axis=0) for r in rankers}
        # A replicate without a buyer of a division says nothing about that division.
        mean = {r: np.nanmean(np.where(pairs > 0, auc[r], np.nan), axis=0) for r in rankers}
        return [
            {
                "ranker": r,
                "divisions": len(self.parts),
                "pooled": _interval(weight[r]),
                "mean": _interval(mean[r]),
                **{f"pooled minus {o}": _interval(weight[r] - weight[o]) for o in rivals if o != r},
                **{f"mean minus {o}": _interval(mean[r] - mean[o]) for o in rivals if o != r},
            }
            for r in rankers
        ]

    def _measured(
        self, names: np.ndarray, rankers: list[str]
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """AUC by ranker and pairs, each (divisions, 1 + replicates); first the data as they are."""
        samples = {
            (i, r): Sample.of(scores[r], y, None, np.searchsorted(names, customers), len(names))
            for i, (customers, y, scores) in enumerate(self.parts)
            for r in rankers
        }
        counts = [np.ones((1, len(names)), dtype=np.int64)]
        counts += list(self.bootstrap.counts(len(names), "pooled"))
        found: dict[tuple[int, str], list[np.ndarray]] = {key: [] for key in samples}
        pairs: list[list[np.ndarray]] = [[] for _ in self.parts]
        for chunk in counts:
            for (i, r), sample in samples.items():
                ranking = WeightedRanking(sample, chunk)
                found[i, r].append(Auc().values(ranking)["auc"])
                if r == rankers[0]:
                    pairs[i].append(ranking.positives * (ranking.total - ranking.positives))
        auc = {
            r: np.nan_to_num(
                np.stack([np.concatenate(found[i, r]) for i in range(len(self.parts))])
            )
            for r in rankers
        }
        return auc, np.stack([np.concatenate(p) for p in pairs])


def _interval(values: np.ndarray) -> list[float]:
    lo, hi = np.quantile(values[1:], [0.025, 0.975])
    return [round(float(v), 4) for v in (values[0], lo, hi)]
