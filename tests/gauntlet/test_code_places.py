from __future__ import annotations

import importlib
import sys

from gosales.gauntlet.code_places import code_places


def test_code_and_metadata_of_a_plug_in_are_given_and_its_data_is_not(tmp_path, monkeypatch):
    package = tmp_path / "plug_with_data"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "future.csv").write_text("customer_id,buys\n")
    told = tmp_path / "plug-1.dist-info"
    told.mkdir()
    (told / "entry_points.txt").write_text("[gosales.plugins]\nplug = plug_with_data\n")
    (told / "notes.csv").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("plug_with_data")
    mine = [p for p in code_places() if p.startswith(str(tmp_path)) and not p.endswith(".pyc")]
    assert mine == sorted([str(told / "entry_points.txt"), str(package / "__init__.py")])


def test_the_installation_is_not_listed_file_by_file():
    assert not [p for p in code_places() if p.startswith(sys.prefix)]
