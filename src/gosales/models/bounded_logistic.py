"""Logistic regression on a few columns with slopes kept from turning negative."""

from __future__ import annotations

import numpy as np

from gosales.models.logistic import sigmoid

_STEPS = 100
_TOLERANCE = 1e-10


def bounded_logistic(Z: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted maximum likelihood with every slope at least zero.

    Parameters
    ----------
    Z : numpy.ndarray, shape (n, k)
        Few columns; an intercept is added last.
    target : numpy.ndarray, shape (n,)
        In (0, 1); smoothed targets keep separable data finite.
    weights : numpy.ndarray, shape (n,)
        Non-negative.

    Returns
    -------
    numpy.ndarray, shape (k + 1,)
        Slopes, then the intercept.

    Notes
    -----
    Newton's method on the free coefficients. A slope that would become negative is fixed at zero
    and the rest is fitted again, as Kull et al. (2017) do for beta calibration.
    """
    k = Z.shape[1]
    free = np.ones(k + 1, dtype=bool)
    design = np.column_stack([Z, np.ones(len(Z))])
    while True:
        beta = np.zeros(k + 1)
        beta[free] = _newton(design[:, free], target, weights)
        negative = beta[:k] < 0.0
        if not negative.any():
            return beta
        # The most negative first: fixing one may turn the other positive.
        free[int(np.argmin(beta[:k]))] = False


def _loss(design: np.ndarray, beta: np.ndarray, target: np.ndarray, weights: np.ndarray) -> float:
    z = design @ beta
    return float(weights @ (np.logaddexp(0.0, z) - target * z))


def _newton(design: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    beta = np.zeros(design.shape[1])
    mean = float(np.average(target, weights=weights))
    beta[-1] = np.log(mean / (1.0 - mean))
    loss = _loss(design, beta, target, weights)
    for _ in range(_STEPS):
        q = sigmoid(design @ beta)
        gradient = design.T @ (weights * (q - target))
        hessian = (design * (weights * q * (1.0 - q))[:, None]).T @ design
        step = np.linalg.lstsq(hessian, gradient, rcond=None)[0]
        scale, new = 1.0, _loss(design, beta - step, target, weights)
        while not new <= loss and scale > 1e-8:
            scale /= 2.0
            new = _loss(design, beta - scale * step, target, weights)
        if not new <= loss:
            break
        beta = beta - scale * step
        if loss - new <= _TOLERANCE * (abs(loss) + _TOLERANCE):
            break
        loss = new
    return beta
