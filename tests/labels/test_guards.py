"""What makes labels suspect."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from gosales.core.errors import ConfigError
from gosales.labels.guards import LabelGuard

CONF = Path(__file__).resolve().parents[2] / "conf"


def test_an_ordinary_rate_passes() -> None:
    assert LabelGuard().problems(np.array([1.0] + [0.0] * 9)) == []


def test_the_bounds_themselves_pass_and_beyond_does_not() -> None:
    y = np.array([1.0] + [0.0] * 499)
    assert LabelGuard().problems(y) == []
    assert "0.20% of 501 rows" in LabelGuard().problems(np.append(y, 0.0))[0]
    assert LabelGuard().problems(np.array([1.0, 0.0])) == []
    assert LabelGuard().problems(np.array([1.0, 1.0, 0.0]))


def test_censored_rows_are_counted_and_no_label_at_all_is_no_rate() -> None:
    assert LabelGuard().problems(np.array([np.nan, np.nan])) == ["2 of 2 rows are censored"]
    assert LabelGuard().problems(np.array([])) == ["there are no rows"]
    assert LabelGuard().is_outside(np.nan)


def test_both_faults_are_told_together() -> None:
    found = LabelGuard().problems(np.array([0.0, np.nan]))
    assert found == [
        "base rate 0.00% of 1 rows is outside [0.2%, 50%]",
        "1 of 2 rows are censored",
    ]


@pytest.mark.parametrize(("low", "high"), [(0.5, 0.002), (-0.1, 0.5), (0.002, 1.5)])
def test_limits_that_are_no_shares_in_order_are_refused(low: float, high: float) -> None:
    with pytest.raises(ConfigError, match="the limits of the base rate are malformed"):
        LabelGuard(low, high)


def test_the_audit_and_the_gate_share_their_limits() -> None:
    shown = yaml.safe_load((CONF / "label_guard" / "default.yaml").read_text())
    gated = yaml.safe_load((CONF / "gauntlet" / "check" / "label_guards.yaml").read_text())
    assert (shown["min_rate"], shown["max_rate"]) == (
        gated["min_base_rate"],
        gated["max_base_rate"],
    )
