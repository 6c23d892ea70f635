import pytest

from gosales.evaluation.interval import Interval
from gosales.reporting.reading import reading

WIDE = Interval(0.7, 0.6, 0.8)


@pytest.mark.parametrize(
    ("model", "naive", "said"),
    [
        (Interval(0.9, 0.85, 0.95), WIDE, "the model ranks better"),
        (Interval(0.5, 0.45, 0.55), WIDE, "the model ranks worse"),
        (Interval(0.75, 0.65, 0.85), WIDE, "neither is shown to be better"),
        (Interval(0.9, note="insufficient"), WIDE, "too few buyers"),
        (Interval(0.9, 0.8, 1.0), Interval(0.5, 0.5, 0.5), "none has a recent purchase"),
        (Interval(0.52, 0.45, 0.6), Interval(0.5, 0.5, 0.5), "neither is shown to be better"),
        (Interval(None, note="no customers in this population"), WIDE, "no customers in this"),
        (None, WIDE, "not measured"),
        (WIDE, None, "naive rank was not measured"),
    ],
)
def test_it_says_what_the_intervals_allow(model, naive, said):
    assert said in reading("whitespace customers", model, naive)
