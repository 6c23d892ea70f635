"""Report: whether the folds agree on which columns matter."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.fixed_fits import FixedFits


class ImportanceStability:
    """Agreement of the fits of the purged folds on the importance of columns.

    Parameters
    ----------
    top : int, default 10
        Columns of each fit that are compared, and listed.
    warn_overlap : float, default 0.1
        Mean overlap of the top columns of two fits below which a WARN is due: the explanations
        of single accounts then say more of the fold than of the account.

    Notes
    -----
    Overlap of two fits is shared top columns over all top columns of the two (Jaccard); a column
    without any importance is in no top. Beside it stands the mean rank correlation. The folds
    differ in their accounts only, so an honest recipe agrees with itself unless columns restate
    each other: then any of them may come first.
    """

    name = "importance_stability"
    subject = Subject.LEAK
    is_proof = False

    def __init__(self, top: int = 10, warn_overlap: float = 0.1) -> None:
        self.top = top
        self.warn_overlap = warn_overlap

    def run(self, context: GauntletContext) -> Finding:
        """WARN when the folds hardly agree; a report otherwise."""
        fits = FixedFits.of(context)
        if fits is None or len(context.plan.folds) < 2:
            reason = "no two fits of the recipe can be compared"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, {})
        labels = context.training.y
        if any(len(np.unique(labels[fold.train])) < 2 for fold in context.plan.folds):
            reason = "a training side has one class: its fit tells no column from another"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, {})
        found = fits.columns(fits.own).importance
        table = pd.DataFrame({f.name: found[f.name] for f in context.plan.folds})
        used = int((table > 0).any(axis=1).sum())
        values: dict[str, Any] = {"fits": table.shape[1], "columns": len(table), "used": used}
        if not used:
            return finding_of(
                self, Outcome.NOT_APPLICABLE, "no fit gives any column importance", values
            )
        overlaps = [self._overlap(table[a], table[b]) for a, b in combinations(table, 2)]
        ranks = table.rank().corr().to_numpy()[np.triu_indices(table.shape[1], 1)]
        values |= {
            "mean_overlap": float(np.mean(overlaps)),
            "least_overlap": float(np.min(overlaps)),
            # A fit that ranks all columns alike correlates with none.
            "mean_rank_correlation": float(np.nan_to_num(ranks).mean()),
        }
        reason = (
            f"two folds share {values['mean_overlap']:.0%} of their top {self.top} columns on "
            f"average, {values['least_overlap']:.0%} at least"
        )
        calm = values["mean_overlap"] >= self.warn_overlap
        outcome = Outcome.PASS if calm else Outcome.WARN
        summary = pd.DataFrame(
            {
                "mean": table.mean(axis=1),
                "sd": table.std(axis=1),
                "least": table.min(axis=1),
                "most": table.max(axis=1),
            }
        )
        first = summary.sort_values("mean", ascending=False, kind="stable").head(self.top)
        detail = [
            {"column": str(column), **{str(k): float(v) for k, v in row.items()}}
            for column, row in first.iterrows()
        ]
        return finding_of(self, outcome, reason, values, detail, _figure(detail, context))

    def _overlap(self, a: pd.Series, b: pd.Series) -> float:
        tops = [set(s[s > 0].nlargest(self.top).index) for s in (a, b)]
        either = tops[0] | tops[1]
        return len(tops[0] & tops[1]) / len(either) if either else 0.0


def _figure(detail: list[dict[str, Any]], context: GauntletContext) -> dict[str, Any]:
    folds = context.plan.folds
    rows = Panel.without_features(context.training.rows)
    learned = rows.take(np.unique(np.concatenate([f.train for f in folds])))
    return {
        "kind": "bars",
        "title": "Mean importance of columns over the folds",
        **figure_source(f"training sides of the {len(folds)} purged folds", {"": learned}),
        "order": [d["column"] for d in detail],
        "series": {d["column"]: d["mean"] for d in detail},
        "bounds": {d["column"]: [d["least"], d["most"]] for d in detail},
        "x": "share of the fit's importance",
        "no_interval": "the fits share most rows; lines span the least and the most of any fold",
    }
