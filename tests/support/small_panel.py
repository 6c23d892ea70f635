"""A seeded panel with signal, a recipe for it and fakes, for the tests of the evaluation room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gosales.core.timeline import Lookback
from gosales.features.panel import Panel
from gosales.features.spec import FeatureSpec
from gosales.models.calibration_rule import CalibrationRule
from gosales.models.calibrators.intercept import Intercept
from gosales.models.calibrators.none import NoCalibration
from gosales.models.calibrators.platt import Platt
from gosales.models.estimators.logreg import LogReg
from gosales.models.recipe import Recipe

QUARTERS = ("2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31")
SPECS = (
    FeatureSpec("rfm", "tx_count", "all", Lookback(months=12), "orders"),
    FeatureSpec("rfm", "gp_sum", "all", Lookback(months=12), "profit", money=True),
)


def small_panel(
    n: int = 300, cutoffs: Sequence[str] = QUARTERS, seed: int = 0, base: float = -1.5
) -> Panel:
    """``n`` customers at each cutoff; every tenth shares an account with the one before."""
    rng = np.random.default_rng(seed)
    ids = [f"c{i:04d}" for i in range(n)]
    groups = [f"c{i - 1:04d}" if i % 10 == 9 else f"c{i:04d}" for i in range(n)]
    taste = rng.normal(size=n)
    parts, features = [], []
    for cutoff in cutoffs:
        seen = np.round(taste + rng.normal(scale=0.7, size=n), 2)
        y = (rng.random(n) < 1 / (1 + np.exp(-(base + 1.2 * taste)))).astype(float)
        gp = np.where(y == 1, rng.gamma(2.0, 500.0, n), np.where(rng.random(n) < 0.05, -40.0, 0.0))
        part = {"customer_id": ids, "cutoff": cutoff, "group": groups, "segment": "warm"}
        part |= {"is_owner": taste > 0.5, "ever_owned": taste > 0.5}
        part |= {"naive_count": np.clip(np.round(seen + 1), 0, 5), "y": y, "label_value": gp}
        part |= {"label_gp": gp, "first_event_days": np.where(y == 1, 30.0, np.nan)}
        parts.append(pd.DataFrame(part).assign(cohort="expansion"))
        features.append(pd.DataFrame({SPECS[0].name: seen, SPECS[1].name: rng.normal(size=n)}))
    provenance = pd.DataFrame(columns=["feature", "cutoff", "table", "newest_date", "source"])
    rows, X = pd.concat(parts, ignore_index=True), pd.concat(features, ignore_index=True)
    return Panel("printers", rows, X, SPECS, provenance)


def small_recipe() -> Recipe:
    """A logistic regression on the columns as they are."""
    return Recipe(transforms=[], estimator=LogReg())


def small_rule() -> CalibrationRule:
    """None, intercept and Platt."""
    return CalibrationRule(
        candidates={"none": NoCalibration(), "intercept": Intercept(), "platt": Platt()}
    )
