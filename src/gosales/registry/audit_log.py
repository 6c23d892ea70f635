"""Every decision about one model, each line bound to the one before it."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gosales.core.digests import digest_json, digest_text
from gosales.core.errors import IntegrityError, TrackingError
from gosales.tracking.model_registry import ModelRegistry
from gosales.tracking.tracker import RunHandle

AUDIT_FILE: Final = "audit.jsonl"
HEAD_TAG: Final = "audit.head"
_START: Final = "start"


@dataclass(frozen=True)
class AuditLog:
    """The decisions so far, oldest first.

    Parameters
    ----------
    lines : tuple of dict
        Each with ``after``, the digest of the line before, and ``digest``, its own.
    fault : str
        Why the log could not be read whole; empty when it could.
    """

    lines: tuple[dict[str, Any], ...] = ()
    fault: str = ""

    def append(self, entry: dict[str, Any]) -> AuditLog:
        """The log with one more line."""
        body = {**entry, "after": self.lines[-1]["digest"] if self.lines else _START}
        if self.fault:
            body["restarted"] = self.fault
        return AuditLog((*self.lines, {**body, "digest": digest_json(body)}))

    def to_jsonl(self) -> str:
        """One JSON object per line."""
        return "".join(json.dumps(line, sort_keys=True) + "\n" for line in self.lines)

    def promoted(self, version: str) -> dict[str, Any] | None:
        """The newest line that made a version champion."""
        moves = (li for li in reversed(self.lines) if li.get("moved"))
        return next((line for line in moves if line.get("version") == version), None)


def read_audit(models: ModelRegistry, name: str) -> AuditLog:
    """The audit log of a registered model, with a fault where it is not whole."""
    text = models.model_tags(name).get(HEAD_TAG)
    if text is None:
        return AuditLog()
    try:
        head = json.loads(text)
        with tempfile.TemporaryDirectory(prefix="gosales-audit-") as scratch:
            file = models.download(head["run_id"], AUDIT_FILE, Path(scratch))
            content = file.read_text(encoding="utf-8")
        return _checked(content, head["digest"])
    except (TrackingError, OSError, ValueError, KeyError, TypeError, IntegrityError) as error:
        return AuditLog((), f"the audit log cannot be read: {error}")


def write_audit(models: ModelRegistry, run: RunHandle, name: str, log: AuditLog) -> None:
    """Log the whole audit log as an artifact of the decision's run and make it the head."""
    text = log.to_jsonl()
    run.log_text(text, AUDIT_FILE)
    head = {"run_id": run.id, "digest": digest_text(text)}
    models.set_model_tag(name, HEAD_TAG, json.dumps(head))


def _checked(content: str, digest: str) -> AuditLog:
    lines = tuple(json.loads(line) for line in content.splitlines())
    previous = _START
    for line in lines:
        body = {key: value for key, value in line.items() if key != "digest"}
        broken = line["digest"] != digest_json(body)
        if broken or (line["after"] != previous and "restarted" not in line):
            return AuditLog((), f"the audit log was edited at line {lines.index(line) + 1}")
        previous = line["digest"]
    if digest_text(content) != digest:
        return AuditLog((), "the audit log is not the one its model names")
    return AuditLog(lines)
