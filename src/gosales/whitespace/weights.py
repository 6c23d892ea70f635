"""How much each signal counts, and how much less when it covers few accounts."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gosales.core.errors import ConfigError

SIGNALS = ("probability", "affinity", "als", "expected_value")


class SignalWeights:
    """Non-negative weights of the ranking signals, shrunk by coverage and normalised.

    Parameters
    ----------
    probability, affinity, als, expected_value : float
        Base weights; DOMAIN default .60, .20, .10, .10.
    coverage_floor : float, default 0.30
        A signal known for a smaller share of accounts loses weight in proportion.

    Raises
    ------
    ConfigError
        If a weight is negative or not finite, or all are zero.

    Notes
    -----
    ``w_s = b_s * min(1, coverage_s / floor) / sum``; coverage is the share of rows with a raw
    value, measured before normalising.

    Examples
    --------
    >>> weights = SignalWeights(0.6, 0.2, 0.1, 0.1)
    >>> coverage = {"probability": 1.0, "affinity": 0.2, "als": 0.1, "expected_value": 1.0}
    >>> {k: round(v, 3) for k, v in weights.effective(coverage).items()}
    {'probability': 0.692, 'affinity': 0.154, 'als': 0.038, 'expected_value': 0.115}
    """

    def __init__(
        self,
        probability: float = 0.6,
        affinity: float = 0.2,
        als: float = 0.1,
        expected_value: float = 0.1,
        coverage_floor: float = 0.3,
    ) -> None:
        base = (probability, affinity, als, expected_value)
        self.base = dict(zip(SIGNALS, map(float, base), strict=True))
        self.coverage_floor = float(coverage_floor)
        bad = [f"{k}={v}" for k, v in self.base.items() if not math.isfinite(v) or v < 0]
        if bad or sum(self.base.values()) <= 0 or not 0 < self.coverage_floor <= 1:
            raise ConfigError(
                "the ranking weights are malformed",
                got=", ".join(bad) or f"sum 0 or coverage_floor={coverage_floor}",
                allowed="finite, non-negative, not all zero; coverage_floor in (0, 1]",
                remedy="set whitespace.ranker.weights",
                reason_code="bad_weights",
            )

    def factors(self, coverage: Mapping[str, float]) -> dict[str, float]:
        """The share of its base weight each signal keeps, in [0, 1]."""
        return {s: min(1.0, coverage.get(s, 0.0) / self.coverage_floor) for s in SIGNALS}

    def effective(self, coverage: Mapping[str, float]) -> dict[str, float]:
        """Weights that sum to 1.

        Parameters
        ----------
        coverage : mapping of str to float
            Share of rows with a raw value, per signal; an absent signal has coverage 0.

        Raises
        ------
        ConfigError
            If no signal with a weight covers any row.
        """
        raw = {s: self.base[s] * f for s, f in self.factors(coverage).items()}
        total = sum(raw.values())
        if total <= 0:
            raise ConfigError(
                "no weighted signal covers any account",
                got=", ".join(f"{k} {v:.0%}" for k, v in coverage.items()),
                allowed="coverage above 0 for a signal with a weight",
                remedy="score the division first, or weigh a signal that exists",
                reason_code="no_signal",
            )
        return {s: w / total for s, w in raw.items()}
