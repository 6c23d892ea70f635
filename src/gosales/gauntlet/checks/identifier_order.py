"""Statistic: the order of customer ids says nothing about the label."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, LABEL
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of

_DIGITS = re.compile(r"(\d+)")


class IdentifierOrder:
    """Rank correlation of the customer id, in natural order, with the label.

    An export sorted by outcome, or ids handed out after it, let a model (or a row order) read the
    label. Ids are put in natural order (``A9`` before ``A10``).

    Parameters
    ----------
    max_z : float, default 4.0
        From this absolute z on it fails.
    min_customers : int, default 40
        With fewer customers, or without both classes: INCONCLUSIVE.

    Notes
    -----
    One point per customer: its mean label. ``z = rho * sqrt(n - 1)`` with Spearman's rho.
    """

    name = "identifier_order"
    subject = Subject.LEAK
    is_proof = False

    def __init__(self, max_z: float = 4.0, min_customers: int = 40) -> None:
        self.max_z = max_z
        self.min_customers = min_customers

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when ids are ordered by outcome."""
        rows = context.training.rows
        outcome = rows.groupby(rows[CUSTOMER].astype(str))[LABEL].mean()
        values: dict[str, Any] = {"customers": len(outcome)}
        if len(outcome) < self.min_customers or outcome.nunique() < 2:
            reason = f"{len(outcome)} customers; {self.min_customers} with both classes needed"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        rho = _rank_correlation(_natural_ranks(list(outcome.index)), outcome.to_numpy())
        z = rho * math.sqrt(len(outcome) - 1)
        values |= {"rho": rho, "z": z}
        reason = f"rank correlation of id and label {rho:+.3f}, z = {z:+.1f}, limit {self.max_z}"
        verdict = Outcome.PASS if abs(z) < self.max_z else Outcome.FAIL
        return finding_of(self, verdict, reason, values)


def _natural_ranks(ids: list[str]) -> np.ndarray:
    def key(text: str) -> tuple[tuple[int, int, str], ...]:
        parts = (p for p in _DIGITS.split(text) if p)
        return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)

    ranks = np.empty(len(ids))
    ranks[sorted(range(len(ids)), key=lambda i: key(ids[i]))] = np.arange(len(ids))
    return ranks


def _rank_correlation(ranks: np.ndarray, outcome: np.ndarray) -> float:
    other = pd.Series(outcome).rank().to_numpy()
    return float(np.corrcoef(ranks, other)[0, 1])
