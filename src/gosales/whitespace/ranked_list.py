"""The list and how it came about."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gosales.core.digests import digest_frame


@dataclass(frozen=True)
class RankedList:
    """Accounts to call, best first.

    Parameters
    ----------
    target : str
        Key of the target.
    rows : pandas.DataFrame
        Columns rank, customer_id, score, probability, expected_value, then what the scored rows
        carried (rep, region, segment, reasons).
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
    """

    target: str
    rows: pd.DataFrame
    n_scored: int
    n_eligible: int
    dropped: dict[str, int]
    weights: dict[str, float]
    coverage: dict[str, float]
    expected_wins: float

    @property
    def checksum(self) -> str:
        """Digest of the listed rows; equal lists have equal checksums."""
        return digest_frame(self.rows)
