"""The shared columns by featuretools: features defined once, a matrix for each window."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from workload import SCOPES, Job, is_nullable, report, start_of, totals

warnings.simplefilter("ignore")
import featuretools as ft  # noqa: E402
from featuretools.primitives import Count, NumUnique, Sum, TimeSinceLast  # noqa: E402


def entity_set(job: Job) -> ft.EntitySet:
    """Customers and their lines; what a condition asks for has a column of its own."""
    columns = ["customer_id", "order_date", "sku", "division", "quantity"]
    lines = pd.read_parquet(job.log, columns=[*columns, "gross_profit", "revenue"])
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
    found = [
        feature(es, "line_id", Count, f"{scope}|tx_count", bought),
        feature(es, "gross_profit", Sum, f"{scope}|gp_sum", every),
        feature(es, "revenue", Sum, f"{scope}|net", every),
        feature(es, "sku", NumUnique, f"{scope}|sku_count", bought),
    ]
    if target is None:
        found.append(feature(es, "division", NumUnique, f"{scope}|division_count", bought))
    return found


def sent_back(es: ft.EntitySet, scope: str, target: str | None) -> list[Any]:
    returned = ("returned", True) if target is None else ("returned_in", target)
    every = () if target is None else ("division", target)
    return [
        feature(es, "line_id", Count, f"{scope}|return_count", returned),
        feature(es, "line_id", Count, f"{scope}|lines", every),
    ]


def recent(es: ft.EntitySet, scope: str, target: str | None) -> list[Any]:
    bought = ("bought", True) if target is None else ("bought_in", target)
    last = TimeSinceLast(unit="days")
    return [feature(es, "order_date", last, f"{scope}|days_since_last", bought)]


def matrix(es: ft.EntitySet, wanted: list[Any], who: pd.DataFrame, **more: Any) -> pd.DataFrame:
    found = ft.calculate_feature_matrix(wanted, es, cutoff_time=who, n_jobs=1, **more)
    found = found.astype("float64")
    counts = [c for c in found if not is_nullable(c.partition("|")[2])]
    # Distinct values of no lines are null here.
    return found.fillna(dict.fromkeys(counts, 0.0))


def at(
    es: ft.EntitySet, job: Job, cutoff: pd.Timestamp, who: pd.Index, wanted: dict[str, list[Any]]
) -> pd.DataFrame:
    """Everything featuretools computes at one cutoff: a matrix for each window and lag."""
    found = []
    for lag, days in job.lags.items():
        asked = pd.DataFrame({"customer_id": who}).assign(time=cutoff - pd.Timedelta(days=days))
        found.append(matrix(es, wanted["recent"], asked).add_suffix(lag))
    asked = pd.DataFrame({"customer_id": who}).assign(time=cutoff)
    for months in job.settings["windows_months"]:
        has_returns = months in job.settings["returns_months"]
        features = wanted["windowed"] + (wanted["sent_back"] if has_returns else [])
        days = (cutoff - start_of(cutoff, months)).days
        made = matrix(es, features, asked, training_window=f"{days} days")
        found.append(made.add_suffix(f"_{months}m"))
    return pd.concat(found, axis=1)


def derived(job: Job, whole: pd.DataFrame, scope: str) -> dict[str, pd.Series]:
    """Means, rates and functions of the days, from what featuretools computed."""
    mine = {c.partition("|")[2]: whole[c] for c in whole if c.startswith(f"{scope}|")}
    found = {}
    for m in job.settings["windows_months"]:
        money, count, net = (mine[f"{n}_{m}m"] for n in ("gp_sum", "tx_count", "net"))
        found[f"gp_mean_{m}m"] = money / count.where(count > 0)
        found[f"margin_{m}m"] = money / net.where(net > 0)
    for m in job.settings["returns_months"]:
        every = mine[f"lines_{m}m"]
        found[f"return_rate_{m}m"] = mine[f"return_count_{m}m"] / every.where(every > 0)
    for lag in job.lags:
        days = mine[f"days_since_last{lag}"]
        found[f"log_days_since_last{lag}"] = np.log1p(days)
        decay = np.exp2(days / -job.settings["half_life_days"])
        found[f"{job.decay}{lag}"] = decay.fillna(0.0)
    return {f"{scope}|{name}": values for name, values in found.items()}


def compute(job: Job) -> dict[str, Any]:
    es = entity_set(job)
    lines = es["lines"]
    first = lines[lines["bought"]].groupby("customer_id", observed=True)["order_date"].min()
    scopes = {"all": None, **{target: target for target in job.targets}}
    wanted = {
        make.__name__: [f for scope, target in scopes.items() for f in make(es, scope, target)]
        for make in (windowed, sent_back, recent)
    }
    parts = []
    for cutoff in job.cutoffs:
        found = at(es, job, cutoff, first.index[first <= cutoff], wanted)
        more = {k: v for scope in scopes for k, v in derived(job, found, scope).items()}
        parts.append(found.assign(**more, cutoff=cutoff))
    whole = pd.concat(parts)

    def summed() -> dict[str, float]:
        def of(name: str, scope: str) -> pd.DataFrame:
            mine = whole[[f"{name}|{c}" for c in job.columns(scope)]]
            return mine.rename(columns=lambda c: c.partition("|")[2])

        own = pd.concat([of(target, "target") for target in job.targets])
        return totals({"all": of("all", "all"), "target": own}, job)

    columns = sum(len(job.columns(scope)) for scope in SCOPES)
    return {"rows": len(whole) * len(job.targets), "columns": columns, "totals": summed}


if __name__ == "__main__":
    report(compute)
