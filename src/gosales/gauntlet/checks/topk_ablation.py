"""Report: how much of the model stands on its most important columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gosales.core.errors import ConfigError
from gosales.core.seeds import derive_seed
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.paired_difference import paired_difference
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.fixed_fits import CV, FixedFits


class TopkAblation:
    """Fits the recipe without its k most important columns.

    Honest columns restate each other: without the first of them a model loses little. A model
    that falls with one column has one source, and that source deserves a look.

    Parameters
    ----------
    ks : sequence of int, default (1, 5)
        Columns left out, the most important first.
    warn_loss : float, default 0.1
        AUC lost without the first column, the whole interval beyond half of it, from which on a
        WARN is due.
    replicates : int, default 1000
        Resamples of the customers.
    min_positive_accounts : int, default 40
        Fewer held out in the folds: not applicable.

    Notes
    -----
    Importance is the mean over the folds; differences are paired by customer, on the held-out
    rows of the purged folds and on the forward rows.
    """

    name = "topk_ablation"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        ks: Sequence[int] = (1, 5),
        warn_loss: float = 0.1,
        replicates: int = 1000,
        min_positive_accounts: int = 40,
    ) -> None:
        self.ks = [int(k) for k in ks]
        if self.ks != sorted(set(self.ks)) or min(self.ks, default=0) < 1:
            raise ConfigError(
                "the numbers of columns to leave out are malformed",
                got=str(self.ks),
                allowed="one or more increasing numbers >= 1",
                remedy="mend conf/gauntlet/check/topk_ablation.yaml",
                reason_code="bad_limits",
            )
        self.warn_loss = warn_loss
        self.replicates = replicates
        self.min_positive_accounts = min_positive_accounts

    def run(self, context: GauntletContext) -> Finding:
        """WARN when the first column carries the model; a report otherwise."""
        fits = FixedFits.of(context)
        if fits is None:
            reason = "the candidate cannot be fitted on other columns"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, {})
        held = fits.rows[CV]
        positives = len(set(held.groups[held.y > 0]))
        values: dict[str, Any] = {"rows": len(held), "positive_accounts": positives}
        ks = [k for k in self.ks if k < len(fits.own)]
        if positives < self.min_positive_accounts or not ks:
            reason = f"{positives} positive accounts held out, {self.min_positive_accounts} "
            reason += f"needed, and more than {self.ks[0]} of {len(fits.own)} columns"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, values)
        ranked = _ranked(fits)
        rows = list(self._losses(fits, ranked, ks, context.seed))
        values |= {"table": rows, "ranked": ranked[: max(ks)]}
        first = rows[0]
        if first["difference"] is None:
            reason = f"the AUC of the folds is unknown: {first['note']}"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        lost, bound = -first["difference"], first["hi"]
        heavy = lost >= self.warn_loss and bound is not None and -bound >= self.warn_loss / 2
        reason = f"without {', '.join(ranked[: ks[0]])} the AUC of the folds changes by "
        reason += f"{first['difference']:+.3f}" + _bounds(first)
        outcome = Outcome.WARN if heavy else Outcome.PASS
        return finding_of(self, outcome, reason, values, figure=_figure(rows, fits))

    def _losses(
        self, fits: FixedFits, ranked: list[str], ks: list[int], seed: int
    ) -> Iterator[dict[str, Any]]:
        bootstrap = CustomerBootstrap(
            self.replicates,
            min_positive_accounts=self.min_positive_accounts,
            seed=derive_seed(seed, self.name),
        )
        metrics = (Auc(), LiftAtK(k_pct=[10]))
        own = fits.columns(fits.own)
        for k in ks:
            rest = fits.columns(set(fits.own) - set(ranked[:k]))
            for split, panel in fits.rows.items():
                sides = [(panel, found.scores[split]) for found in (rest, own)]
                gaps = paired_difference(sides[0], sides[1], metrics, bootstrap, split)
                for metric, gap in gaps.items():
                    yield {"k": k, "split": split, "metric": metric, "difference": gap.value,
                           "lo": gap.lo, "hi": gap.hi, "note": gap.note}  # fmt: skip


def _ranked(fits: FixedFits) -> list[str]:
    """The candidate's columns, the most important first."""
    found = fits.columns(fits.own).importance.values()
    mean = {name: float(np.mean([fit[name] for fit in found])) for name in fits.own}
    return sorted(mean, key=lambda name: -mean[name])


def _bounds(row: dict[str, Any]) -> str:
    return "" if row["lo"] is None else f" [{row['lo']:+.3f}, {row['hi']:+.3f}]"


def _figure(rows: list[dict[str, Any]], fits: FixedFits) -> dict[str, Any]:
    rows_of = {"out-of-fold" if s == CV else s: panel for s, panel in fits.rows.items()}
    panels: dict[str, dict[str, Any]] = {}
    for row in rows:
        panel = panels.setdefault(row["metric"], {"name": f"change of {row['metric']}"})
        where = "folds" if row["split"] == CV else "forward"
        point = {"label": f"without the first {row['k']}, {where}", "value": row["difference"]}
        panel.setdefault("points", []).append({**point, "lo": row["lo"], "hi": row["hi"]})
    return {
        "kind": "differences",
        "title": "The recipe without its most important columns",
        **figure_source("validation rows of the purged folds, and forward rows", rows_of),
        "interval": "95 %, from resampled customers",
        "panels": list(panels.values()),
    }
