"""Targets: one key, one of two ways to say which lines, faults told together."""

from pathlib import Path

import pytest
import yaml
from hydra.utils import instantiate

from gosales.core.errors import ConfigError
from gosales.labels.target import Target

CONF = Path(__file__).resolve().parents[2] / "conf" / "division"


def test_a_name_alone_means_the_division_of_that_name() -> None:
    target = Target("  SolidWorks ")
    assert (target.key, target.division_key, target.sku_keys) == (
        "solidworks", "solidworks", frozenset()
    )  # fmt: skip


def test_a_sku_set_is_no_division() -> None:
    target = Target("Printers", skus=["FDM", " saf "])
    assert target.division_key is None
    assert target.sku_keys == {"fdm", "saf"}


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError, match=r"name is empty.*both a division.*'margin' is none"):
        Target(" ", division="A", skus=["B"], measure="margin")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"skus": []}, "SKU set is empty"),
        ({"skus": "FDM"}, r"write skus=\[FDM\]"),
        ({"threshold": float("nan")}, "threshold=nan is not a finite number"),
        ({"threshold": "ten"}, "'ten' is not a finite number"),
    ],
)
def test_a_fault_is_named(wrong: dict, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        Target("Printers", **wrong)
    assert caught.value.reason_code == "bad_target"


def test_every_yaml_is_a_target_with_a_key_of_its_own() -> None:
    nodes = {p.stem: yaml.safe_load(p.read_text()) for p in CONF.glob("*.yaml")}
    made = {k: instantiate(n | {"name": "Any"} if k == "any" else n) for k, n in nodes.items()}
    assert {k: t.key for k, t in made.items()} == {k: k for k in made}
    assert len(made["printers"].sku_keys) == 10
    assert {"solidworks", "swx_seats", "success_plan", "camworks", "any"} <= set(made)
