"""The end of a sweep: parent run closed, jobs compared, one exit code."""

from __future__ import annotations

import shlex
from typing import Any

import pandas as pd

from gosales.cli.console import Console
from gosales.cli.follow_up import follow_up
from gosales.pipelines.summary import Summary
from gosales.tracking.sweep import close_sweep

# The shell's codes of a process that SIGINT or SIGTERM ended.
_INTERRUPTED = frozenset({130, 143})
_COLUMNS = ("job", "what differs", "status", "version", "CV AUC", "forward AUC", "ws AUC", "s")

_AGAIN = "the same command, once mended, reuses what is finished"


def finish_sweep(parent_id: str, code: int = 0, command: str = "train") -> int:
    """Close the parent run of a sweep and print the comparison of its jobs.

    Parameters
    ----------
    parent_id : str
        The parent run.
    code : int, default 0
        Exit code of the first error that ended the sweep; 130 or 143 when a signal did.
    command : str, default "train"
        What was swept; decides what to do next.

    Returns
    -------
    int
        The worst of `code` and of every job's own exit code.
    """
    stopped = code in _INTERRUPTED
    table = close_sweep(parent_id, failed=code > 1 and not stopped, interrupted=stopped)
    worst = max([code, *map(int, table["exit_code"].dropna())])
    with Console() as console:
        console.show(sweep_summary(table, parent_id, command, worst))
    return worst


def sweep_summary(table: pd.DataFrame, parent_id: str, command: str, code: int) -> Summary:
    """One line per run, in the order of the jobs.

    Parameters
    ----------
    table : pandas.DataFrame
        As `close_sweep` returns it.
    parent_id : str
        The parent run.
    command : str
        What was swept.
    code : int
        Exit code of the sweep.
    """
    ended = _ended(table)
    lines = [_row(record) for record in table.assign(what=_differing(table)).to_dict("records")]
    used = [i for i in range(len(_COLUMNS)) if any(line[i] for line in lines)]
    return Summary(
        title=f"sweep of {command}: {ended or 'no job ran'}",
        columns=tuple(_COLUMNS[i] for i in used),
        rows=tuple(tuple(line[i] or "–" for i in used) for line in lines),
        notes=(*_notes(table), *[_AGAIN] * (code > 1), f"run {parent_id}"),
        next_command=_next(table, command, code),
    )


def _ended(table: pd.DataFrame) -> str:
    counts = table["status"].mask(table["reused"], "reused").value_counts(sort=False)
    return ", ".join(f"{n} {str(status).lower()}" for status, n in counts.items())


def _differing(table: pd.DataFrame) -> list[str]:
    """The overrides that not all jobs share; a run without any goes by its name."""
    words = [str(text).split() for text in table["overrides"]]
    shared = set.intersection(*map(set, words)) if len(words) > 1 else set()
    return [
        " ".join(word for word in mine if word not in shared) or str(name)
        for mine, name in zip(words, table["name"], strict=True)
    ]


def _row(record: dict[Any, Any]) -> tuple[str, ...]:
    version, outcome = record["version"], str(record["outcome"] or "")
    status = "reused" if record["reused"] else str(record["status"])
    named = "" if outcome in ("", "trained") else outcome
    return (
        str(record["job"]),
        str(record["what"]),
        status,
        f"v{version}" if version else named,
        _bounded(record, "cv_auc"),
        _bounded(record, "forward_auc"),
        _bounded(record, "forward_ws_auc"),
        "" if pd.isna(record["seconds"]) else f"{record['seconds']:.1f}",
    )


def _bounded(record: dict[Any, Any], key: str) -> str:
    value, lo, hi = (record.get(f"{key}{end}") for end in ("", "_lo", "_hi"))
    if value is None or pd.isna(value):
        return ""
    if lo is None or hi is None or pd.isna(lo) or pd.isna(hi):
        return f"{value:.3f}"
    return f"{value:.3f} {f'{lo:.2f}'.lstrip('0')}–{f'{hi:.2f}'.lstrip('0')}"


def _notes(table: pd.DataFrame) -> list[str]:
    ended = table[(table["error"] != "") & ~table["reused"]]
    notes = [f"job {job}: {error}" for job, error in zip(ended["job"], ended["error"], strict=True)]
    best = _best(table)
    if len(best):
        names = ", ".join(f"{row.division} v{row.version}" for row in best.itertuples())
        notes.append(f"highest CV AUC: {names}")
    return notes


def _best(table: pd.DataFrame) -> pd.DataFrame:
    """Per division the version with the highest CV AUC: forward months are not for choosing."""
    if "cv_auc" not in table:
        return table.iloc[:0]
    known = table[table["cv_auc"].notna() & (table["version"] != "")]
    return known.sort_values("cv_auc", ascending=False, kind="stable").drop_duplicates("division")


def _next(table: pd.DataFrame, command: str, code: int) -> str:
    if code > 1:
        return "gosales runs"
    best = _best(table) if command == "train" else table.iloc[:0]
    if not len(best):
        return "gosales ui"
    first = best.iloc[0]
    named = f"gosales gauntlet division={first['division']} version={first['version']}"
    return follow_up(named, _words(str(first["overrides"])), command)


def _words(overrides: str) -> list[str]:
    """A job's overrides, as far as a shell can read them."""
    try:
        return shlex.split(overrides)
    except ValueError:
        return overrides.split()
