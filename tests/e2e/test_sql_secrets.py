"""A log in a real database: the whole run, and its password nowhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from tests.e2e.test_bad_input import small_log
from tests.support.scratch_postgres import PASSWORD, ScratchPostgres

from gosales.cli.main import main

ENV = "GOSALES_DATABASE_URL"
SQL = ("data=sql", "data.transactions=log")
ALPHA = ("division=any", "division.name=Alpha")
QUICK = ("estimator=logreg", "validation.bootstrap.replicates=20")
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: ScratchPostgres) -> Path:
    """A fresh project whose log is in the database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv(ENV, postgres.url)
    engine = create_engine(postgres.url)
    small_log().to_sql("log", engine, index=False, if_exists="replace")
    engine.dispose()
    return tmp_path


def forms(url: str) -> list[bytes]:
    """The password as it is, as an address writes it, and what a half-masked one leaves."""
    quoted = url.split(":")[2].partition("@")[0]
    return [text.encode() for text in (PASSWORD, quoted, "zQ7", "Kx%41", "Kx%2541")]


def holds_no_password(folder: Path, said: str, url: str) -> None:
    secrets = forms(url)
    assert [s for s in secrets if s in said.encode()] == []
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert [str(f) for f in files if any(s in f.read_bytes() for s in secrets)] == []


@pytest.mark.parametrize(
    ("cutoff", "outcome"),
    [
        # The log is too short: a run with everything but a model.
        ("2020-03-01", "log_too_short"),
        pytest.param("2023-05-31", "forward", marks=pytest.mark.slow),
    ],
)
def test_a_run_from_a_database_leaves_its_password_nowhere(
    here: Path, capfd: Capture, postgres: ScratchPostgres, cutoff: str, outcome: str
) -> None:
    code = main(["train", *SQL, *ALPHA, *QUICK, f"cutoff={cutoff}"])
    out, err = capfd.readouterr()
    assert code == 0, out + err
    assert outcome in out + err
    kept = {path.name for path in here.rglob("*") if path.is_file()}
    assert kept >= {"mlflow.db", "config_resolved.yaml", "logs.jsonl", "manifest.json"}
    holds_no_password(here, out + err, postgres.url)
    # The same content is not ingested, nor trained on, again.
    assert main(["ingest", *SQL]) == 0
    assert "star reused" in capfd.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("ingest", "data.url={url}"),
        ("ingest", "data.url_env={url}"),
        ("ingest", "data.url=${{oc.env:GOSALES_DATABASE_URL}}"),
        ("train", "data.url=${{oc.env:GOSALES_DATABASE_URL}}", *ALPHA),
        ("train", "data.url={url}", *ALPHA, "seed=1,2", "-m"),
        ("train", "data.url=${{oc.env:GOSALES_DATABASE_URL}}", *ALPHA, "seed=1,2", "-m"),
        ("ingest", "data.transactions=nothing"),
        ("ingest", "data.transactions=SELECT 1/0"),
    ],
)
def test_a_refusal_leaves_the_password_nowhere(
    here: Path, capfd: Capture, postgres: ScratchPostgres, words: tuple[str, ...]
) -> None:
    command, *rest = (word.format(url=postgres.url) for word in words)
    code = main([command, *SQL, *rest])
    out, err = capfd.readouterr()
    assert code == 2, out + err
    assert "Traceback" not in err
    holds_no_password(here, out + err, postgres.url)
    assert not list((here / ".gosales" / "stars").glob("*/star.json"))


def test_a_wrong_password_and_an_unset_variable_end_in_one_clear_line(
    here: Path, capfd: Capture, postgres: ScratchPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENV, postgres.url_with(PASSWORD + "zQ7"))
    assert main(["ingest", *SQL]) == 2
    out, err = capfd.readouterr()
    assert "the database refuses" in err
    assert err.count("\n") <= 2
    holds_no_password(here, out + err, os.environ[ENV])
    monkeypatch.delenv(ENV)
    assert main(["ingest", *SQL]) == 2
    assert f"{ENV} is not set" in capfd.readouterr().err
