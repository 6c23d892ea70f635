"""Statistic: one account must not stand in training and validation under two names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from scipy.stats import poisson

from gosales.core.columns import CUSTOMER
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.hindsight import Hindsight
from gosales.gauntlet.twin_histories import TwinHistories

_LISTED = 20  # pairs in the finding


class Duplicates:
    """Finds accounts with the same full history on both sides of a fold.

    A twin in training gives the validation row's outcome away only when the two share their
    future as well. Small accounts can share a past by nature (a subscription billed to many on
    the same day); their later orders then differ as often as history foretells, and they warn.

    Parameters
    ----------
    search : mapping of str to float, optional
        What makes two histories the same: parameters of `TwinHistories`.
    max_share : float, default 0.02
        Share of validation rows with a twin in training from which on it fails; any twin warns.
    max_discord : float, default 0.5
        Twins whose later orders differ more often than this, as a share of what history
        foretells for strangers, are alike by nature.
    min_foretold : float, default 10
        Differences foretold from which on that share is judged as it stands ...
    max_chance : float, default 0.05
        ... of fewer, more must have come than ``max_discord`` of them gives with this probability.
    min_twins : int, default 4
        Accounts with a twin; fewer warn.
    min_customers : int, default 40
        With fewer customers that have a signature: INCONCLUSIVE.
    """

    name = "duplicates"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        search: Mapping[str, Any] | None = None,
        max_share: float = 0.02,
        max_discord: float = 0.5,
        min_foretold: float = 10.0,
        max_chance: float = 0.05,
        min_twins: int = 4,
        min_customers: int = 40,
    ) -> None:
        self._histories = TwinHistories(**(search or {}))
        self.search = asdict(self._histories)
        self.max_share = max_share
        self.max_discord = max_discord
        self.min_foretold = min_foretold
        self.max_chance = max_chance
        self.min_twins = min_twins
        self.min_customers = min_customers

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when too many validation rows have a twin in training."""
        view = AsOfView(context.star, [context.cutoff], context.engine)
        twins, signed = self._histories.pairs(view)
        values: dict[str, Any] = {"customers_with_signature": signed}
        if signed < self.min_customers or not context.plan.folds:
            reason = f"{signed} customers have a history long enough, {self.min_customers} needed"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        found = [t for fold in context.plan.folds for t in _twins(context.training, fold, twins)]
        validated = sum(len(fold.valid) for fold in context.plan.folds)
        values |= {
            "validation_rows": validated,
            "rows_with_twin": len(found),
            "share": len(found) / validated,
            "accounts_with_twin": len({t["customer_id"] for t in found}),
        }
        reason = f"{len(found)} of {validated} validation rows have a twin in training"
        outcome = Outcome.WARN if found else Outcome.PASS
        many = values["share"] >= self.max_share
        if found and many and values["accounts_with_twin"] >= self.min_twins:
            differ, expected = _discord(context, found, self.min_customers)
            values |= {"differences": differ, "differences_expected": expected}
            outcome, said = self._judge(differ, expected)
            reason += said
        figure = _figure(context, found, self.max_share)
        return finding_of(self, outcome, reason, values, found[:_LISTED], figure)

    def _judge(self, differ: float, expected: float) -> tuple[Outcome, str]:
        told = f" (they differ {differ:.0f} times, {expected:.0f} were foretold for strangers)"
        half = self.max_discord * expected
        chance = poisson.sf(differ - 1, half)
        if differ > half and (expected >= self.min_foretold or chance <= self.max_chance):
            return Outcome.WARN, f", alike by nature: later they part{told}"
        return Outcome.FAIL, f", and share what came later{told}"


def _twins(panel: Panel, fold: Fold, twins: dict[str, set[str]]) -> list[dict[str, Any]]:
    """Validation rows whose history is that of another account in training."""
    customers = panel.rows[CUSTOMER].astype(str).to_numpy(dtype=object)
    groups = panel.groups
    training = {str(customers[i]): str(groups[i]) for i in fold.train}
    found = []
    for i in fold.valid:
        for twin in sorted(twins.get(str(customers[i]), ())):
            # The same account on both sides is group_overlap's business.
            if training.get(twin, str(groups[i])) != str(groups[i]):
                pair = {"customer_id": str(customers[i]), "twin": twin}
                found.append({"fold": fold.name, **pair})
                break
    return found


def _figure(context: GauntletContext, found: list[dict[str, Any]], limit: float) -> dict[str, Any]:
    folds = context.plan.folds
    rows = Panel.without_features(context.training.rows)
    held = rows.take(np.concatenate([f.valid for f in folds]))
    twins = Counter(str(t["fold"]) for t in found)
    return {
        "kind": "bars",
        "title": "Validation rows whose history is that of another account in training",
        **figure_source("validation rows of each fold, against its training rows", {"": held}),
        "no_interval": "every row was looked at, none is estimated",
        "order": [f.name for f in folds],
        "series": {f.name: twins[f.name] / max(len(f.valid), 1) for f in folds},
        "x": "share of the fold's validation rows",
        "limits": [limit],
    }


def _discord(
    context: GauntletContext, found: list[dict[str, Any]], min_accounts: int
) -> tuple[float, float]:
    """How often twins differed after the cutoff, and how often strangers would have."""
    hindsight = Hindsight(context, min_accounts)
    place = {str(c): i for i, c in enumerate(hindsight.customers)}
    pairs = {tuple(sorted((place[t["customer_id"]], place[t["twin"]]))) for t in found}
    differ = expected = 0.0
    for surprise in [*hindsight.activity(), *hindsight.labels()]:
        if Cutoff.parse(surprise.at).days_until(context.cutoff) > 0:
            continue  # up to the cutoff they are alike because that is how they were found
        row = {int(a): i for i, a in enumerate(surprise.accounts)}
        both = np.array([(row[a], row[b]) for a, b in pairs if a in row and b in row], dtype=int)
        if both.size:
            p = np.clip(surprise.outcome - surprise.rest, 0.0, 1.0)
            a, b = both.T
            differ += float((surprise.outcome[a] != surprise.outcome[b]).sum())
            expected += float((p[a] * (1 - p[b]) + p[b] * (1 - p[a])).sum())
    return differ, expected
