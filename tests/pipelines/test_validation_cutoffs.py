"""A version is never judged by what it learned from: buffer, width in force and purge count."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from gosales.core.errors import ConfigError
from gosales.evaluation.forward_months import ForwardMonths
from gosales.pipelines.validation_cutoffs import ValidationCutoffs, validation_cutoffs

STAR: Any = SimpleNamespace(
    last_date=date(2025, 6, 30), manifest=SimpleNamespace(first_date=date(2019, 1, 1))
)


def version(months: int = 6, buffer_days: int = 0, last: str = "2024-03-31") -> Any:
    horizon = {"months": months, "buffer_days": buffer_days}
    meta = {"horizon": horizon, "training_cutoffs": [last, "2023-12-31"]}
    return SimpleNamespace(meta=meta, version="4")


def found(words: str, model: Any, purge_days: int = 45) -> ValidationCutoffs:
    return validation_cutoffs(words, model, STAR, purge_days, ForwardMonths())


def test_every_complete_month_after_the_purge_up_to_the_day_asked_for() -> None:
    when = found("latest_labelled", version())
    assert str(when.judged) == "2024-12-31" and not when.censored
    assert list(map(str, when.months)) == ["2024-11-30", "2024-12-31"]
    assert str(when.learned_until) == "2024-09-30"
    assert list(map(str, when.training)) == ["2023-12-31", "2024-03-31"]
    assert list(map(str, found("2024-11-30", version()).months)) == ["2024-11-30"]


@pytest.mark.parametrize(
    ("model", "purge", "first"),
    [
        (version(), 45, "2024-11-14"),
        (version(), 0, "2024-09-30"),
        (version(buffer_days=20), 45, "2024-12-04"),
        (version(months=9, last="2023-12-31"), 45, "2024-11-14"),
    ],
)
def test_a_day_too_early_is_refused_and_the_first_that_is_not_is_told(
    model: Any, purge: int, first: str
) -> None:
    day = date.fromisoformat(first)
    assert str(found(first, model, purge).judged) == first
    before = date.fromordinal(day.toordinal() - 1).isoformat()
    with pytest.raises(ConfigError, match=f"learned from what.*cutoff from {first} on") as error:
        found(before, model, purge)
    assert (error.value.reason_code, error.value.exit_code) == ("label_overlap", 2)


def test_an_open_window_is_censored_and_earlier_months_remain() -> None:
    when = found("newest", version())
    assert when.censored and str(when.judged) == "2025-06-30"
    assert list(map(str, when.months)) == ["2024-11-30", "2024-12-31"]


def test_a_day_outside_the_log_is_refused() -> None:
    with pytest.raises(ConfigError, match="outside the log"):
        found("2031-01-31", version())
