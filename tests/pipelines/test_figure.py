"""Equal is equal to the last bits of a sum; a name on one side only is a difference."""

from __future__ import annotations

import math

import pytest

from gosales.pipelines.figure import Judgement, compared


@pytest.mark.parametrize(
    ("logged", "recomputed", "said"),
    [
        (0.8, 0.8 * (1 + 1e-12), Judgement.SAME),
        (0.8, 0.8000001, Judgement.DIFFERS),
        (math.nan, None, Judgement.SAME),
        (None, 0.8, Judgement.DIFFERS),
        (0.0, math.nan, Judgement.DIFFERS),
        ("insufficient: 3", "insufficient: 4", Judgement.DIFFERS),
        (12, 12.0, Judgement.SAME),
        ("", None, Judgement.SAME),
    ],
)
def test_two_values(logged: object, recomputed: object, said: Judgement) -> None:
    (figure,) = compared("x", {"v": logged}, {"v": recomputed}, 1e-9)
    assert figure.judgement is said
    assert figure.closes is (said is Judgement.DIFFERS)


def test_a_name_on_one_side_only_differs() -> None:
    found = {f.name: f.closes for f in compared("x", {"a": 1, "b": None}, {"a": 1, "c": 2}, 1e-9)}
    assert found == {"a": False, "b": True, "c": True}
