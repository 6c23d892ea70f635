"""Both guards present close the command; either alone is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.support.small_panel import small_panel

from gosales.core.timeline import Cutoff
from gosales.labels.guards import LabelGuard
from gosales.pipelines.validation import Validation, _guards
from gosales.pipelines.validation_cutoffs import ValidationCutoffs

MONTHS = tuple(Cutoff.parse(d) for d in ("2024-11-30", "2024-12-31"))


def inputs(rate: float, *, censored: bool, months: tuple[Cutoff, ...] = MONTHS) -> Any:
    panel = small_panel(n=200, cutoffs=[str(m) for m in MONTHS])
    y = (np.arange(len(panel)) % 200 < 200 * rate).astype(float)
    panel = panel.with_labels(y)
    judged = MONTHS[-1]
    rows = panel.at([judged])
    if censored:
        rows = rows.with_labels(np.full(len(rows), np.nan))
        judged = Cutoff.parse("2025-06-30")
    when = ValidationCutoffs(judged, months, (), Cutoff.parse("2024-09-30"), censored)
    return SimpleNamespace(cutoffs=when, months=panel.at(months), judged=rows)


@pytest.mark.parametrize(
    ("rate", "censored", "fired", "status"),
    [
        (0.2, False, set(), "ok"),
        (0.2, True, {"censored"}, "warn"),
        (0.8, False, {"base_rate"}, "warn"),
        (0.0, False, {"base_rate"}, "warn"),
        (0.8, True, {"censored", "base_rate"}, "fail"),
    ],
)
def test_the_guards(rate: float, censored: bool, fired: set[str], status: str) -> None:
    found = _guards(LabelGuard(), inputs(rate, censored=censored))
    assert set(found) == fired
    empty = pd.DataFrame()
    judged = Validation(None, None, None, None, empty, empty, empty, empty, found)  # type: ignore[arg-type]
    assert judged.guard_status == status


def test_censored_without_any_complete_month_fails() -> None:
    found = _guards(LabelGuard(), inputs(0.2, censored=True, months=()))
    assert "unknown: no month is complete" in found["base_rate"]
    assert set(found) == {"censored", "base_rate"}
