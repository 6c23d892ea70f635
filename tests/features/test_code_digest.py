"""Edited code must not meet an old cache."""

import importlib.util

from gosales.features import code_digest as module
from gosales.features.code_digest import code_digest
from gosales.features.families.rfm import Rfm

TEXT = "class Mine:\n    def compute(self):\n        return 1\n"


def outside(path, text: str) -> type:
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("outside_family", path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded.Mine


def test_families_of_the_package_share_one_digest() -> None:
    assert code_digest() == code_digest(Rfm)
    assert len(code_digest()) == 64


def test_a_family_from_outside_is_told_by_its_file(tmp_path) -> None:
    first = code_digest(outside(tmp_path / "a.py", TEXT))
    same = code_digest(outside(tmp_path / "b.py", TEXT))
    edited = code_digest(outside(tmp_path / "c.py", TEXT.replace("1", "2")))
    assert first == same
    assert len({first, edited, code_digest()}) == 3


def test_an_edit_of_the_rooms_changes_it(tmp_path, monkeypatch) -> None:
    (tmp_path / "features").mkdir()
    file = tmp_path / "features" / "a.py"
    found = set()
    monkeypatch.setattr(module, "_PACKAGE", tmp_path)
    for text in ("a = 1\n", "a = 2\n", "a = 2\n"):
        file.write_text(text)
        module._rooms.cache_clear()
        found.add(code_digest())
    module._rooms.cache_clear()
    assert len(found) == 2
