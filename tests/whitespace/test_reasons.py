"""Reasons speak in business words, relative to the division, and never of who the customer is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.timeline import Lookback
from gosales.features.spec import FeatureSpec
from gosales.whitespace.reasons import reasons

SPECS = [
    FeatureSpec("rfm", "gp_sum", "all", Lookback(months=12), "profit in 12 months"),
    FeatureSpec("recency", "days", "all", Lookback(), "days since last order", nullable=True),
    FeatureSpec("profile", "size", "all", None, "number of employees"),
    FeatureSpec(
        "encoder", "rate", "target", Lookback(months=12), "buyers of its trade", of_attribute=True
    ),
]


def test_reasons_name_the_side_that_goes_with_higher_scores() -> None:
    n = 50
    X = pd.DataFrame(
        {
            SPECS[0].name: np.arange(n, dtype=float),
            SPECS[1].name: np.arange(n, dtype=float)[::-1],
            SPECS[2].name: np.arange(n, dtype=float),
            SPECS[3].name: np.arange(n, dtype=float),
        }
    )
    said = reasons(X, SPECS, {s.name: 1.0 for s in SPECS}, np.linspace(0, 0.05, n))
    assert (
        said[-1] == "high profit in 12 months; low days since last order"
        or said[-1] == "low days since last order; high profit in 12 months"
    )
    assert said[0] == ""
    assert not any("employees" in text or "trade" in text for text in said)


def test_constant_scores_give_no_reason() -> None:
    X = pd.DataFrame({SPECS[0].name: np.arange(9.0)})
    assert reasons(X, SPECS[:1], {SPECS[0].name: 1.0}, np.full(9, 0.1)) == [""] * 9
