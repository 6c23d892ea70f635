from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from gosales.gauntlet.block_permutation import BlockPermutation


def rows_of(presence: list[int], seed: int) -> pd.DataFrame:
    """Accounts present at the cutoffs of a bit mask, in shuffled row order."""
    rng = np.random.default_rng(seed)
    rows = [
        {"customer_id": f"a{a}", "cutoff": f"2024-0{c + 1}-01", "group": f"a{a}"}
        for a, mask in enumerate(presence)
        for c in range(3)
        if mask >> c & 1
    ]
    frame = pd.DataFrame(rows).sample(frac=1, random_state=seed).reset_index(drop=True)
    return frame.assign(y=rng.integers(0, 2, len(frame)).astype(float))


def trajectories(rows: pd.DataFrame, y: np.ndarray) -> list[tuple[object, ...]]:
    ordered = rows.assign(y=y).sort_values(["group", "cutoff"])
    return sorted((tuple(part["cutoff"]), tuple(part["y"])) for _, part in ordered.groupby("group"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=25), st.integers(0, 1000))
def test_trajectories_move_as_a_whole_and_base_rates_stay(presence, seed):
    rows = rows_of(presence, seed)
    y = BlockPermutation(rows).draw(seed)
    assert trajectories(rows, y) == trajectories(rows, rows["y"].to_numpy())
    for cutoff, part in rows.assign(drawn=y).groupby("cutoff"):
        assert part["drawn"].sum() == part["y"].sum(), cutoff


def test_a_draw_is_a_function_of_its_seed_and_leaves_the_source_alone():
    rows = rows_of([7] * 30, 1)
    before = rows.copy()
    blocks = BlockPermutation(rows)
    assert np.array_equal(blocks.draw(5), blocks.draw(5))
    assert not np.array_equal(blocks.draw(5), blocks.draw(6))
    assert not np.array_equal(blocks.draw(5), blocks.y)
    pd.testing.assert_frame_equal(rows, before)


def test_rows_are_not_permuted_one_by_one():
    rows = pd.DataFrame(
        {
            "customer_id": np.repeat([f"a{i}" for i in range(40)], 2),
            "cutoff": ["c1", "c2"] * 40,
            "group": np.repeat([f"a{i}" for i in range(40)], 2),
            "y": np.repeat(np.arange(40) % 2, 2).astype(float),
        }
    )
    y = BlockPermutation(rows).draw(3)
    assert np.array_equal(y[::2], y[1::2])


def test_an_account_of_several_customers_is_one_block():
    rows = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "cutoff": "c1",
            "group": ["p", "p", "q", "q"],
            "y": [1.0, 1.0, 0.0, 0.0],
        }
    )
    drawn = {tuple(BlockPermutation(rows).draw(s)) for s in range(20)}
    assert drawn == {(1.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 1.0)}


def test_what_cannot_move_is_counted():
    rows = rows_of([7, 1, 1, 1], 0).assign(y=1.0)
    blocks = BlockPermutation(rows)
    assert (blocks.positive_accounts, blocks.movable_positive_accounts) == (4, 0)
    rows.loc[rows["group"] == "a1", "y"] = 0.0
    assert BlockPermutation(rows).movable_positive_accounts == 2


def test_no_rows():
    blocks = BlockPermutation(rows_of([1], 0).iloc[:0])
    assert blocks.draw(0).shape == (0,)
    assert blocks.positive_accounts == 0
