"""The shared columns by an expert in NumPy: lines are counted on a grid of division and account.

Texts are codes from the start, lines are sorted by day once, so that a window is a slice, and a
window adds to the next shorter one only the lines it holds besides. Lines are counted on the grid
of divisions and accounts: that is how they are laid out in the end.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from workload import SCOPES, Job, report, start_of, totals

TEXTS = ["customer_id", "sku", "division"]
HALF_A_CENT = 0.005  # sums of floats: net revenue below it is zero


@dataclass(frozen=True)
class Log:
    """Lines sorted by day: all, purchases and returns; and the grid they are counted on."""

    every: pd.DataFrame
    bought: pd.DataFrame
    back: pd.DataFrame
    accounts: pd.Index
    divisions: pd.Index
    skus: int

    @classmethod
    def read(cls, job: Job) -> Log:
        columns = [*TEXTS, "order_date", "quantity", "gross_profit", "revenue"]
        table = pq.read_table(job.log, columns=columns, read_dictionary=TEXTS)
        lines = table.to_pandas(date_as_object=False, self_destruct=True)
        # Sixteen bits hold the days of a log, and are sorted in one pass.
        days = (lines["order_date"] - lines["order_date"].min()).dt.days.astype("int16")
        lines = lines.iloc[np.argsort(days.to_numpy(), kind="stable")]
        account, sku, division = (lines[name].cat for name in TEXTS)
        known = {
            "order_date": lines["order_date"],
            "account": account.codes.astype("int64"),
            "sku": sku.codes.astype("int64"),
            "place": division.codes.astype("int64") * len(account.categories) + account.codes,
        }
        every = pd.DataFrame(known | {n: lines[n] for n in ("gross_profit", "revenue")})
        purchases = every[list(known)]
        return cls(
            every.drop(columns=["account", "sku"]),
            purchases[(lines["quantity"] > 0).to_numpy()],
            purchases[(lines["quantity"] < 0).to_numpy()],
            account.categories,
            division.categories,
            len(sku.categories),
        )

    def on_grid(self, lines: pd.DataFrame, weights: str | None = None) -> np.ndarray:
        """Count of lines, or sum of a column, by division and account."""
        shape = (len(self.divisions), len(self.accounts))
        values = None if weights is None else lines[weights].to_numpy()
        found = np.bincount(lines["place"].to_numpy(), values, minlength=shape[0] * shape[1])
        return found.reshape(shape)


def between(lines: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """The lines after a day, up to another."""
    a, b = (lines["order_date"].searchsorted(day, side="right") for day in (start, end))
    return lines.iloc[a:b]


def sums(log: Log, cutoff: pd.Timestamp, months: list[int]) -> dict[str, np.ndarray]:
    """What adds up over divisions, by window."""
    running: dict[str, Any] = dict.fromkeys(("bought", "every", "back", "gp", "net"), 0)
    found, end = {}, cutoff
    for m in months:
        start = start_of(cutoff, m)
        every = between(log.every, start, end)
        more = {
            "bought": log.on_grid(between(log.bought, start, end)),
            "every": log.on_grid(every),
            "back": log.on_grid(between(log.back, start, end)),
            "gp": log.on_grid(every, "gross_profit"),
            "net": log.on_grid(every, "revenue"),
        }
        running = {name: running[name] + more[name] for name in running}
        found |= {f"{name}_{m}": grid for name, grid in running.items()}
        end = start
    return found


def distinct(
    log: Log, cutoff: pd.Timestamp, months: list[int]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Distinct SKUs of each account, and of each division and account."""
    lines = between(log.bought, start_of(cutoff, max(months)), cutoff)
    # The last purchase of each thing says which windows hold it.
    thing = lines["place"] * log.skus + lines["sku"]
    own = lines[~thing.duplicated(keep="last")]
    item = own["account"] * log.skus + own["sku"]
    whole = own[~item.duplicated(keep="last")]
    found_all, found_own = {}, {}
    for m in months:
        start = start_of(cutoff, m)
        accounts = between(whole, start, cutoff)["account"].to_numpy()
        found_all[f"skus_{m}"] = np.bincount(accounts, minlength=len(log.accounts))
        found_own[f"skus_{m}"] = log.on_grid(between(own, start, cutoff))
    return found_all, found_own


def days_since(log: Log, day: pd.Timestamp) -> np.ndarray:
    """Days since the last purchase by division and account; NaN without one."""
    lines = log.bought.iloc[: log.bought["order_date"].searchsorted(day, side="right")]
    dates = lines["order_date"].to_numpy()
    last = np.full(len(log.divisions) * len(log.accounts), "NaT", dtype=dates.dtype)
    last[lines["place"].to_numpy()] = dates  # of several the last one stays
    found = (day.to_datetime64() - last) / np.timedelta64(1, "D")
    return found.reshape(len(log.divisions), len(log.accounts))


