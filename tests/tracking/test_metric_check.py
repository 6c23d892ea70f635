from __future__ import annotations

import math

import pytest

from gosales.core.errors import InternalError
from gosales.tracking.metric_check import check_metrics


@pytest.mark.parametrize("name", ["lift@10", "lift_10%", "", "a b", "9lives"])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(InternalError, match="no @ or %"):
        check_metrics({name: 1.0})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(InternalError, match="finite values"):
        check_metrics({"cv_auc": value})


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(InternalError, match=r"'a@b', c=nan"):
        check_metrics({"a@b": 1.0, "c": math.nan, "fine": 0.5})
