"""What people type reaches Hydra's grammar as they meant it."""

from __future__ import annotations

import pytest

from gosales.cli.free_text import quote
from gosales.cli.override_shorthand import expand
from gosales.cli.project_entry import split_overrides


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cutoff=2024-12-31", ["cutoff=any", "cutoff.date=2024-12-31"]),
        ("cutoff=2024-06-30,2024-12-31", ["cutoff=any", "cutoff.date=2024-06-30,2024-12-31"]),
        ("cutoff=newest", ["cutoff=newest"]),
        ("cutoff.date=2024-12-31", ["cutoff.date=2024-12-31"]),
    ],
)
def test_dates_need_no_file(typed: str, meant: list[str]) -> None:
    assert expand(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("division.name=Garden & Outdoor", "division.name='Garden & Outdoor'"),
        ("division.name=2024", "division.name='2024'"),
        ("division.name='Road Bikes'", "division.name='Road Bikes'"),
        ("division.name=O'Neill", r"division.name='O\'Neill'"),
        ("division.name=A & B,C", "division.name='A & B','C'"),
        ("divisions=[A & B,C]", "divisions=['A & B','C']"),
        ("divisions=[printers,training]", "divisions=[printers,training]"),
        ("cv.purge_days=60", "cv.purge_days=60"),
        ("-m", "-m"),
        ("~debug", "~debug"),
    ],
)
def test_names_are_quoted_when_the_grammar_needs_it(typed: str, meant: str) -> None:
    assert quote(typed) == meant


def test_project_entry_splits_like_a_shell() -> None:
    assert split_overrides(["a=1 b=2", ""]) == ["a=1", "b=2"]
