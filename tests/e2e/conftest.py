"""A project directory of its own, and the command line run in it as a user would."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gosales.pipelines.conf_files import conf_root

# The smallest world that still trains.
TINY = ("debug=tiny", "data.world.n_accounts=400", "validation.bootstrap.replicates=50")
_OURS = ("MLFLOW_", "GOSALES_", "HYDRA_", "_MLFLOW_")


@dataclass(frozen=True)
class Project:
    """A fresh project: its folder, its commands, its store."""

    folder: Path

    def command(self, *args: str) -> list[str]:
        return [sys.executable, "-m", "gosales.cli.main", *args]

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
        return {**kept, "PYTHONPATH": str(conf_root().parent / "src")}

    def start(self, *args: str) -> subprocess.Popen[str]:
        """Begin a command in a process group of its own."""
        return subprocess.Popen(
            self.command(*args),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*args),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the store's database; nothing when there is none yet."""
        database = self.folder / "mlflow.db"
        if not database.exists():
            return []
        with closing(sqlite3.connect(database, timeout=60)) as connection:
            return connection.execute(sql).fetchall()

    def runs(self) -> list[dict[str, str]]:
        """Every run, oldest first: id, status and tags."""
        tables = self.query("SELECT name FROM sqlite_master WHERE name IN ('runs', 'tags')")
        if len(tables) < 2:
            return []  # the schema is being made
        tags: dict[str, dict[str, str]] = {}
        for run_id, key, value in self.query("SELECT run_uuid, key, value FROM tags"):
            tags.setdefault(run_id, {})[key] = value
        found = self.query("SELECT run_uuid, status FROM runs ORDER BY start_time")
        return [{"id": i, "status": s, **tags.get(i, {})} for i, s in found]

    def sweep(self) -> tuple[dict[str, str], list[dict[str, str]]]:
        """The newest sweep's parent and its children, by job."""
        runs = self.runs()
        parent = [run for run in runs if run.get("kind") == "sweep"][-1]
        children = [run for run in runs if run.get("mlflow.parentRunId") == parent["id"]]
        return parent, sorted(children, key=lambda run: int(run["sweep.job"]))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def fresh_project(tmp_path: Path) -> Project:
    return Project(tmp_path)
