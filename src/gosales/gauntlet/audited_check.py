"""One check run so that whatever goes wrong in it becomes a finding that closes the gate."""

from __future__ import annotations

import json
import shutil
import traceback
from dataclasses import replace
from time import perf_counter
from typing import Any

from gosales.core.digests import canonical_json
from gosales.gauntlet.check import Check
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome
from gosales.gauntlet.limits import limits_of
from gosales.gauntlet.soundness import complaint


def audited_check(name: str, check: Check, context: GauntletContext) -> Finding:
    """Run a check in a scratch directory of its own.

    Parameters
    ----------
    name : str
        What the finding must answer for.
    check : Check
        To run.
    context : GauntletContext
        What it may look at.

    Returns
    -------
    Finding
        With its seconds; ERROR when the check raised, or said something that is no evidence.
    """
    scratch = context.workdir / name
    started = perf_counter()
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        finding = _checked(name, check, check.run(replace(context, workdir=scratch)))
    except Exception as error:  # noqa: BLE001 - a crash must close the gate, not end the audit
        finding = _crash(name, check, error)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return replace(finding, seconds=round(perf_counter() - started, 3))


def _checked(name: str, check: Check, finding: Finding) -> Finding:
    unsound = complaint(finding)
    if not unsound and (finding.name, finding.is_proof) != (name, check.is_proof):
        unsound = f"it answers for {finding.name!r}"
    if unsound:
        return _error(name, check, f"the finding is not evidence: {unsound}", [])
    # Plain JSON values from here on, so that a report read back equals the one written.
    plain = json.loads(
        canonical_json([finding.values, finding.limits, finding.detail, finding.figure])
    )
    values, limits, detail, figure = plain
    return replace(finding, values=values, limits=limits, detail=detail, figure=figure)


def _crash(name: str, check: Check, error: Exception) -> Finding:
    lines = traceback.format_exception(error)
    return _error(
        name, check, f"{type(error).__name__}: {error}", [{"traceback": "".join(lines)[-4000:]}]
    )


def _error(name: str, check: Check, reason: str, detail: list[dict[str, Any]]) -> Finding:
    return Finding(
        name=name,
        subject=check.subject,
        outcome=Outcome.ERROR,
        reason=reason,
        limits=limits_of(check),
        detail=detail,
        is_proof=check.is_proof,
    )
