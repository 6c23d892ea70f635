from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import ortho_group

from gosales.features.embedding.account_vectors import AccountVectors

RNG = np.random.default_rng(4)
NAMES = np.array([f"c{i}" for i in range(8)], dtype=object)
VECTORS = RNG.normal(size=(8, 3))
OWNERS = np.array([1, 1, 1, 0, 0, 0, 0, 0], dtype=bool)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_owners_are_held_against_the_other_owners() -> None:
    unit = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    got = AccountVectors(NAMES, VECTORS).similarity(OWNERS)
    for i in range(8):
        others = [j for j in range(3) if j != i]
        np.testing.assert_allclose(got[i], cosine(VECTORS[i], unit[others].mean(axis=0)))


def test_rotating_all_vectors_changes_nothing() -> None:
    turned = VECTORS @ ortho_group.rvs(3, random_state=1)
    got = AccountVectors(NAMES, turned).similarity(OWNERS)
    np.testing.assert_allclose(got, AccountVectors(NAMES, VECTORS).similarity(OWNERS))


def test_without_another_owner_or_without_a_vector_it_is_unknown() -> None:
    only = np.arange(8) == 2
    got = AccountVectors(NAMES, VECTORS).similarity(only)
    assert np.isnan(got).tolist() == only.tolist()
    assert np.isnan(AccountVectors(NAMES, VECTORS).similarity(~OWNERS & False)).all()
    zero = np.where((np.arange(8) == 5)[:, None], 0.0, VECTORS)
    assert np.isnan(AccountVectors(NAMES, zero).similarity(OWNERS)).tolist() == [
        i == 5 for i in range(8)
    ]


def test_values_are_laid_on_other_rows_by_name() -> None:
    at = AccountVectors(NAMES[:3], VECTORS[:3])
    laid = at.laid_on(pd.Index(["c2", "stranger", "c0"]), np.array([10.0, 11.0, 12.0]))
    np.testing.assert_array_equal(laid, [12.0, np.nan, 10.0])
