"""The list and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from gosales.core.digests import digest_frame, digest_json


@dataclass(frozen=True)
class RankedList:
    """Accounts to call, best first.

    Parameters
    ----------
    target : str
        Key of the target.
    rows : pandas.DataFrame
        Columns rank, customer_id, rep, probability, expected_value and reasons, as far as the
        scored rows have them, then whatever else these carried, and score.
    n_scored, n_eligible : int
        Accounts scored, and accounts no rule dropped.
    dropped : dict of str to int
        Accounts dropped per rule; disjoint.
    weights : dict of str to float
        Weights used, after coverage.
    coverage : dict of str to float
        Share of scored rows with a raw value, per signal.
    expected_wins : float
        Sum of the listed probabilities.
    skipped : dict of str to str
        Rules not applied, each with the reason: the log cannot tell, or the rule is idle.
    """

    target: str
    rows: pd.DataFrame
    n_scored: int
    n_eligible: int
    dropped: dict[str, int]
    weights: dict[str, float]
    coverage: dict[str, float]
    expected_wins: float
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def checksum(self) -> str:
        """Digest of the listed rows; equal lists have equal checksums."""
        return digest_frame(self.rows)

    def account(self) -> dict[str, Any]:
        """How the list came about, as plain values: what stands beside it on disk.

        ``key`` is a digest of everything else, so that equal lists have equal keys and a receiver
        can take the same list twice without harm.
        """
        facts: dict[str, Any] = {
            "target": self.target,
            "n_scored": self.n_scored,
            "n_eligible": self.n_eligible,
            "n_listed": len(self.rows),
            "dropped": dict(self.dropped),
            "skipped_rules": dict(self.skipped),
            "weights": dict(self.weights),
            "coverage": dict(self.coverage),
            "absent_signals": sorted(s for s, share in self.coverage.items() if share == 0),
            "expected_wins": self.expected_wins,
            "checksum": self.checksum,
        }
        return {**facts, "key": digest_json(facts)}
