"""Training cutoffs are walked back, purged from the requested one, and have history."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gosales.core.errors import ConfigError, DegenerateError
from gosales.core.timeline import Cutoff, Horizon
from gosales.data.star import Star, StarManifest
from gosales.evaluation.training_cutoffs import TrainingCutoffs


def star(first: str) -> Star:
    manifest = StarManifest("x", "d", {}, {}, date.fromisoformat(first), date(2025, 6, 30), "gp")
    return Star(Path("x"), manifest)


def walked(first: str = "2019-01-01", purge_days: int = 45, **options: int) -> list[str]:
    plan = TrainingCutoffs(**options)
    found = plan.before(Cutoff.parse("2024-12-31"), star(first), Horizon(6), purge_days)
    return [str(c) for c in found]


def test_labels_close_a_purge_before_the_requested_cutoff() -> None:
    # 2024-06-30 closes on 2024-12-31 itself; 2024-03-31 closes 92 days before it.
    assert walked() == ["2023-06-30", "2023-09-30", "2023-12-31", "2024-03-31"]
    assert walked(purge_days=92)[-1] == "2024-03-31"
    assert walked(purge_days=93)[-1] == "2023-12-31"
    assert walked(purge_days=0)[-1] == "2024-06-30"


def test_number_and_step_are_kept() -> None:
    assert walked(n_cutoffs=2, step_months=6) == ["2023-06-30", "2023-12-31"]


def test_cutoffs_without_history_are_left_out() -> None:
    assert walked("2023-06-30") == ["2023-12-31", "2024-03-31"]
    assert walked("2023-07-01") == ["2024-03-31"]


def test_a_log_too_short_is_a_named_outcome() -> None:
    with pytest.raises(DegenerateError, match="log from 2023-10-01, cutoff 2024-12-31") as error:
        walked("2023-10-01")
    assert error.value.reason_code == "log_too_short"
    assert "later cutoff" in str(error.value.remedy)


@pytest.mark.parametrize(
    "bad", [{"n_cutoffs": 0}, {"step_months": 0}, {"min_train_history_months": -1}]
)
def test_malformed_plans_are_refused(bad: dict) -> None:
    with pytest.raises(ConfigError, match="training panel is malformed"):
        TrainingCutoffs(**bad)
