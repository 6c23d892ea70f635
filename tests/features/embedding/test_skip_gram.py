from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import ConfigError
from gosales.features.embedding.skip_gram import SkipGram

# Two worlds that never meet.
SEQUENCES = [["a", "b", "c", "a", "b"], ["c", "b", "a"], ["x", "y", "z"], ["z", "y", "x", "y"]] * 30


def near(vectors: pd.DataFrame, one: str, other: str) -> float:
    a, b = vectors.loc[one].to_numpy(), vectors.loc[other].to_numpy()
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_items_bought_together_lie_together() -> None:
    vectors = SkipGram(size=8, epochs=150).fit(SEQUENCES)
    assert vectors.index.tolist() == ["a", "b", "c", "x", "y", "z"]
    together = [near(vectors, "a", "b"), near(vectors, "x", "z")]
    apart = [near(vectors, "a", "x"), near(vectors, "c", "y")]
    assert min(together) > max(apart) + 0.1


def test_the_order_of_sequences_changes_no_bit() -> None:
    one, two = SkipGram().fit(SEQUENCES), SkipGram().fit(SEQUENCES[::-1])
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    assert (SkipGram(seed=8).fit(SEQUENCES) != one).any(axis=None)


def test_without_sequences_there_are_no_vectors() -> None:
    assert SkipGram(size=8).fit([[], []]).shape == (0, 8)


@pytest.mark.parametrize("bad", ["size", "reach", "epochs", "negative"])
def test_malformed_parameters_are_refused(bad: str) -> None:
    with pytest.raises(ConfigError, match=f"skip-gram is malformed.*{bad}=0"):
        SkipGram(**{bad: 0})
