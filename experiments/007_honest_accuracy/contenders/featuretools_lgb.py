"""Deep feature synthesis over customers, orders and lines, then one LightGBM per division.

Run by `rivals.py` in an environment of its own; reads a job and writes scores.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import featuretools as ft
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "006_plain_baseline"))
from plain_baseline import lgb, stacked

AGGREGATIONS = ["count", "sum", "mean", "max", "std", "num_unique", "time_since_last", "trend"]
# By division: the same filtered to its lines, which is what makes a column of the target.
WHERE = ["count", "sum", "time_since_last", "num_unique"]


def matrix(lines: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """One row per (customer_id, time), from lines known by that time."""
    bought = lines[lines["quantity"] > 0].reset_index(drop=True)
    bought = bought.assign(line_id=bought.index)
    orders = ft.EntitySet("log")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        orders.add_dataframe(
            dataframe_name="lines",
            dataframe=bought[
                ["line_id", "invoice_id", "customer_id", "order_date", "division", "quantity",
                 "revenue"]
            ],
            index="line_id",
            time_index="order_date",
            logical_types={"division": "Categorical"},
        )  # fmt: skip
        orders.normalize_dataframe("lines", "customers", "customer_id", make_time_index=False)
        orders.add_interesting_values(
            dataframe_name="lines", values={"division": sorted(bought["division"].unique())}
        )
        found, _ = ft.dfs(
            entityset=orders,
            target_dataframe_name="customers",
            cutoff_time=keys,
            cutoff_time_in_index=True,
            agg_primitives=AGGREGATIONS,
            where_primitives=WHERE,
            trans_primitives=[],
            max_depth=2,
            n_jobs=1,
            verbose=False,
        )
    # In the order of the keys, whatever order the library returns; it reads digits as numbers.
    ids, times = (found.index.get_level_values(level) for level in ("customer_id", "time"))
    found.index = pd.MultiIndex.from_arrays([ids.astype(str), times])
    wanted = pd.MultiIndex.from_arrays([keys["customer_id"].astype(str), keys["time"]])
    found = found.reindex(wanted)
    numbers = found.apply(pd.to_numeric, errors="coerce").astype("float64")
    numbers.columns = [f"f{i}" for i in range(numbers.shape[1])]
    return numbers.replace([np.inf, -np.inf], np.nan)


def main(job: Path) -> None:
    """Score the test rows of every division; the clock starts here."""
    start = time.perf_counter()
    told = json.loads(job.read_text(encoding="utf-8"))
    lines = pd.read_parquet(told["lines"])
    parts = stacked(lines, pd.Timestamp(told["cutoff"]), told["horizon_months"])
    some = next(iter(parts.values()))
    keys = pd.concat(
        [pd.DataFrame({"customer_id": t.X.index, "time": pd.Timestamp(d)})
         for t, d in zip(some, told["cutoffs"], strict=True)],
        ignore_index=True,
    )  # fmt: skip
    X = matrix(lines, keys)
    built = time.perf_counter() - start
    n_test = len(some[-1].X)
    out, notes = [], {}
    for division in told["divisions"]:
        y = np.concatenate([t.y for t in parts[division][:-1]])
        p = lgb(X.iloc[:-n_test], y, X.iloc[-n_test:])
        roster = some[-1].X.index
        out.append(pd.DataFrame({"division": division, "customer_id": roster, "score": p}))
    notes = {
        "columns": X.shape[1],
        "features, seconds": round(built, 1),
        "all, seconds": round(time.perf_counter() - start, 1),
    }
    pd.concat(out, ignore_index=True).to_parquet(told["scores"], index=False)
    Path(told["notes"]).write_text(json.dumps(notes), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
