"""Alternating least squares for implicit feedback, the same to the last bit on every run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import shake_256

import numpy as np
from threadpoolctl import threadpool_limits

from gosales.core.errors import ConfigError
from gosales.features.embedding.interactions import Interactions

# The range implicit itself starts from.
_START = 0.01
_BYTES = 8


@dataclass(frozen=True)
class ImplicitFactors:
    """A factorisation of `Interactions` into account and item vectors.

    Parameters
    ----------
    factors : int, default 16
        Length of a vector.
    regularization : float, default 0.1
        Ridge penalty of each solve.
    alpha : float, default 10
        Confidence of an interaction of weight 1; of weight w it is ``alpha * w``.
    iterations : int, default 15
        Alternations; each solves for all accounts, then for all items.
    seed : int, default 7
        With an item's name, decides where its vector starts.

    Raises
    ------
    ConfigError
        If a size is below 1, or a strength is not finite and positive.

    Notes
    -----
    Minimises ``sum_ui c_ui (p_ui - x_u . y_i)^2 + regularization (sum |x_u|^2 + sum |y_i|^2)``
    with p = 1, c = alpha w where there is an interaction, p = 0, c = 1 elsewhere.

    Every half-step is solved exactly (Cholesky), in float64 and on one thread. Item vectors start
    from a hash of the item's own name and account vectors need no start, so the result hangs on
    what was bought alone: not on row order, account names, threads or what else was computed.

    The factors have no meaning of their own (any rotation of them fits as well), so only
    rotation-invariant scores may leave this room.

    References
    ----------
    Hu, Koren & Volinsky (2008). Collaborative filtering for implicit feedback datasets. ICDM.
    """

    factors: int = 16
    regularization: float = 0.1
    alpha: float = 10.0
    iterations: int = 15
    seed: int = 7

    def __post_init__(self) -> None:
        strengths = (self.regularization, self.alpha)
        sizes = (self.factors, self.iterations)
        if min(sizes) < 1 or not all(math.isfinite(s) and s > 0 for s in strengths):
            raise ConfigError(
                "the factorisation is malformed",
                got=f"factors={self.factors}, iterations={self.iterations}, "
                f"regularization={self.regularization}, alpha={self.alpha}",
                allowed="factors and iterations >= 1; regularization and alpha finite and > 0",
                remedy="mend features.families.als",
                reason_code="bad_family",
            )

    def fit(self, interactions: Interactions) -> tuple[np.ndarray, np.ndarray]:
        """Vectors of accounts, shape (n, factors), and of items, shape (m, factors)."""
        start = np.zeros((len(interactions.customers), self.factors))
        end = self._starts(interactions.items.tolist())
        if not len(start):
            return start, end
        from implicit.cpu.als import AlternatingLeastSquares

        # Threads split sums; one thread adds in one order.
        with threadpool_limits(limits=1):
            model = AlternatingLeastSquares(
                factors=self.factors,
                regularization=self.regularization,
                alpha=self.alpha,
                iterations=self.iterations,
                dtype=np.float64,
                use_cg=False,
                num_threads=1,
                random_state=self.seed,
            )
            model.user_factors, model.item_factors = start, end
            model.fit(interactions.weights, show_progress=False)
        return np.asarray(model.user_factors), np.asarray(model.item_factors)

    def _starts(self, names: list[str]) -> np.ndarray:
        raw = b"".join(
            shake_256(f"{self.seed}\x1f{name}".encode()).digest(_BYTES * self.factors)
            for name in names
        )
        whole = np.frombuffer(raw, dtype="<u8").reshape(len(names), self.factors)
        return (whole >> np.uint64(11)).astype("float64") * (_START * 2.0**-53)
