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
        What kind of rule it is; dropped accounts are counted under the rule's key.

    Notes
    -----
    A rule may name columns without which it cannot speak in an attribute ``needs`` (tuple of
    str); where one is absent the rule is skipped, and the list says so, in the words of its
    attribute ``absent`` where it has one. A rule that its own configuration silences says why in
    an attribute ``idle``.
    """

    name: str

    def drops(self, rows: pd.DataFrame) -> np.ndarray:
        """Boolean array, shape (n,): True where the account is left out."""


def skipped_rules(rows: pd.DataFrame, rules: Mapping[str, EligibilityRule]) -> dict[str, str]:
    """Keys of the rules that cannot speak about these rows, each with the reason."""
    found = {key: _silence(rule, rows) for key, rule in rules.items()}
    return {key: why for key, why in found.items() if why}


def _silence(rule: EligibilityRule, rows: pd.DataFrame) -> str:
    idle = str(getattr(rule, "idle", ""))
    missing = [name for name in getattr(rule, "needs", ()) if name not in rows]
    if idle or not missing:
        return idle
    return str(getattr(rule, "absent", f"the accounts have no {', '.join(missing)}"))


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
        Disjoint counts that sum to the rows dropped; rules that were skipped are absent.
    """
    alive = np.ones(len(rows), dtype=bool)
    counts = {}
    skipped = skipped_rules(rows, rules)
    for name, rule in rules.items():
        if name in skipped:
            continue
        hit = np.asarray(rule.drops(rows), dtype=bool) & alive
        counts[name] = int(hit.sum())
        alive &= ~hit
    return rows[alive].reset_index(drop=True), counts
