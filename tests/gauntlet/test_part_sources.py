"""Which modules a candidate's parts are read from."""

from __future__ import annotations

import functools
import sys
from importlib import import_module

import numpy as np
import pytest

from gosales.gauntlet.part_sources import part_sources

FAMILY = """
{imports}
class Family:
    name = "plugin"
    def compute(self, view):
        {inside}
        return view
def aged(view):
    return view
def bound(of):
    return lambda view: of(view)
"""


class Holder:
    """A candidate that holds one part."""

    def __init__(self, part):
        self.families = [part]


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes modules and imports the first of them."""

    def write(modules):
        for name, text in modules.items():
            file = tmp_path / f"{name}.py"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            monkeypatch.delitem(sys.modules, name.replace("/", "."), raising=False)
        monkeypatch.syspath_prepend(str(tmp_path))
        return import_module(next(iter(modules)).replace("/", "."))

    return write


def read(part):
    sources, hidden = part_sources(Holder(part))
    assert hidden == []
    return {name for name in sources if name.startswith("plug")}


@pytest.mark.parametrize(
    "part",
    [
        lambda module: module.Family(),
        lambda module: module.Family,
        lambda module: module.aged,
        lambda module: functools.partial(np.add, module.aged),
        lambda module: functools.partial(module.aged, 3),
        lambda module: module.Family().compute,
        lambda module: {"by": [module.aged]},
        lambda module: functools.partial(len, [[module.bound(len)]][0]),
        lambda module: functools.wraps(len)(module.bound(len)),
        lambda module: (lambda aged: lambda view: aged(view))(module.aged),
    ],
    ids=[
        "object", "class", "function", "argument", "partial", "method", "nested", "inner",
        "disguised", "closed over",
    ],
)  # fmt: skip
def test_a_part_of_any_kind_is_read(written, part):
    module = written({"plug_a": FAMILY.format(imports="", inside="pass")})
    assert read(part(module)) == {"plug_a"}


@pytest.mark.parametrize(
    ("imports", "inside"),
    [
        ("import plug_helper", "pass"),
        ("from plug_helper import clock", "pass"),
        ("import plug_helper as np", "pass"),
        ("", "from plug_helper import clock"),
    ],
)
def test_what_a_flat_plug_in_imports_is_read_too(written, imports, inside):
    module = written(
        {
            "plug_b": FAMILY.format(imports=imports, inside=inside),
            "plug_helper": "import plug_deeper, numpy, json\nclock = 1\n",
            "plug_deeper": "import plug_helper\n",
        }
    )
    assert read(module.Family()) == {"plug_b", "plug_helper", "plug_deeper"}


def test_relative_imports_are_followed_and_nothing_is_run(written):
    module = written(
        {
            "plug_pack/family": FAMILY.format(imports="", inside="from . import lazy, absent"),
            "plug_pack/__init__": "",
            "plug_pack/lazy": "from .deep import x",
            "plug_pack/deep": "raise SystemExit",
        }
    )
    inner = {f"plug_pack.{name}" for name in ("family", "lazy", "deep")}
    assert read(module.Family()) == {"plug_pack", *inner}
    assert "plug_pack.lazy" not in sys.modules


def test_installed_modules_are_not_followed(written):
    module = written(
        {"plug_c": FAMILY.format(imports="import pytest, lightgbm, json", inside="pass")}
    )
    sources, _ = part_sources(Holder(module.Family()))
    assert not any(name.startswith(("pytest", "_pytest", "lightgbm", "json")) for name in sources)
