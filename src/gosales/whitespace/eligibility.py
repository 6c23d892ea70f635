"""Who may be on the list: rules in order, each account dropped once and counted once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd


@runtime_checkable
class EligibilityRule(Protocol):
    """One reason to leave an account out.

    Attributes
    ----------
    name : str
        Key under which dropped accounts are counted.
    """

    name: str

    def drops(self, rows: pd.DataFrame) -> np.ndarray:
        """Boolean array, shape (n,): True where the account is left out."""


def apply_rules(
    rows: pd.DataFrame, rules: Mapping[str, EligibilityRule]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Keep the eligible rows.

    Parameters
    ----------
    rows : pandas.DataFrame
        Scored accounts.
    rules : mapping of str to EligibilityRule
        Applied in order; an account dropped by one is not counted by a later one.

    Returns
    -------
    eligible : pandas.DataFrame
        Rows no rule drops.
    dropped : dict of str to int
        Disjoint counts that sum to the rows dropped.
    """
    alive = np.ones(len(rows), dtype=bool)
    counts = {}
    for name, rule in rules.items():
        hit = np.asarray(rule.drops(rows), dtype=bool) & alive
        counts[name] = int(hit.sum())
        alive &= ~hit
    return rows[alive].reset_index(drop=True), counts
