"""Small seeded tables with signal for the tests of the models room."""

import numpy as np
import pandas as pd

from gosales.core.timeline import Lookback
from gosales.features.spec import FeatureSpec

SPECS = (
    FeatureSpec("rfm", "tx_count", "all", Lookback(months=12), "orders", monotone=1),
    FeatureSpec("rfm", "gp_sum", "all", Lookback(months=12), "profit", money=True),
    FeatureSpec("recency", "decay_90d", "target", Lookback(), "freshness", monotone=1),
    FeatureSpec("rfm", "margin", "all", Lookback(months=12), "margin", nullable=True, monotone=1),
)
NAMES = [s.name for s in SPECS]


def matrix(n: int = 600, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """A numeric matrix with the four columns and labels drawn from their logistic mix."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            NAMES[0]: rng.poisson(3, n).astype(float),
            NAMES[1]: rng.lognormal(4, 1, n),
            NAMES[2]: rng.uniform(0, 1, n),
            NAMES[3]: rng.normal(0, 1, n),
        }
    )
    z = -2.5 + 0.4 * X[NAMES[0]] + 1.5 * X[NAMES[2]]
    y = (rng.uniform(size=n) < 1 / (1 + np.exp(-z))).astype(float)
    return X, y.to_numpy(copy=True)
