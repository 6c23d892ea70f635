"""A sweep nests its jobs under one parent, tells every failure, and resumes after a kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gosales.pipelines.conf_files import conf_root

from .conftest import TINY, Project

FAST = ("estimator=logreg", *TINY)


def line(text: str, start: str) -> str:
    """The row of the sweep's table that begins so."""
    table = text.partition("sweep of train")[2]
    return next(row for row in table.splitlines() if row.startswith(start))


def test_a_job_that_died_before_its_run_shows_and_fails_the_sweep(project: Project) -> None:
    done = project.run("train", "-m", "cutoff=2024-12-31,2031-01-01", *FAST)
    assert done.returncode == 2, done.stderr
    parent, children = project.sweep()
    assert [run["status"] for run in children] == ["FINISHED", "FAILED"]
    assert parent["status"] == "FAILED"
    assert "the cutoff lies outside the log; got 2031-01-01" in children[1]["error"]
    assert "sweep of train: 1 finished, 1 failed" in done.stdout
    assert "cutoff.date=2024-12-31  FINISHED  v1" in line(done.stdout, "0 ")
    assert "cutoff.date=2031-01-01  FAILED" in line(done.stdout, "1 ")
    assert "next: gosales runs" in done.stdout


def test_a_second_sweep_reuses_finished_jobs(project: Project) -> None:
    first = project.run("train", *FAST, "cutoff=2024-12-31")
    assert first.returncode == 0, first.stderr
    done = project.run("train", "-m", "cutoff=2024-06-30,2024-12-31", *FAST)
    assert done.returncode == 0, done.stderr
    parent, children = project.sweep()
    assert parent["status"] == "FINISHED"
    assert [run["cutoff"] for run in children] == ["2024-06-30"]
    assert "cutoff.date=2024-06-30  FINISHED" in line(done.stdout, "0 ")
    assert "cutoff.date=2024-12-31  reused" in line(done.stdout, "1 ")
    assert "next: gosales gauntlet division=printers version=" in done.stdout


def test_a_sweep_that_does_not_compose_is_bad_input_and_runs_no_job(fresh_project: Project) -> None:
    done = fresh_project.run("train", "-m", "division=printers,nope", *FAST)
    assert done.returncode == 2
    assert "nope" in done.stderr
    assert "no job ran" in done.stdout
    parent, children = fresh_project.sweep()
    assert (parent["status"], children) == ("FAILED", [])


def test_a_store_that_is_refused_ends_the_sweep_before_its_jobs(fresh_project: Project) -> None:
    done = fresh_project.run("train", "-m", "seed=1,2", "tracking.uri=./mlruns", *FAST)
    assert done.returncode == 2
    assert "cannot hold a model registry safely" in done.stderr
    assert "job 0" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("launcher", ["basic", "joblib"])
def test_a_grid_nests_under_one_parent(fresh_project: Project, launcher: str) -> None:
    grid = ("division=printers,training", "estimator=lgbm,logreg", f"hydra/launcher={launcher}")
    done = fresh_project.run("train", "-m", *grid, *TINY)
    assert done.returncode == 0, done.stderr
    parent, children = fresh_project.sweep()
    assert parent["status"] == "FINISHED"
    assert [(run["division"], run["estimator"]) for run in children] == [
        ("printers", "lgbm"),
        ("printers", "logreg"),
        ("training", "lgbm"),
        ("training", "logreg"),
    ]
    assert {run["status"] for run in children} == {"FINISHED"}
    assert all((run["pid"] == parent["pid"]) == (launcher == "basic") for run in children)
    again = fresh_project.run("train", "-m", *grid, *TINY)
    assert "sweep of train: 4 reused" in again.stdout, again.stderr
    assert fresh_project.sweep()[1] == []


@pytest.mark.slow
def test_the_exit_code_is_the_worst_jobs_under_joblib(fresh_project: Project) -> None:
    names = "division.name=Unheard,Hardware"
    args = ("division=any", names, "hydra/launcher=joblib", *FAST)
    done = fresh_project.run("train", "-m", *args)
    assert done.returncode == 2, done.stderr
    parent, children = fresh_project.sweep()
    assert [run["status"] for run in children] == ["FAILED", "FINISHED"]
    assert parent["status"] == "FAILED"
    assert "unknown_division" in children[0]["error"]


def until_one_is_done_and_one_runs(project: Project, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        states = {run["status"] for run in project.runs() if "sweep.job" in run}
        if states == {"FINISHED", "RUNNING"}:
            return
        time.sleep(0.2)
    pytest.fail(f"the sweep ended before it could be killed: {process.communicate()[1]}")


@pytest.mark.slow
@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_sweep_resumes(fresh_project: Project, signum: signal.Signals) -> None:
    args = ("train", "-m", "seed=21,22,23", *FAST)
    process = fresh_project.start(*args)
    try:
        until_one_is_done_and_one_runs(fresh_project, process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signum)
    process.communicate()
    assert process.returncode == (-9 if signum is signal.SIGKILL else 143)
    done = fresh_project.run(*args)
    assert done.returncode == 0, done.stderr
    assert "sweep of train: 1 reused, 2 finished" in done.stdout
    parents = [run["status"] for run in fresh_project.runs() if run.get("kind") == "sweep"]
    assert parents == ["KILLED", "FINISHED"]
    jobs = sorted(run["status"] for run in fresh_project.runs() if "sweep.job" in run)
    assert jobs == ["FINISHED", "FINISHED", "FINISHED", "KILLED"]


@pytest.mark.slow
def test_mlflow_run_of_a_checkout_uses_the_run_it_opened(tmp_path: Path) -> None:
    root = conf_root().parent
    if not (root / "MLproject").is_file():
        pytest.skip("not a checkout: the installed package has no MLproject")
    copy = Project(tmp_path / "checkout")
    ignored = shutil.ignore_patterns("__pycache__", "local")
    for name in ("src", "conf"):
        shutil.copytree(root / name, copy.folder / name, ignore=ignored)
    shutil.copy(root / "MLproject", copy.folder)
    shutil.copy(root / "conda.yaml", copy.folder)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**copy.environment, "PYTHONPATH": str(copy.folder / "src"), "PATH": path}
    words = " ".join(["division=printers", *FAST])
    for entry, overrides in (("train", words), ("main", "--cfg job seed=12345")):
        done = subprocess.run(
            [sys.executable, "-m", "mlflow", "run", ".", "-e", entry, "--env-manager", "local",
             "-P", f"overrides={overrides}"],
            cwd=copy.folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert "command: pipeline" in done.stdout
    assert "seed: 12345" in done.stdout
    runs = copy.runs()
    assert len(runs) == 2
    assert runs[0]["status"] == "FINISHED"
    assert runs[0]["kind"] == "train"
    assert runs[0]["version"] == "1"
    assert "mlflow.project.entryPoint" in runs[0]
