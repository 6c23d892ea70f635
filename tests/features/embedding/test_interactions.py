from __future__ import annotations

import numpy as np
import pandas as pd
from tests.support.family_frame import table

from gosales.features.embedding.interactions import Interactions

ROWS = table("""
    customer_id  division_key  sku_key  units
    b            solidworks    core     2
    b            training      cad      1
    a            solidworks    core     1
    c            solidworks    core     2
    c            training      cad      1
    d            scanning      artec    0
    e            scanning      artec    -3
    f            scanning      artec    -
""")
PAIR = ["division_key", "sku_key"]


def test_rows_without_a_positive_weight_are_no_interaction() -> None:
    found = Interactions.of(ROWS, PAIR, "units")
    assert sorted(found.customers) == ["a", "b", "c"]
    assert list(found.items) == ["solidworks\x1fcore", "training\x1fcad"]
    row = dict(zip(found.customers, found.weights.toarray().tolist(), strict=True))
    assert row == {"a": [1, 0], "b": [2, 1], "c": [2, 1]}


def test_the_matrix_depends_on_neither_the_names_nor_the_order_of_rows() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "customer_id": [f"c{i:02d}" for i in rng.integers(0, 40, 300)],
            "sku_key": rng.choice(list("abcdefgh"), 300),
            "units": rng.integers(1, 3, 300).astype(float),
        }
    ).drop_duplicates(["customer_id", "sku_key"])
    names = dict(
        zip(sorted(rows["customer_id"].unique()), map(str, range(99, 0, -1)), strict=False)
    )
    other = rows.assign(customer_id=rows["customer_id"].map(names)).sample(frac=1.0, random_state=2)
    one, two = (Interactions.of(r, ["sku_key"], "units") for r in (rows, other))
    np.testing.assert_array_equal(one.weights.toarray(), two.weights.toarray())
    told = {(names[c], *w) for c, w in zip(one.customers, one.weights.toarray(), strict=True)}
    assert told == {(c, *w) for c, w in zip(two.customers, two.weights.toarray(), strict=True)}


def test_holders_have_one_of_the_items_at_least() -> None:
    found = Interactions.of(ROWS, PAIR, "units")
    held = found.holders(pd.Index(["training\x1fcad", "nowhere\x1fsold"]))
    assert sorted(found.customers[held]) == ["b", "c"]
    assert not found.holders(pd.Index([])).any()


def test_nothing_is_a_matrix_too() -> None:
    found = Interactions.of(ROWS.iloc[:0], PAIR, "units")
    assert found.weights.shape == (0, 0)
