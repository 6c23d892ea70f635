"""What `gosales gauntlet` audits besides a version: a training run's, and a fresh candidate."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.e2e.test_degenerate_data import QUICK, bought, make_project

from gosales.cli.main import main
from gosales.gauntlet.finding_shelf import FindingShelf
from gosales.pipelines.assembly import make

# Cheap checks: which of them there are does not matter to how an audit begins, ends and goes on.
POLICY = """
defaults:
  - check@checks.feature_dates: feature_dates
  - check@checks.group_overlap: group_overlap
  - check@checks.horizon_purge: horizon_purge
  - check@checks.label_guards: label_guards
  - _self_
_target_: gosales.gauntlet.policy.Policy
required: [feature_dates, group_overlap, horizon_purge, label_guards]
not_applicable_allowed: []
"""
CHECKS = ["feature_dates", "group_overlap", "horizon_purge", "label_guards"]
WORDS = (
    *QUICK, "division=any", "division.name=Often", "validation.bootstrap.replicates=20",
    "cv.splitter.n_folds=2", "cv.splitter.inner_folds=2",
)  # fmt: skip
AUDIT = ("gauntlet", *WORDS, "gauntlet=quick")


def often_log() -> pd.DataFrame:
    """Base keeps 60 accounts on the roster; each buys Often now and then, at its own rate."""
    rng = np.random.default_rng(5)
    days = pd.date_range("2020-01-01", "2023-12-31")
    lines = [bought("Base", range(60), "2020-01-01", days[-1], 90)]
    for i in range(60):
        n = rng.poisson(1 + 12 * i / 60)
        when = days[rng.integers(0, len(days), n)]
        lines.append(
            pd.DataFrame({"customer_id": f"c{i:02d}", "order_date": when, "division": "Often"})
        )
    return pd.concat(lines, ignore_index=True)


class Project:
    """A project's store."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.root / "mlflow.db")) as connection:
            return connection.execute(query).fetchall()

    def runs(self, kind: str) -> list[dict[str, str]]:
        """Of a kind, in the order they began."""
        tags: dict[str, dict[str, str]] = {}
        query = (
            "SELECT run_uuid, status, name, key, value FROM runs JOIN "
            "(SELECT run_uuid, key, value FROM tags) USING (run_uuid) ORDER BY start_time"
        )
        for run, status, name, key, value in self.sql(query):
            tags.setdefault(run, {"id": run, "status": status, "name": name})[key] = value
        return [t for t in tags.values() if t["kind"] == kind]

    def files(self, run: dict[str, str]) -> set[str]:
        folder = self.root / "mlartifacts" / run["id"] / "artifacts"
        return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project in which the audit of a fresh candidate was stopped after its third check."""
    root = tmp_path_factory.mktemp("subjects")
    with pytest.MonkeyPatch.context() as patch:
        make_project(root, often_log(), patch)
        (root / "conf" / "gauntlet").mkdir()
        (root / "conf" / "gauntlet" / "quick.yaml").write_text(POLICY, encoding="utf-8")
        _stop_after(3)
        yield Project(root)


def _stop_after(n: int) -> None:
    """Audit a fresh candidate; the third finding is kept, and then somebody ends the process."""
    kept = []
    keep = FindingShelf.keep

    def keep_and_stop(self: FindingShelf, key: str, finding: Any) -> None:
        keep(self, key, finding)
        kept.append(finding.name)
        if len(kept) == n:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FindingShelf, "keep", keep_and_stop)
        assert main([*AUDIT, "fresh=true"]) == 130
    assert kept == CHECKS[:n]


def test_an_audit_that_was_stopped_goes_on_where_it_stood(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (stopped,) = project.runs("gauntlet")
    assert stopped["status"] == "KILLED"
    assert main([*AUDIT, "fresh=true"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"3 findings were found before: {', '.join(CHECKS[:3])}" in told
    # What is finished is not made again: neither the candidate nor its findings.
    (trained,) = project.runs("train")
    assert (trained["status"], trained["outcome"]) == ("FINISHED", "trained")
    audits = project.runs("gauntlet")
    assert [a["status"] for a in audits] == ["KILLED", "FINISHED"]
    assert {a["mlflow.parentRunId"] for a in audits} == {trained["id"]}
    assert {f"gauntlet.{name}" for name in CHECKS} <= set(audits[-1])
    # A fresh candidate says what it is, and leaves a report that opens nothing.
    assert f"gauntlet of the fresh candidate of run {trained['id']}: PASS" in told
    assert "not registered: nothing can be promoted from a fresh candidate" in told
    follows = told.partition("next: ")[2]
    assert follows.startswith("gosales train division=any division.name=Often")
    assert "fresh" not in follows and "--config-dir" in follows


def test_a_fresh_candidate_is_logged_whole_and_registered_nowhere(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (trained,), (*_, audited) = project.runs("train"), project.runs("gauntlet")
    assert "version" not in trained and trained["gauntlet.status"] == "PASS"
    assert "Gauntlet: PASS" in trained["mlflow.note.content"]
    assert "bundle/model.json" in project.files(trained)
    assert audited["name"] == "often·gauntlet·fresh·2023-06-30"
    files = project.files(audited)
    assert "gauntlet_report.json" in files and "evidence.json" not in files
    assert project.sql("SELECT * FROM model_versions") == []
    words = ("--config-dir=conf", "division=any", "division.name=Often")
    assert main(["promote", *words, "version=1"]) == 2
    assert "no version" in capsys.readouterr().err
    assert main(["gauntlet", f"run={trained['id']}"]) == 2
    assert "no version is registered from this run" in capsys.readouterr().err
    assert main(["gauntlet", "version=1", "fresh=true"]) == 2
    assert "an audit is about one candidate; got version=1 fresh=true" in capsys.readouterr().err


def test_the_figures_of_a_fresh_candidate_are_recomputed(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (trained,) = project.runs("train")
    assert main(["recompute", f"run={trained['id']}"]) == 0
    assert "0 not confirmed" in capsys.readouterr().out


def test_the_version_of_a_training_run_is_audited_and_takes_the_findings(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *WORDS]) == 0
    _, trained = project.runs("train")
    assert trained["version"] == "1"
    capsys.readouterr()
    # No division is said: the run knows its own.
    assert main(["gauntlet", "--config-dir=conf", "gauntlet=quick", f"run={trained['id']}"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "gauntlet of gosales.often version 1: PASS" in told
    assert f"{len(CHECKS)} findings were found before" in told
    audited = project.runs("gauntlet")[-1]
    assert audited["mlflow.parentRunId"] == trained["id"]
    bound = project.sql("SELECT value FROM model_version_tags WHERE key = 'evidence.run_id'")
    assert bound == [(audited["id"],)]


def test_a_candidate_under_a_forensic_toggle_is_audited_and_never_promoted(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["train", *WORDS, "cv.purge_days=0"]) == 0
    trained = project.runs("train")[-1]
    assert main(["gauntlet", "--config-dir=conf", "gauntlet=quick", f"run={trained['id']}"]) == 1
    captured = capsys.readouterr()
    told = " ".join(captured.out.split())
    assert "FAIL horizon_purge: the candidate purges 0 days, not 45" in told
    assert "the verdict is FAIL (leak): horizon_purge" in " ".join(captured.err.split())
    # As if the cheap policy were the approved one: the verdict alone decides.
    monkeypatch.setattr(
        "gosales.pipelines.promote.approved_policy",
        lambda cfg, *, model_backed: make(cfg.gauntlet),
    )
    words = ("--config-dir=conf", "division=any", "division.name=Often", "gauntlet=quick")
    assert main(["promote", *words, f"version={trained['version']}"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "the verdict is FAIL, not PASS" in told and "horizon_purge is FAIL (leak)" in told
    assert "policy" not in told.partition("closed:")[2].partition("next:")[0]
    aliases = {alias for (alias,) in project.sql("SELECT alias FROM registered_model_aliases")}
    assert aliases == {"challenger"}
