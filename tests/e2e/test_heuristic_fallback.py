"""A division too sparse for a model is served by the heuristic, and everything says so."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from tests.e2e.test_degenerate_data import LAST, QUICK, bought, make_project

from gosales.cli.main import main

# The default of `fallback`, which the tests of named outcomes switch off.
SERVED = tuple(word for word in QUICK if word != "fallback=none")


def sparse_log() -> pd.DataFrame:
    """Base keeps 40 accounts on the roster; four of them buy Rare, seldom."""
    parts = [
        bought("Base", range(40), "2020-01-01", LAST, 50),
        bought("Rare", range(4), "2022-03-01", LAST, 100),
    ]
    return pd.concat(parts, ignore_index=True)


def tags(kind: str) -> list[dict[str, str]]:
    """Of all runs of a kind, in the order they began."""
    query = "SELECT run_uuid, key, value FROM tags JOIN runs USING (run_uuid) ORDER BY start_time"
    found: dict[str, dict[str, str]] = {}
    with sqlite3.connect("mlflow.db") as connection:
        for run, key, value in connection.execute(query):
            found.setdefault(run, {})[key] = value
    return [t for t in found.values() if t.get("kind") == kind]


def test_the_heuristic_serves_and_its_badge_travels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(tmp_path, sparse_log(), monkeypatch)
    assert main(["pipeline", *SERVED, "divisions=[Rare]"]) == 0
    said = capsys.readouterr().out
    (row,) = (line.split() for line in said.splitlines() if line.startswith("Rare "))
    assert row[1] == "heuristic"
    assert row[-3:-1] == ["PASS", "v1"]
    assert "no model can be trained: one_class_fold" in said

    model, stand_in = tags("train")
    assert (model["outcome"], model["estimator"]) == ("one_class_fold", "logreg")
    assert "version" not in model
    assert (stand_in["model_backed"], stand_in["version"]) == ("false", "1")
    card = stand_in["mlflow.note.content"]
    assert "**heuristic**" in card
    assert "no model can be trained: one_class_fold" in card
    for kind in ("score", "rank"):
        (run,) = tags(kind)
        assert run["model_backed"] == "false", kind
    assert "by the heuristic (no model)" in tags("rank")[0]["mlflow.note.content"]
    assert len(list(Path("outputs/rare").glob("whitespace_*.csv"))) == 1
