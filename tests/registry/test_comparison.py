from __future__ import annotations

import math
from dataclasses import replace

import pytest

from gosales.core.errors import ConfigError
from gosales.registry.comparison import Comparison
from gosales.registry.promotion_rules import PromotionRules

GOOD = Comparison("auc", 0.75, 0.755, -0.009, 0.004, 80, "2024-12-31")


def test_a_little_worse_within_the_margin_is_not_inferior() -> None:
    assert GOOD.reasons(0.01, 40) == []


@pytest.mark.parametrize("lo", [-0.01, -0.02])
def test_a_lower_bound_at_or_below_the_margin_closes(lo: float) -> None:
    assert "may be worse" in replace(GOOD, lo=lo).reasons(0.01, 40)[0]


@pytest.mark.parametrize("field", ["challenger", "champion", "lo", "hi"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_not_finite_closes(field: str, value: float) -> None:
    broken = replace(GOOD, **{field: value})  # type: ignore[arg-type]
    assert "not finite" in broken.reasons(0.01, 40)[0]


def test_too_few_positive_accounts_close() -> None:
    assert "insufficient" in replace(GOOD, positive_accounts=39).reasons(0.01, 40)[0]


@pytest.mark.parametrize("margin", [-0.1, math.nan])
def test_a_margin_out_of_range_is_refused(margin: float) -> None:
    with pytest.raises(ConfigError, match="finite margin >= 0"):
        PromotionRules(non_inferiority_margin_auc=margin)
