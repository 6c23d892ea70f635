"""The shared columns as a careful analyst writes them with pandas: one groupby per window."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from workload import RECENT, RETURNED, Job, report, start_of, totals

KEYS = {"all": ["customer_id"], "target": ["customer_id", "division"]}


def window(lines: pd.DataFrame, keys: list[str], months: int) -> pd.DataFrame:
    """Counts and money of the lines of one window."""
    grouped = lines.groupby(keys, observed=True, sort=False)
    found = grouped.agg(tx_count=("bought", "sum"), gp_sum=("gross_profit", "sum"))
    bought = lines[lines["bought"]]
    # Distinct pairs first: far cheaper than nunique on every group.
    pairs = bought[[*keys, "sku"]].drop_duplicates()
    found["sku_count"] = pairs.groupby(keys, observed=True, sort=False).size()
    return found.add_suffix(f"_{months}m")


def at(lines: pd.DataFrame, cutoff: pd.Timestamp, keys: list[str], job: Job) -> pd.DataFrame:
    """All shared columns of one scope at one cutoff."""
    parts = []
    for months in job.settings["windows_months"]:
        inside = lines[lines["order_date"] > start_of(cutoff, months)]
        parts.append(window(inside, keys, months))
    for months in job.settings["returns_months"]:
        inside = lines[lines["returned"] & (lines["order_date"] > start_of(cutoff, months))]
        back = inside.groupby(keys, observed=True, sort=False).size()
        parts.append(back.rename(f"{RETURNED}_{months}m").to_frame())
    last = lines[lines["bought"]].groupby(keys, observed=True, sort=False)["order_date"].max()
    parts.append((cutoff - last).dt.days.astype("float64").rename(RECENT).to_frame())
    return pd.concat(parts, axis=1)


def compute(job: Job) -> dict[str, Any]:
    columns = ["customer_id", "order_date", "sku", "division", "quantity", "gross_profit"]
    lines = pd.read_parquet(job.log, columns=columns)
    lines["order_date"] = pd.to_datetime(lines["order_date"])
    for name in ("customer_id", "sku", "division"):
        lines[name] = lines[name].astype("category")
    lines["bought"], lines["returned"] = lines["quantity"] > 0, lines["quantity"] < 0
    of_target = lines[lines["division"].isin(job.targets)]
    counts = [name for name in job.columns if name != RECENT]
    matrices: dict[str, list[pd.DataFrame]] = {target: [] for target in job.targets}
    for cutoff in job.cutoffs:
        known = lines[lines["order_date"] <= cutoff]
        whole = at(known, cutoff, KEYS["all"], job)
        whole = whole[whole[RECENT].notna()]
        own = at(of_target[of_target["order_date"] <= cutoff], cutoff, KEYS["target"], job)
        whole[counts] = whole[counts].fillna(0.0)
        for target in job.targets:
            mine = own.xs(target, level="division").reindex(whole.index)
            mine[counts] = mine[counts].fillna(0.0)
            matrices[target].append(pd.concat([whole, mine.add_suffix("_target")], axis=1))
    panels = {target: pd.concat(parts, keys=job.cutoffs) for target, parts in matrices.items()}

    def summed() -> dict[str, float]:
        first = next(iter(panels.values()))
        own = pd.concat([p[[f"{c}_target" for c in job.columns]] for p in panels.values()])
        own = own.rename(columns=lambda c: c.removesuffix("_target"))
        return totals({"all": first[job.columns], "target": own}, job.columns)

    return {"rows": sum(map(len, panels.values())), "totals": summed}


if __name__ == "__main__":
    report(compute)
