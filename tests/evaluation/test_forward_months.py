from __future__ import annotations

from datetime import date

import pytest

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff, Horizon
from gosales.evaluation.forward_months import ForwardMonths, is_ahead

TRAINING = [Cutoff.parse(d) for d in ("2023-12-31", "2024-03-31")]
LAST = Cutoff.parse("2025-01-31")


def months(horizon: Horizon | None = None, purge: int = 45, **span: int) -> list[str]:
    found = ForwardMonths(**span).until(LAST, TRAINING, horizon or Horizon(6), purge)
    return [str(c) for c in found]


def test_walks_back_to_the_purge_and_not_a_day_further() -> None:
    assert months() == ["2024-11-30", "2024-12-31", "2025-01-31"]
    # 2024-09-30 closes the last label; 61 days later is 2024-11-30.
    assert months(purge=61)[0] == "2024-11-30"
    assert months(purge=62)[0] == "2024-12-31"


def test_the_buffer_and_the_width_in_force_count() -> None:
    assert months(Horizon(6, buffer_days=30))[0] == "2024-12-31"
    assert months(Horizon(9)) == []
    assert months(Horizon(9), purge=31) == ["2025-01-31"]


def test_a_long_span_is_thinned_and_keeps_the_last() -> None:
    assert len(months(purge=0)) == 5
    assert months(purge=0, max_months=2) == ["2024-10-31", "2025-01-31"]
    assert months(purge=0, max_months=1) == ["2025-01-31"]


def test_without_training_cutoffs_nothing_is_ahead() -> None:
    assert ForwardMonths().until(LAST, [], Horizon(6), 0) == ()
    assert not is_ahead(LAST, [], Horizon(6), 0)


def test_the_latest_complete_month_and_none() -> None:
    span = ForwardMonths()
    found = span.latest_complete(Cutoff.parse("2024-06-30"), Horizon(3), date(2024, 12, 31))
    assert str(found) == "2024-09-30"
    assert span.latest_complete(Cutoff.parse("2024-10-31"), Horizon(3), date(2024, 12, 31)) is None


@pytest.mark.parametrize("bad", [{"step_months": 0}, {"max_months": 0}])
def test_malformed_spans_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="months to evaluate are malformed"):
        ForwardMonths(**bad)
