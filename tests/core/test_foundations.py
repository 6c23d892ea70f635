"""Digests, seeds, slugs and errors."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from gosales.core.digests import canonical_json, digest_array, digest_frame, digest_json
from gosales.core.errors import GateClosedError, IntegrityError
from gosales.core.seeds import derive_seed, stable_buckets
from gosales.core.slug import name_key, slug


def test_digest_ignores_key_order_but_not_values() -> None:
    assert digest_json({"a": 1, "b": 2}) == digest_json({"b": 2, "a": 1})
    assert digest_json({"a": 1}) != digest_json({"a": 1.5})


def test_digest_refuses_not_finite_numbers() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"auc": float("nan")})


def test_frame_digest_sees_the_last_bit() -> None:
    frame = pd.DataFrame({"x": [0.1, 0.2], "s": ["a", None]})
    other = frame.assign(x=[0.1, np.nextafter(0.2, 1)])
    assert digest_frame(frame) == digest_frame(frame.copy())
    assert digest_frame(frame) != digest_frame(other)
    assert digest_array(np.array([1.0])) != digest_array(np.array([1], dtype="int64"))


def test_buckets_depend_on_the_key_alone() -> None:
    keys = [f"c{i}" for i in range(500)]
    whole = stable_buckets(keys, 5, seed=1)
    assert (stable_buckets(keys[::-1], 5, seed=1)[::-1] == whole).all()
    assert np.bincount(whole, minlength=5).min() > 60
    assert (stable_buckets(keys, 5, seed=2) != whole).any()
    assert derive_seed(1, "a", 2) != derive_seed(1, "a2")


def test_slugs_are_safe_and_distinct() -> None:
    assert slug("Garden & Outdoor") == "garden_outdoor"
    assert "/" not in slug("../x/y") and ".." not in slug("../x/y")
    assert slug("Ü!") != slug("Ö!")
    assert name_key(" SOLIDWORKS ") == name_key("solidworks")


def test_errors_cross_process_borders_whole() -> None:
    error = IntegrityError("digest differs", got="a", allowed="b", remedy="retrain")
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, GateClosedError)
    assert (str(copy), copy.exit_code, copy.reason_code) == (str(error), 1, "integrity")
