"""Label window, mode, denylist."""

from pathlib import Path

import pytest
import yaml
from hydra.utils import instantiate

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff
from gosales.labels.label_spec import LabelSpec

CONF = Path(__file__).resolve().parents[2] / "conf"


def test_a_buffer_moves_the_whole_window() -> None:
    window = LabelSpec(6, buffer_days=14).horizon.window(Cutoff.parse("2024-06-30"))
    assert str(window) == "(2024-07-14, 2025-01-14]"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"mode": "some"}, "allowed: all, expansion, new_logo"),
        ({"denylist": "SWX_Core"}, r"write label.denylist=\[SWX_Core\]"),
        ({"horizon_months": 0}, "horizon is malformed"),
    ],
)
def test_a_malformed_spec_is_refused(wrong: dict, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        LabelSpec(**wrong)


@pytest.mark.parametrize("group", ["label", "label_guard", "population", "incumbency"])
def test_the_yaml_holds_the_defaults(group: str) -> None:
    made = instantiate(yaml.safe_load((CONF / group / "default.yaml").read_text()))
    assert made == type(made)()