def ratio(top: np.ndarray, bottom: np.ndarray, least: float = 0.0) -> np.ndarray:
    return np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > least)


def columns(job: Job, given: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every shared column, from sums, counts and days of any shape."""
    found = {}
    for m in job.settings["windows_months"]:
        found[f"tx_count_{m}m"] = given[f"bought_{m}"]
        found[f"gp_sum_{m}m"] = given[f"gp_{m}"]
        found[f"gp_mean_{m}m"] = ratio(given[f"gp_{m}"], given[f"bought_{m}"])
        found[f"margin_{m}m"] = ratio(given[f"gp_{m}"], given[f"net_{m}"], HALF_A_CENT)
        found[f"sku_count_{m}m"] = given[f"skus_{m}"]
        if f"divisions_{m}" in given:
            found[f"division_count_{m}m"] = given[f"divisions_{m}"]
    for m in job.settings["returns_months"]:
        found[f"return_count_{m}m"] = given[f"back_{m}"]
        found[f"return_rate_{m}m"] = ratio(given[f"back_{m}"], given[f"every_{m}"])
    for lag in job.lags:
        days = given[f"days{lag}"]
        found[f"days_since_last{lag}"] = days
        found[f"log_days_since_last{lag}"] = np.log1p(days)
        decay = np.exp2(days / -job.settings["half_life_days"])
        found[f"{job.decay}{lag}"] = np.nan_to_num(decay, copy=False)
    return found


def at(
    log: Log, job: Job, cutoff: pd.Timestamp, targets: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Who is there at a cutoff, and the columns of all lines and of each target."""
    windows = job.settings["windows_months"]
    grids = sums(log, cutoff, sorted({*windows, *job.settings["returns_months"]}))
    skus, own_skus = distinct(log, cutoff, windows)
    days = {
        f"days{lag}": days_since(log, cutoff - pd.Timedelta(days=behind))
        for lag, behind in job.lags.items()
    }
    whole = {name: grid.sum(axis=0) for name, grid in grids.items()} | skus
    whole |= {f"divisions_{m}": (grids[f"bought_{m}"] > 0).sum(axis=0) for m in windows}
    whole |= {name: np.fmin.reduce(grid, axis=0) for name, grid in days.items()}
    who = np.flatnonzero(~np.isnan(whole["days"]))
    there = np.ix_(targets, who)
    own = {name: grid[there] for name, grid in (grids | own_skus | days).items()}
    return who, columns(job, {n: v[who] for n, v in whole.items()}), columns(job, own)


def compute(job: Job) -> dict[str, Any]:
    log = Log.read(job)
    names = {scope: job.columns(scope) for scope in SCOPES}
    targets = log.divisions.get_indexer(job.targets)
    firsts = log.bought.drop_duplicates("account")["order_date"]
    sizes = [firsts.searchsorted(c, side="right") for c in job.cutoffs]
    whole = np.empty((len(names["all"]), sum(sizes)))
    own = np.empty((len(targets), len(names["target"]), sum(sizes)))
    accounts, begin = [], 0
    for cutoff, size in zip(job.cutoffs, sizes, strict=True):
        who, of_all, of_target = at(log, job, cutoff, targets)
        accounts.append(who)
        rows = slice(begin, begin + size)
        for i, name in enumerate(names["all"]):
            whole[i, rows] = of_all[name]
        for i, name in enumerate(names["target"]):
            own[:, i, rows] = of_target[name]
        begin += size
    index = pd.MultiIndex.from_arrays(
        [
            pd.Categorical.from_codes(np.repeat(range(len(sizes)), sizes), job.cutoffs),
            pd.Categorical.from_codes(np.concatenate(accounts), log.accounts),
        ],
        names=["cutoff", "customer_id"],
    )
    first = pd.DataFrame(whole.T, index, names["all"], copy=False)
    panels = {}
    for target, values in zip(job.targets, own, strict=True):
        mine = pd.DataFrame(values.T, index, names["target"], copy=False).add_suffix("_target")
        panels[target] = pd.concat([first, mine], axis=1)

    def summed() -> dict[str, float]:
        added = [f"{name}_target" for name in names["target"]]
        every = pd.concat([p[added] for p in panels.values()])
        every.columns = pd.Index(names["target"])
        return totals({"all": panels[job.targets[0]], "target": every}, job)

    return {
        "rows": sum(map(len, panels.values())),
        "columns": panels[job.targets[0]].shape[1],
        "totals": summed,
    }


if __name__ == "__main__":
    report(compute)
