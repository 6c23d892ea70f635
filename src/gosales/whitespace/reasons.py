"""Why an account is on the list, in business words, relative to its own division."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gosales.features.spec import FeatureSpec
from gosales.whitespace.percentile import percentile

_HIGH = 0.8


def reasons(
    X: pd.DataFrame,
    specs: Sequence[FeatureSpec],
    importance: Mapping[str, float],
    probability: np.ndarray,
    n_reasons: int = 3,
) -> list[str]:
    """Up to ``n_reasons`` drivers per row, strongest first.

    Parameters
    ----------
    X : pandas.DataFrame, shape (n, p)
        Raw features of the division's scored accounts.
    specs : sequence of FeatureSpec
        Of the columns of ``X``.
    importance : mapping of str to float
        Importance in the model, per matrix column.
    probability : numpy.ndarray, shape (n,)
        Scores; the sign of a driver is its rank correlation with them.
    n_reasons : int, default 3
        At most so many.

    Returns
    -------
    list of str, length n
        Drivers joined by ``"; "``; empty when none stands out.

    Notes
    -----
    A driver stands out when its value lies in the outer fifth of the division's own distribution,
    on the side that goes with higher scores. What derives from customer attributes (or has no
    window) never appears: no reason rests on who the customer is.
    """
    told = [s for s in specs if s.lookback is not None and not s.of_attribute]
    numbers = [s for s in told if s.dtype == "number"]
    strength = {s.name: importance.get(s.name, 0.0) for s in numbers}
    chosen = sorted(numbers, key=lambda s: (-strength[s.name], s.name))[:15]
    level = percentile(probability)
    scored = np.zeros((len(X), len(chosen)))
    sides = []
    for j, spec in enumerate(chosen):
        place = percentile(X[spec.name].to_numpy(dtype="float64", na_value=np.nan))
        rising = np.corrcoef(place, level)[0, 1] if place.std() > 0 and level.std() > 0 else 0.0
        side = place if rising >= 0 else np.where(np.isnan(X[spec.name]), 0.0, 1 - place)
        sides.append("high" if rising >= 0 else "low")
        scored[:, j] = np.where(side >= _HIGH, side * strength[spec.name] * abs(rising), 0.0)
    texts = [f"{side} {spec.description}" for side, spec in zip(sides, chosen, strict=True)]
    return [_join(row, texts, n_reasons) for row in scored]


def _join(row: np.ndarray, texts: list[str], n_reasons: int) -> str:
    best = [j for j in np.argsort(-row, kind="stable") if row[j] > 0]
    said = list(dict.fromkeys(texts[j] for j in best))
    return "; ".join(said[:n_reasons])
