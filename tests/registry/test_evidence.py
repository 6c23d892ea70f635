from __future__ import annotations

import json
from pathlib import Path

import pytest

from gosales.core.errors import IntegrityError
from gosales.registry.evidence import KEY_ENV, Evidence, digest_directory

ONE = Evidence("gosales.printers", "1", "run", {"model": "a"})


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_ENV, raising=False)


def test_it_reads_back() -> None:
    assert Evidence.from_json(ONE.to_json()) == ONE


def test_an_edit_is_seen() -> None:
    raw = json.loads(ONE.to_json())
    raw["evidence"]["version"] = "2"
    with pytest.raises(IntegrityError, match="was edited"):
        Evidence.from_json(json.dumps(raw))


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", '{"evidence": {"x": 1}}', '{"evidence": 1, "digest": "d"}',
     ONE.to_json().replace('"a"', "NaN")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(IntegrityError, match="cannot be read"):
        Evidence.from_json(text)


def test_unsigned_evidence_is_refused_once_a_key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    unsigned = ONE.to_json()
    monkeypatch.setenv(KEY_ENV, "secret")
    with pytest.raises(IntegrityError, match="not signed.*no signature"):
        Evidence.from_json(unsigned)
    signed = ONE.to_json()
    assert Evidence.from_json(signed) == ONE
    assert "secret" not in signed
    monkeypatch.setenv(KEY_ENV, "another secret")
    with pytest.raises(IntegrityError, match="another key"):
        Evidence.from_json(signed)


def test_a_directory_is_its_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_text("1")
    first = digest_directory(tmp_path)
    (tmp_path / "registered_model_meta").write_text("written by the registry on download")
    assert digest_directory(tmp_path) == first
    (tmp_path / "sub" / "a").rename(tmp_path / "sub" / "b")
    assert digest_directory(tmp_path) != first
