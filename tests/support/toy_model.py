"""Closed, tiny stand-ins for transform, estimator and calibrator; numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class ToyScaler:
    """Means and deviations of numbers; codes of categories."""

    mean: dict[str, float]
    sd: dict[str, float]
    codes: dict[str, list[str]]

    @classmethod
    def learn(cls, X: pd.DataFrame) -> Self:
        mean, sd, codes = {}, {}, {}
        for name in X.columns:
            if pd.api.types.is_numeric_dtype(X[name]):
                values = X[name].to_numpy(dtype="float64")
                mean[name] = float(np.nan_to_num(np.nanmean(values)))
                sd[name] = float(np.nan_to_num(np.nanstd(values))) or 1.0
            else:
                codes[name] = sorted(X[name].dropna().astype(str).unique())
        return cls(mean, sd, codes)

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        out: dict[str, np.ndarray] = {}
        for name in X.columns:
            if name in self.mean:
                values = X[name].to_numpy(dtype="float64")
                scaled = (np.clip(values, -1e6, 1e6) - self.mean[name]) / self.sd[name]
                out[name] = np.nan_to_num(scaled)
            else:
                for code in self.codes[name]:
                    out[f"{name}={code}"] = (
                        (X[name].astype("string") == code).fillna(False).to_numpy(dtype="float64")
                    )
        return pd.DataFrame(out, index=X.index)

    def to_json(self) -> dict[str, Any]:
        return {"mean": self.mean, "sd": self.sd, "codes": self.codes}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        return cls(**state)


@dataclass(frozen=True)
class ToyLogistic:
    """Ridge logistic regression by Newton steps."""

    columns: list[str]
    coef: list[float]

    @classmethod
    def learn(cls, Z: pd.DataFrame, y: np.ndarray, ridge: float = 1.0) -> Self:
        A = np.column_stack([np.ones(len(Z)), Z.to_numpy(dtype="float64")])
        w = np.zeros(A.shape[1])
        penalty = np.full(A.shape[1], ridge)
        penalty[0] = 1e-6
        for _ in range(8):
            p = _sigmoid((A * w).sum(axis=1))
            gradient = A.T @ (y - p) - penalty * w
            hessian = (A * (p * (1 - p) + 1e-9)[:, None]).T @ A + np.diag(penalty)
            w = w + np.linalg.solve(hessian, gradient)
        return cls(list(Z.columns), [float(v) for v in w])

    def predict(self, Z: pd.DataFrame) -> np.ndarray:
        A = np.column_stack([np.ones(len(Z)), Z[self.columns].to_numpy(dtype="float64")])
        return _sigmoid((A * np.array(self.coef)).sum(axis=1))

    def importance(self) -> dict[str, float]:
        return dict(zip(self.columns, map(abs, self.coef[1:]), strict=True))

    def to_json(self) -> dict[str, Any]:
        return {"columns": self.columns, "coef": self.coef}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        return cls(**state)


@dataclass(frozen=True)
class ToyShift:
    """Calibrator: shifts the log odds so that the mean is right."""

    shift: float

    @classmethod
    def learn(cls, p: np.ndarray, y: np.ndarray) -> Self:
        rate = float(np.clip(y.mean(), 1e-3, 1 - 1e-3))
        mean = float(np.clip(p.mean(), 1e-3, 1 - 1e-3))
        return cls(float(np.log(rate / (1 - rate)) - np.log(mean / (1 - mean))))

    def predict(self, p: np.ndarray) -> np.ndarray:
        q = np.clip(p, 1e-9, 1 - 1e-9)
        return _sigmoid(np.log(q / (1 - q)) + self.shift)

    def to_json(self) -> dict[str, Any]:
        return {"shift": self.shift}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        return cls(**state)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-np.clip(x, -30, 30)))
