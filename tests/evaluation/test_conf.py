"""Every pluggable class of the room has a YAML file with exactly its parameters."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest
import yaml

import gosales.evaluation.metrics as metrics
from gosales.evaluation.metric import Metric

CONF = Path(__file__).resolve().parents[2] / "conf"
FILES = sorted((CONF / "validation" / "metric").glob("*.yaml"))


def class_of(target: str) -> type:
    module, name = target.rsplit(".", 1)
    found: type = getattr(importlib.import_module(module), name)
    return found


def agree(node: dict) -> None:
    parameters = inspect.signature(class_of(node["_target_"])).parameters
    assert set(node) - {"_target_"} == set(parameters)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_metric_yaml_builds_the_metric(file: Path) -> None:
    node = yaml.safe_load(file.read_text(encoding="utf-8"))
    agree(node)
    assert isinstance(class_of(node.pop("_target_"))(**node), Metric)


def test_every_metric_has_a_yaml_and_is_measured_by_default() -> None:
    modules = {p.stem for p in Path(metrics.__path__[0]).glob("*.py")} - {"__init__"}
    assert modules == {f.stem for f in FILES}
    default = yaml.safe_load((CONF / "validation" / "default.yaml").read_text(encoding="utf-8"))
    named = {next(iter(d.values())) for d in default["defaults"] if isinstance(d, dict)}
    assert named == modules
    agree(default["bootstrap"])


@pytest.mark.parametrize("part", ["months", "scenarios", "drift", "segments"])
def test_forward_yaml_says_what_the_constructors_default_to(part: str) -> None:
    file = CONF / "forward" / "default.yaml"
    node = yaml.safe_load(file.read_text(encoding="utf-8"))[part]
    agree(node)
    built = class_of(node.pop("_target_"))
    assert {k: getattr(built(**node), k) for k in node} == node
    same = {k: v for k, v in vars(built()).items() if k != "hybrid_shares"}
    assert {k: list(v) if isinstance(v, tuple) else v for k, v in same.items()} == {
        k: v for k, v in node.items() if k != "hybrid_shares"
    }


def test_cv_yaml_has_exactly_the_parameters() -> None:
    node = yaml.safe_load((CONF / "cv" / "purged.yaml").read_text(encoding="utf-8"))
    agree(node["training"])
    agree(node["splitter"])
