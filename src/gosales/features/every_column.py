"""No policy at all: every declared column, for audits that compare policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gosales.features.safe import SafeDecision, SafePolicy
from gosales.features.spec import FeatureSpec


@dataclass(frozen=True)
class EveryColumn(SafePolicy):
    """Keeps near-cutoff columns and lagged proxies alike; no model is ever shipped under it."""

    def decide(self, specs: Sequence[FeatureSpec]) -> list[SafeDecision]:
        """Every column is kept."""
        return [SafeDecision(spec, True, "shown for comparison") for spec in specs]
