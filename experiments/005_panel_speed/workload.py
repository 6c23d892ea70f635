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

# The shared columns, by what they look at; formulas: README. With a suffix of the window.
WINDOWED = ("tx_count", "gp_sum", "gp_mean", "margin", "sku_count")
WINDOWED_ALL = ("division_count",)  # of all lines only
RETURNED = ("return_count", "return_rate")
RECENT = ("days_since_last", "log_days_since_last")
# Null where there is nothing to tell; every other column is zero there.
NULLABLE = ("gp_mean", "margin", "return_rate", "days_since_last", "log_days_since_last")
SCOPES = ("all", "target")


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
    def decay(self) -> str:
        """Name of the decay since the last purchase."""
        return f"decay_{self.settings['half_life_days']}d"

    @property
    def lags(self) -> dict[str, int]:
        """Days before the cutoff by suffix of the recency columns."""
        days = self.settings["lag_days"]
        return {"": 0, f"_lag{days}d": days}

    def columns(self, scope: str) -> list[str]:
        """Names of the shared columns of a scope, in order: 34 of ``all``, 30 of ``target``."""
        measures = (*WINDOWED, *(WINDOWED_ALL if scope == "all" else ()))
        return [
            *(f"{m}_{w}m" for w in self.settings["windows_months"] for m in measures),
            *(f"{m}_{w}m" for w in self.settings["returns_months"] for m in RETURNED),
            *(f"{m}{lag}" for lag in self.lags for m in (*RECENT, self.decay)),
        ]


def start_of(cutoff: pd.Timestamp, months: int) -> pd.Timestamp:
    """The day before a window's first: a month end leads to a month end."""
    start = cutoff - pd.DateOffset(months=months)
    is_end = (cutoff + pd.Timedelta(days=1)).day == 1
    return start + pd.offsets.MonthEnd(0) if is_end else start


def is_nullable(column: str) -> bool:
    """Whether a column is null, not zero, where there is nothing to tell."""
    return column.startswith(tuple(f"{m}_" for m in NULLABLE)) or column in NULLABLE


def totals(frames: Mapping[str, pd.DataFrame], job: Job) -> dict[str, float]:
    """What contenders must agree on: sums, and where the nulls are, of every column.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        By scope, ``all`` and ``target``; columns named as of `Job.columns`.
    job : Job
        Says which columns.

    Returns
    -------
    dict
        For each column its sum over all rows and, where it is nullable, how many values it has,
        else how many are missing: a contender may leave rows of zeros and nulls out.
    """
    found = {}
    for scope in SCOPES:
        for name in job.columns(scope):
            values = frames[scope][name].to_numpy("float64")
            known = np.isfinite(values)
            found[f"{scope} {name}"] = round(float(values[known].sum()), 6)
            if is_nullable(name):
                found[f"{scope} {name} known"] = int(known.sum())
            else:
                found[f"{scope} {name} missing"] = int((~known).sum())
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
