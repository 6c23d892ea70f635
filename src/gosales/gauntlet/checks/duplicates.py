"""Statistic: one account must not stand in training and validation under two names."""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, ORDER_DATE, SKU_KEY
from gosales.data.as_of import AsOfView
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of


class Duplicates:
    """Finds accounts with the same full history on both sides of a fold.

    The signature of a customer is the list of days and SKUs bought up to the cutoff; amounts are
    left out, so that a copy with altered amounts is found too.

    Parameters
    ----------
    min_days : int, default 3
        A history on fewer distinct days is too common to be a signature.
    min_lines : int, default 4
        A history of fewer lines likewise.
    max_share : float, default 0.01
        Share of validation rows with a twin in training from which on it fails; any twin warns.
    min_customers : int, default 40
        With fewer customers that have a signature: INCONCLUSIVE.
    max_examples : int, default 20
        Pairs listed.
    """

    name = "duplicates"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        min_days: int = 3,
        min_lines: int = 4,
        max_share: float = 0.01,
        min_customers: int = 40,
        max_examples: int = 20,
    ) -> None:
        self.min_days = min_days
        self.min_lines = min_lines
        self.max_share = max_share
        self.min_customers = min_customers
        self.max_examples = max_examples

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when too many validation rows have a twin in training."""
        signatures = self._signatures(context)
        panel = context.training
        code = panel.rows[CUSTOMER].astype(str).map(signatures).fillna(-1).to_numpy(dtype="int64")
        signed = int(panel.rows.loc[code >= 0, CUSTOMER].nunique())
        values: dict[str, Any] = {"customers_with_signature": signed}
        if signed < self.min_customers or not context.plan.folds:
            reason = f"{signed} customers have a history long enough, {self.min_customers} needed"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        twins = [_twins(panel, fold, code) for fold in context.plan.folds]
        validated = sum(len(fold.valid) for fold in context.plan.folds)
        found = [pair for pairs in twins for pair in pairs]
        values |= {
            "validation_rows": validated,
            "rows_with_twin": len(found),
            "share": len(found) / validated,
        }
        reason = f"{len(found)} of {validated} validation rows have a twin in training"
        outcome = Outcome.WARN if found else Outcome.PASS
        if values["share"] >= self.max_share and found:
            outcome = Outcome.FAIL
        return finding_of(self, outcome, reason, values, found[: self.max_examples])

    def _signatures(self, context: GauntletContext) -> dict[str, int]:
        """Customer to a number that equal histories share."""
        view = AsOfView(context.star, [context.cutoff], context.engine)
        lines = view.transactions()
        text = lines[ORDER_DATE].cast("string").concat("|", lines[SKU_KEY])
        table = lines.group_by(CUSTOMER).aggregate(
            signature=text.group_concat(";", order_by=text),
            days=lines[ORDER_DATE].nunique(),
            lines=ibis._.count(),
        )
        frame = context.engine.run(table).sort_values(CUSTOMER)
        frame = frame[(frame["days"] >= self.min_days) & (frame["lines"] >= self.min_lines)]
        codes = pd.factorize(frame["signature"])[0]
        return dict(zip(frame[CUSTOMER].astype(str), codes.tolist(), strict=True))


def _twins(panel: Panel, fold: Fold, code: np.ndarray) -> list[dict[str, Any]]:
    """Validation rows whose history is that of another account in training."""
    customers = panel.rows[CUSTOMER].astype(str).to_numpy(dtype=object)
    in_training: dict[int, tuple[str, str]] = {}
    for i in fold.train:
        in_training.setdefault(int(code[i]), (str(customers[i]), str(panel.groups[i])))
    found = []
    for i in fold.valid:
        twin, account = in_training.get(int(code[i]), ("", ""))
        # The same account on both sides is group_overlap's business.
        if code[i] >= 0 and twin and account != panel.groups[i]:
            found.append({"fold": fold.name, "customer_id": str(customers[i]), "twin": twin})
    return found
