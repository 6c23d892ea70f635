from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.gauntlet.near_values import near_values

N = 64


def exchanged(column, block=8, seed=1):
    X = pd.DataFrame({"c": column}, index=np.arange(N) + 5)
    out = near_values(X, block, np.random.default_rng(seed))
    assert (out.index == X.index).all()
    assert out["c"].dtype == X["c"].dtype
    return X["c"], out["c"]


def test_a_value_moves_among_its_neighbours_only():
    shuffled = np.random.default_rng(2).permutation(N).astype(float)
    before, after = exchanged(shuffled)
    assert sorted(before) == sorted(after)
    assert (before // 8 == after // 8).all()
    assert (before != after).mean() > 0.7


def test_equal_values_are_one_value():
    before, after = exchanged(np.repeat(np.arange(8.0), 8))
    assert (before == after).all()


def test_missing_values_and_texts_have_an_order_too():
    numbers = pd.Series(np.where(np.arange(N) < 24, np.nan, np.arange(N)))
    before, after = exchanged(numbers)
    assert (before.isna() == after.isna()).all()
    texts = pd.Series([f"c{i:02d}" for i in range(N)], dtype=object).where(np.arange(N) > 7)
    before, after = exchanged(texts)
    assert (before.isna() == after.isna()).all()
    assert (before.dropna().str[:2] == after.dropna().str[:2]).mean() > 0.7
    assert (before.dropna() != after.dropna()).any()


def test_columns_are_exchanged_each_for_itself():
    X = pd.DataFrame({"a": np.arange(float(N)), "b": np.arange(float(N))})
    out = near_values(X, 8, np.random.default_rng(3))
    assert (out["a"] != out["b"]).mean() > 0.5
