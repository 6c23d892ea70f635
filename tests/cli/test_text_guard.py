"""The pre-commit hook fires on mojibake, bad bytes and hosts in lock files, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from gosales.cli.text_guard import faults, main


@pytest.mark.parametrize(
    ("name", "raw", "fault"),
    [
        ("a.md", "caf\u00c3\u00a9".encode(), "mojibake"),
        ("a.md", "it\u00e2\u20ac\u2122s".encode(), "mojibake"),
        ("a.md", b"\xff\xfe", "not UTF-8"),
        ("a.md", b"\xef\xbb\xbfx", "byte order mark"),
        ("a.md", b"a\x00b", "NUL"),
        ("x.lock", b"--index-url https://pypi.example/simple", "names a host"),
    ],
)
def test_fires(tmp_path: Path, name: str, raw: bytes, fault: str) -> None:
    file = tmp_path / name
    file.write_bytes(raw)
    assert any(fault in line for line in faults(file))
    assert main([str(file)]) == 1


def test_silent_on_clean_text(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("Grüße — ≥ 95 %, café, naïve, “quoted”, Ångström\n", encoding="utf-8")
    assert faults(file) == []
    assert main([str(file)]) == 0
