from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import ConfigError
from gosales.features.embedding.implicit_factors import ImplicitFactors
from gosales.features.embedding.interactions import Interactions


@pytest.fixture(scope="module")
def log() -> Interactions:
    rng = np.random.default_rng(5)
    rows = pd.DataFrame(
        {
            "customer_id": [f"c{i:02d}" for i in rng.integers(0, 25, 150)],
            "sku": rng.choice([f"s{i}" for i in range(9)], 150),
            "units": rng.integers(1, 6, 150).astype(float),
        }
    ).drop_duplicates(["customer_id", "sku"])
    return Interactions.of(rows, ["sku"], "units")


def solved(weights: np.ndarray, other: np.ndarray, alpha: float, ridge: float) -> np.ndarray:
    """One half-step of Hu, Koren & Volinsky, row by row, as their equation 4 stands."""
    out = []
    for row in weights:
        confidence = np.where(row > 0, alpha * row, 1.0)
        left = other.T @ np.diag(confidence) @ other + ridge * np.eye(other.shape[1])
        out.append(np.linalg.solve(left, other.T @ np.diag(confidence) @ (row > 0)))
    return np.array(out)


def test_it_is_the_least_squares_of_the_paper(log: Interactions) -> None:
    model = ImplicitFactors(factors=3, regularization=0.2, alpha=4.0, iterations=7)
    users, items = model.fit(log)
    dense = log.weights.toarray()
    x, y = np.zeros((len(dense), 3)), model._starts(log.items.tolist())
    for _ in range(7):
        x = solved(dense, y, 4.0, 0.2)
        y = solved(dense.T, x, 4.0, 0.2)
    np.testing.assert_allclose(users, x, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(items, y, rtol=1e-6, atol=1e-9)


def test_an_item_starts_from_its_own_name_and_the_seed() -> None:
    start = ImplicitFactors()._starts(["a", "b"])
    assert start.shape == (2, 16)
    assert ((start >= 0) & (start < 0.01)).all()
    np.testing.assert_array_equal(ImplicitFactors()._starts(["b", "x", "a"])[[2, 0]], start)
    assert (ImplicitFactors(seed=8)._starts(["a"]) != start[0]).any()


def test_nothing_bought_gives_no_vectors() -> None:
    rows = pd.DataFrame({"customer_id": [], "sku": [], "units": []}, dtype="object")
    nothing = Interactions.of(rows.astype({"units": float}), ["sku"], "units")
    users, items = ImplicitFactors(factors=4).fit(nothing)
    assert (users.shape, items.shape) == ((0, 4), (0, 4))


@pytest.mark.parametrize(
    "bad",
    [{"factors": 0}, {"iterations": 0}, {"alpha": 0.0}, {"regularization": float("nan")}],
)
def test_malformed_parameters_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="factorisation is malformed"):
        ImplicitFactors(**bad)  # type: ignore[arg-type]
