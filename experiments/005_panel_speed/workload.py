"""The log, the columns everybody computes, and how a contender reports."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# Shared columns of one scope: of a window, of a window of returns, and of all history.
WINDOWED = ("tx_count", "gp_sum", "sku_count")
RETURNED = "return_count"
RECENT = "days_since_last"


@dataclass(frozen=True)
class Job:
    """One measurement: the settings, the log, and where to work."""

    settings: dict[str, Any]
    log: Path
    work: Path

    @classmethod
    def read(cls, path: str) -> Job:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        return cls(told["settings"], Path(told["log"]), Path(told["work"]))

    @property
    def cutoffs(self) -> list[pd.Timestamp]:
        return [pd.Timestamp(c) for c in self.settings["cutoffs"]]

    @property
    def targets(self) -> list[str]:
        return [f"Division {i:02d}" for i in range(self.settings["targets"])]

    @property
    def columns(self) -> list[str]:
        windowed = [f"{m}_{w}m" for w in self.settings["windows_months"] for m in WINDOWED]
        return [*windowed, *(f"{RETURNED}_{w}m" for w in self.settings["returns_months"]), RECENT]


def start_of(cutoff: pd.Timestamp, months: int) -> pd.Timestamp:
    """The day before a window's first: a month end leads to a month end."""
    start = cutoff - pd.DateOffset(months=months)
    is_end = (cutoff + pd.Timedelta(days=1)).day == 1
    return start + pd.offsets.MonthEnd(0) if is_end else start


def totals(frames: Mapping[str, pd.DataFrame], columns: list[str]) -> dict[str, float]:
    """Sum of every column over all rows, by scope: what contenders must agree on.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        By scope, ``all`` and ``target``; columns named as of `Job.columns`.
    columns : list of str
        Which columns.
    """
    found = {}
    for scope, frame in frames.items():
        for name in columns:
            found[f"{scope} {name}"] = round(float(np.nansum(frame[name].to_numpy("float64"))), 2)
    return found


def report(compute: Callable[[Job], dict[str, Any]]) -> None:
    """Measure a contender after its imports, and print one line of JSON.

    Parameters
    ----------
    compute : callable
        Reads the log and leaves the columns in memory; may return ``rows`` and a function
        ``totals`` that is called once the clock has stopped.
    """
    job = Job.read(sys.argv[1])
    started, cpu = time.perf_counter(), _cpu()
    found = compute(job)
    wall, used = time.perf_counter() - started, _cpu() - cpu
    summed = found.pop("totals", None)
    told = {"wall_s": round(wall, 3), "cpu_s": round(used, 3), **found}
    # Before the totals are made: they are no part of the work.
    told["peak_gb"] = _peak_gb()
    if summed is not None:
        told["totals"] = summed()
    print(json.dumps(told))


def _peak_gb() -> float:
    """Most resident memory since this program began.

    Not ``ru_maxrss``: that begins with the size of the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(kib) / 1024**2, 3)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
