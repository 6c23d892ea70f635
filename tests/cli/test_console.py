"""What is printed says what it was given: no name cut, no bracket taken for a style."""

from __future__ import annotations

import pytest

from gosales.cli.console import Console, _is_numeric
from gosales.pipelines.summary import Summary


@pytest.mark.parametrize(
    ("cell", "numeric"),
    [
        ("0.71", True),
        ("12 %", True),
        ("1,204 [900, 1,310]", True),
        ("0.756 .71–.80", True),
        ("–", True),
        ("", True),
        ("45b7056d-dee5-2013", False),
        ("2024-12-31", False),
        ("v1", False),
    ],
)
def test_only_numbers_stand_at_the_right(cell: str, numeric: bool) -> None:
    assert _is_numeric(cell) is numeric


def test_a_bracket_in_a_message_is_no_style(capsys: pytest.CaptureFixture[str]) -> None:
    with Console() as console:
        console.say("divisions=[all] of [red] & Co")
    assert "divisions=[all] of [red] & Co" in capsys.readouterr().err


def test_a_row_in_a_pipe_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    name = "recency__log_days_since_last__target__ever_lag30d"
    meaning = "days since the last order in this division, up to 30 days before the cutoff " * 3
    rows = ((name, meaning.strip()),)
    Console().show(Summary("t", ("column", "meaning"), rows))
    line = next(x for x in capsys.readouterr().out.splitlines() if x.startswith(name))
    assert line.rstrip().endswith("before the cutoff") and "…" not in line
