from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from gosales.core.errors import IntegrityError
from gosales.tracking.manifest import verify_manifest, write_config, write_manifest
from gosales.tracking.run_log import RunLog


@pytest.fixture()
def invocation(tmp_path: Path) -> Path:
    write_config(tmp_path, {"seed": 7, "data": {"url": "postgresql://ann:s3cret@db/sales"}})
    log = RunLog(tmp_path / "logs.jsonl", "run-1")
    log.start("features", 3)
    log.advance()
    log.say("3 cutoffs")
    write_manifest(tmp_path, "run-1", "train", {"data.digest": "abc"})
    return tmp_path


def test_run_id_versions_and_checksums(invocation: Path) -> None:
    record = verify_manifest(invocation)
    assert (record["run_id"], record["command"], record["data.digest"]) == ("run-1", "train", "abc")
    assert set(record["files"]) == {"config_resolved.yaml", "logs.jsonl"}
    assert record["code_version"].startswith("0.")


def test_config_reads_back_without_passwords(invocation: Path) -> None:
    config = yaml.safe_load((invocation / "config_resolved.yaml").read_text(encoding="utf-8"))
    assert config == {"seed": 7, "data": {"url": "postgresql://ann:***@db/sales"}}


def test_every_log_line_names_its_run(invocation: Path) -> None:
    lines = [json.loads(x) for x in (invocation / "logs.jsonl").read_text().splitlines()]
    assert [(x["event"], x["message"]) for x in lines] == [
        ("task", "features"),
        ("note", "3 cutoffs"),
    ]
    assert {x["run_id"] for x in lines} == {"run-1"}
    assert lines[0]["total"] == 3


def test_the_log_passes_everything_on(tmp_path: Path) -> None:
    heard: list[object] = []

    class Listener:
        def start(self, task: str, total: int | None = None) -> None:
            heard.append((task, total))

        def advance(self, steps: int = 1) -> None:
            heard.append(steps)

        def say(self, message: str) -> None:
            heard.append(message)

    log = RunLog(tmp_path / "logs.jsonl", "r", Listener())
    log.start("a", 2)
    log.advance(2)
    log.say("b")
    assert heard == [("a", 2), 2, "b"]


@pytest.mark.parametrize("change", ["edit", "add", "remove"])
def test_a_changed_file_is_named(invocation: Path, change: str) -> None:
    name = {"edit": "logs.jsonl", "add": "new.txt", "remove": "config_resolved.yaml"}[change]
    if change == "remove":
        (invocation / name).unlink()
    else:
        (invocation / name).write_text("changed")
    with pytest.raises(IntegrityError, match=name):
        verify_manifest(invocation)
