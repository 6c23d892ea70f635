"""Several estimators on the same rows, averaged on the scale of log odds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import tee
from typing import Any, Self

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError
from gosales.features.spec import FeatureSpec
from gosales.models.estimator import Estimator, FittedEstimator
from gosales.models.logistic import logit, sigmoid
from gosales.models.part_state import part_state, restored_part
from gosales.models.repeated_fit import repeated_fit


@dataclass(frozen=True)
class FittedBlend:
    """Fitted members; their log odds count alike.

    Parameters
    ----------
    members : mapping of str to FittedEstimator
        By name, in order.
    """

    members: Mapping[str, FittedEstimator]

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Probabilities, shape (n,): ``sigmoid`` of the mean of the members' log odds."""
        total = np.zeros(len(X))
        for member in self.members.values():
            total += logit(member.predict(X))
        return sigmoid(total / len(self.members))

    def importance(self) -> dict[str, float]:
        """Mean over the members of each column's share."""
        out: dict[str, float] = {}
        for member in self.members.values():
            for column, share in member.importance().items():
                out[column] = out.get(column, 0.0) + share / len(self.members)
        return out

    def to_json(self) -> dict[str, Any]:
        """Each member with its class; a list, because JSON objects keep no order."""
        return {"members": [{"name": n, **part_state(m)} for n, m in self.members.items()]}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore; a member's class must come from this package or an installed plugin.

        Raises
        ------
        IntegrityError
            If a member's class is not trusted.
        """
        return cls({str(part["name"]): restored_part(part) for part in state["members"]})


@dataclass(frozen=True)
class Blend:
    """Trees and a line err differently; their mean ranks better than either.

    Parameters
    ----------
    members : mapping of str to Estimator
        At least two, by name.
    name : str, default "blend"
        Shown in run names.

    Notes
    -----
    ``logit p = (logit p_1 + ... + logit p_k) / k``. No weights are learned, so nothing needs
    further folds. Every member is fitted with the same seed.

    References
    ----------
    Genest & Zidek 1986, "Combining probability distributions" (logarithmic pool).
    """

    members: Mapping[str, Estimator]
    name: str = "blend"

    def __post_init__(self) -> None:
        strange = [n for n, m in self.members.items() if not isinstance(m, Estimator)]
        if len(self.members) < 2 or strange:
            raise ConfigError(
                "the members of a blend are malformed",
                got=f"{len(self.members)} members; not estimators: {', '.join(strange) or 'none'}",
                allowed="two estimators or more",
                remedy="mend estimator.members, or choose one estimator",
                reason_code="bad_estimator",
            )

    def fit(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        weights: np.ndarray | None,
        specs: Sequence[FeatureSpec],
        seed: int,
    ) -> FittedBlend:
        """Fit every member.

        Raises
        ------
        DegenerateError
            If ``y`` has one class or no column varies.
        """
        return FittedBlend(
            {name: m.fit(X, y, weights, specs, seed) for name, m in self.members.items()}
        )

    def fit_many(
        self,
        X: pd.DataFrame,
        specs: Sequence[FeatureSpec],
        labels: Iterable[np.ndarray],
        weights: np.ndarray | None,
        seeds: Sequence[int],
    ) -> Iterator[FittedBlend]:
        """Fit on many label vectors; each member shares what it can between them.

        Parameters
        ----------
        X, specs, labels, weights, seeds
            As of `gosales.models.repeated_fit.repeated_fit`.

        Yields
        ------
        FittedBlend
            Equal to the last bit to `fit` on the same labels and seed.
        """
        streams = tee(labels, len(self.members))
        fits = [
            repeated_fit(member, X, specs, stream, weights, seeds)
            for member, stream in zip(self.members.values(), streams, strict=True)
        ]
        for fitted in zip(*fits, strict=True):
            yield FittedBlend(dict(zip(self.members, fitted, strict=True)))
