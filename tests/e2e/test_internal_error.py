"""An error of the package itself in one division: told in full, and the others go on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from omegaconf import OmegaConf

from gosales.cli.main import main
from gosales.core.errors import DataError, InternalError
from gosales.pipelines import division_run, train
from gosales.pipelines.division_run import DivisionLine
from gosales.pipelines.stage_log import StageLog

PIPELINE = (
    "pipeline", "data=parquet", "data.transactions=tx.parquet", "n_jobs=1",
    "divisions=[Alpha,Beta]", "cutoff=2020-03-01",
)  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose log is too short at the requested cutoff: a division ends in no time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    days = pd.date_range("2020-01-01", "2021-12-31", freq="7D")
    parts = [
        pd.DataFrame({"customer_id": f"c{i}", "order_date": days, "sku": name, "division": name})
        for name in ("Alpha", "Beta")
        for i in range(5)
    ]
    pd.concat(parts).assign(quantity=1.0).to_parquet("tx.parquet")
    return tmp_path


def broken(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Preparing Alpha fails; Beta is as ever."""
    honest: Callable[..., object] = train.prepare

    def prepare(parts: object, *args: object) -> object:
        if parts.target.name == "Alpha":  # type: ignore[attr-defined]
            raise error
        return honest(parts, *args)

    monkeypatch.setattr(train, "prepare", prepare)


def tags() -> dict[str, dict[str, str]]:
    """Tags by division, of the training runs."""
    found: dict[str, dict[str, str]] = {}
    with sqlite3.connect("mlflow.db") as connection:
        for run, key, value in connection.execute("SELECT run_uuid, key, value FROM tags"):
            found.setdefault(run, {"id": run})[key] = value
    return {t["division"]: t for t in found.values() if t.get("kind") == "train"}


def test_the_others_finish_and_the_command_ends_with_3(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(monkeypatch, ValueError("boom"))
    assert main(list(PIPELINE)) == 3
    out, err = capsys.readouterr()
    assert "internal_error" in out
    assert "log_too_short" in out
    assert "Alpha: internal error, ValueError: boom" in out
    assert "a part of the work ended in an error of the package itself; got Alpha: see" in err
    runs = tags()
    assert runs["beta"]["outcome"] == "log_too_short"
    kept = here / "mlartifacts" / runs["alpha"]["id"] / "artifacts" / "traceback.txt"
    (beside,) = (here / "mlartifacts").rglob("internal_errors/alpha.txt")
    for file in (kept, beside):
        assert "ValueError: boom" in file.read_text(encoding="utf-8")
        assert "in prepare" in file.read_text(encoding="utf-8")


def line_of(folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> DivisionLine:
    """What the pipeline reports of a division that ends in this error."""

    def fail(*args: object) -> DivisionLine:
        raise error

    monkeypatch.setattr(division_run, "_run", fail)
    cfg = OmegaConf.create({"division": {"name": "Alpha"}})
    return division_run.run_division(cfg, folder, "run", StageLog(folder / "log", "Alpha"))


def test_a_broken_invariant_is_an_internal_error_and_bad_input_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = line_of(tmp_path, monkeypatch, InternalError("an invariant is broken"))
    assert (ours.outcome, ours.failed) == ("internal_error", True)
    assert "InternalError: an invariant is broken" in ours.traceback
    theirs = line_of(tmp_path, monkeypatch, DataError("a file is gone", reason_code="gone"))
    assert (theirs.outcome, theirs.failed, theirs.traceback) == ("gone", True, "")


def test_a_machine_that_refuses_ends_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OSError, match="No space left"):
        line_of(tmp_path, monkeypatch, OSError(errno.ENOSPC, "No space left on device"))
