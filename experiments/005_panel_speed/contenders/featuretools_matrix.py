"""The shared columns by featuretools: features defined once, a matrix for each window."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from workload import RECENT, RETURNED, Job, report, start_of, totals

warnings.simplefilter("ignore")
import featuretools as ft  # noqa: E402
from featuretools.primitives import Count, NumUnique, Sum, TimeSinceLast  # noqa: E402


def entity_set(job: Job) -> ft.EntitySet:
    """Customers and their lines; what a condition asks for has a column of its own."""
    columns = ["customer_id", "order_date", "sku", "division", "quantity", "gross_profit"]
    lines = pd.read_parquet(job.log, columns=columns)
    lines["order_date"] = pd.to_datetime(lines["order_date"])
    lines["line_id"] = range(len(lines))
    for sign, side in ((1, "bought"), (-1, "returned")):
        is_so = lines["quantity"] * sign > 0
        lines[side] = is_so
        lines[f"{side}_in"] = lines["division"].where(is_so, "").astype("category")
    customers = pd.DataFrame({"customer_id": lines["customer_id"].unique()})
    found = ft.EntitySet("log")
    found.add_dataframe(dataframe_name="customers", dataframe=customers, index="customer_id")
    kinds = {"bought_in": "Categorical", "returned_in": "Categorical", "division": "Categorical"}
    found.add_dataframe(
        dataframe_name="lines", dataframe=lines.drop(columns="quantity"), index="line_id",
        time_index="order_date", logical_types={**kinds, "sku": "Categorical"},
    )  # fmt: skip
    found.add_relationship("customers", "customer_id", "lines", "customer_id")
    return found


def feature(es: ft.EntitySet, column: str, primitive: Any, name: str, where: tuple) -> Any:
    base = ft.Feature(es["lines"].ww[column])
    condition = ft.Feature(es["lines"].ww[where[0]]) == where[1] if where else None
    made = ft.Feature(base, parent_dataframe_name="customers", primitive=primitive, where=condition)
    return made.rename(name)


def windowed(es: ft.EntitySet, scope: str, target: str | None) -> list[Any]:
    bought = ("bought", True) if target is None else ("bought_in", target)
    every = () if target is None else ("division", target)
    return [
        feature(es, "line_id", Count, f"{scope}|tx_count", bought),
        feature(es, "gross_profit", Sum, f"{scope}|gp_sum", every),
        feature(es, "sku", NumUnique, f"{scope}|sku_count", bought),
    ]


def matrix(es: ft.EntitySet, wanted: list[Any], who: pd.DataFrame, **more: Any) -> pd.DataFrame:
    found = ft.calculate_feature_matrix(wanted, es, cutoff_time=who, n_jobs=1, **more)
    return found.astype("float64")


def compute(job: Job) -> dict[str, Any]:
    es = entity_set(job)
    lines = es["lines"]
    first = lines[lines["bought"]].groupby("customer_id", observed=True)["order_date"].min()
    scopes = {"all": None, **{target: target for target in job.targets}}
    per_window = [f for scope, target in scopes.items() for f in windowed(es, scope, target)]
    back, since = [], []
    for scope, target in scopes.items():
        returned = ("returned", True) if target is None else ("returned_in", target)
        bought = ("bought", True) if target is None else ("bought_in", target)
        back.append(feature(es, "line_id", Count, f"{scope}|{RETURNED}", returned))
        last = TimeSinceLast(unit="days")
        since.append(feature(es, "order_date", last, f"{scope}|{RECENT}", bought))
    parts = []
    for cutoff in job.cutoffs:
        who = pd.DataFrame({"customer_id": first.index[first <= cutoff]}).assign(time=cutoff)
        found = [matrix(es, since, who)]
        for months in job.settings["windows_months"]:
            wanted = per_window + (back if months in job.settings["returns_months"] else [])
            days = (cutoff - start_of(cutoff, months)).days
            made = matrix(es, wanted, who, training_window=f"{days} days")
            found.append(made.add_suffix(f"_{months}m"))
        parts.append(pd.concat(found, axis=1).assign(cutoff=cutoff))
    whole = pd.concat(parts)

    def summed() -> dict[str, float]:
        def of(scope: str) -> pd.DataFrame:
            mine = whole[[f"{scope}|{c}" for c in job.columns]]
            return mine.rename(columns=lambda c: c.partition("|")[2])

        return totals({"all": of("all"), "target": pd.concat(map(of, job.targets))}, job.columns)

    return {"rows": len(whole) * len(job.targets), "totals": summed}


if __name__ == "__main__":
    report(compute)
