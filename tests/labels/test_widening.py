"""Steps of the widening, and a label that remembers what was declared."""

import pytest

from gosales.core.errors import ConfigError
from gosales.core.timeline import Horizon
from gosales.labels.label_facts import label_facts
from gosales.labels.label_spec import LabelSpec
from gosales.labels.target import Target
from gosales.labels.widening import Widening


@pytest.mark.parametrize(
    ("widening", "declared", "widths"),
    [
        (Widening(), 6, (6, 9, 12)),
        (Widening(), 12, (12,)),
        (Widening(), 15, (15,)),
        (Widening(step_months=2, max_months=11), 6, (6, 8, 10)),
    ],
)
def test_steps_end_at_the_widest(widening: Widening, declared: int, widths: tuple) -> None:
    assert widening.widths(declared) == widths
    assert LabelSpec(declared, widening=widening).widths == widths
    assert LabelSpec(declared, widening=None).widths == (declared,)


@pytest.mark.parametrize("wrong", ["step_months", "max_months", "min_positive_accounts"])
def test_a_malformed_widening_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigError, match=f"{wrong}=0.*label.widening=null"):
        Widening(**{wrong: 0})


def test_a_widened_label_remembers_and_finds_back() -> None:
    label = LabelSpec(6, buffer_days=14, mode="expansion", denylist=["a"])
    wide = label.widened_to(9)
    assert (wide.horizon, wide.declared_months) == (Horizon(9, 14), 6)
    assert wide.widened_to(12).declared_months == 6
    assert wide.widened_to(6) == label
    assert wide != LabelSpec(9, buffer_days=14, mode="expansion", denylist=["a"])


def test_the_column_says_what_it_means() -> None:
    label = LabelSpec(buffer_days=5, mode="new_logo", denylist=["b", "a"]).widened_to(12)
    assert label_facts(label, Target("CPE", threshold=100, measure="revenue"), "gp") == {
        "target": "cpe", "measure": "revenue", "threshold": "100", "mode": "new_logo",
        "horizon_months": "12", "declared_months": "6", "buffer_days": "5", "denylist": "a, b",
    }  # fmt: skip
