"""What makes labels suspect."""

import numpy as np

from gosales.labels.guards import LabelGuard


def test_an_ordinary_rate_passes() -> None:
    assert LabelGuard().problems(np.array([1.0] + [0.0] * 9)) == []


def test_the_bounds_themselves_pass_and_beyond_does_not() -> None:
    y = np.array([1.0] + [0.0] * 499)
    assert LabelGuard().problems(y) == []
    assert "0.20% of 501 rows" in LabelGuard().problems(np.append(y, 0.0))[0]
    assert LabelGuard().problems(np.array([1.0, 0.0])) == []
    assert LabelGuard().problems(np.array([1.0, 1.0, 0.0]))


def test_censored_rows_are_counted_and_no_label_at_all_is_no_rate() -> None:
    found = LabelGuard().problems(np.array([np.nan, np.nan]))
    assert found[1] == "2 of 2 rows are censored"
    assert "0 rows" in found[0]
