"""The shared columns as a careful analyst writes them with pandas: a groupby for each window.

Texts are categories, lines are sorted by day once, so that a window is a slice and each shorter
window is cut from the longer one, and distinct things are found by dropping duplicates.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from workload import SCOPES, Job, is_nullable, report, start_of, totals

TEXTS = ["customer_id", "sku", "division"]
KEYS = {"all": ["customer_id"], "target": ["customer_id", "division"]}
HALF_A_CENT = 0.005  # sums of floats: net revenue below it is zero


def grouped(lines: pd.DataFrame, keys: list[str]) -> Any:
    return lines.groupby(keys, observed=True, sort=False)


def after(lines: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    return lines.iloc[lines["order_date"].searchsorted(day, side="right") :]


def until(lines: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    return lines.iloc[: lines["order_date"].searchsorted(day, side="right")]


def windowed(
    inside: pd.DataFrame, things: pd.DataFrame, keys: list[str], months: int, job: Job
) -> pd.DataFrame:
    """Counts, money and distinct things of one window."""
    found = grouped(inside, keys).agg(
        tx_count=("bought", "sum"),
        gp_sum=("gross_profit", "sum"),
        net=("revenue", "sum"),
        back=("returned", "sum"),
        every=("bought", "size"),
    )
    found["sku_count"] = grouped(things, keys).size()
    if keys == KEYS["all"]:
        bought_from = things.drop_duplicates([*keys, "division"])
        found["division_count"] = grouped(bought_from, keys).size()
    found["gp_mean"] = found["gp_sum"] / found["tx_count"].where(found["tx_count"] > 0)
    found["margin"] = found["gp_sum"] / found["net"].where(found["net"] > HALF_A_CENT)
    if months in job.settings["returns_months"]:
        found["return_count"] = found["back"]
        found["return_rate"] = found["back"] / found["every"]
    return found.drop(columns=["net", "back", "every"]).add_suffix(f"_{months}m")


def recency(bought: pd.DataFrame, cutoff: pd.Timestamp, keys: list[str], job: Job) -> pd.DataFrame:
    """Days since the last purchase, now and as of some days before."""
    found = {}
    for lag, behind in job.lags.items():
        end = cutoff - pd.Timedelta(days=behind)
        last = grouped(until(bought, end), keys)["order_date"].max()
        days = (end - last).dt.days.astype("float64")
        found[f"days_since_last{lag}"] = days
        found[f"log_days_since_last{lag}"] = np.log1p(days)
        found[f"{job.decay}{lag}"] = np.exp2(-days / job.settings["half_life_days"])
    return pd.DataFrame(found)


def at(lines: pd.DataFrame, cutoff: pd.Timestamp, scope: str, job: Job) -> pd.DataFrame:
    """All shared columns of one scope at one cutoff."""
    keys, parts = KEYS[scope], []
    inside, things = lines, lines[lines["bought"]]
    parts.append(recency(things, cutoff, keys, job))
    for months in sorted(job.settings["windows_months"], reverse=True):
        start = start_of(cutoff, months)
        inside = after(inside, start)
        # The last purchase of each thing says which shorter windows hold it too.
        things = after(things, start).drop_duplicates([*keys, "sku"], keep="last")
        parts.append(windowed(inside, things, keys, months, job))
    return pd.concat(parts, axis=1)[job.columns(scope)]


def filled(found: pd.DataFrame, scope: str, job: Job) -> pd.DataFrame:
    """Counts and sums of nothing are zero."""
    counts = [name for name in job.columns(scope) if not is_nullable(name)]
    found[counts] = found[counts].fillna(0.0)
    return found


def compute(job: Job) -> dict[str, Any]:
    columns = [*TEXTS, "order_date", "quantity", "gross_profit", "revenue"]
    table = pq.read_table(job.log, columns=columns, read_dictionary=TEXTS)
    lines = table.to_pandas(date_as_object=False)
    lines["bought"], lines["returned"] = lines["quantity"] > 0, lines["quantity"] < 0
    lines = lines.sort_values("order_date", ignore_index=True)
    of_targets = lines[lines["division"].isin(job.targets)]
    matrices: dict[str, list[pd.DataFrame]] = {target: [] for target in job.targets}
    for cutoff in job.cutoffs:
        whole = at(until(lines, cutoff), cutoff, "all", job)
        whole = filled(whole[whole["days_since_last"].notna()], "all", job)
        own = at(until(of_targets, cutoff), cutoff, "target", job)
        for target in job.targets:
            mine = filled(own.xs(target, level="division").reindex(whole.index), "target", job)
            matrices[target].append(pd.concat([whole, mine.add_suffix("_target")], axis=1))
    panels = {target: pd.concat(parts, keys=job.cutoffs) for target, parts in matrices.items()}

    def summed() -> dict[str, float]:
        added = [f"{name}_target" for name in job.columns("target")]
        own = pd.concat([panel[added] for panel in panels.values()])
        own.columns = pd.Index(job.columns("target"))
        return totals({"all": panels[job.targets[0]], "target": own}, job)

    return {
        "rows": sum(map(len, panels.values())),
        "columns": sum(len(job.columns(scope)) for scope in SCOPES),
        "totals": summed,
    }


if __name__ == "__main__":
    report(compute)
