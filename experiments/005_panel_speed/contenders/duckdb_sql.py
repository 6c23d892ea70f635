"""The shared columns as bare SQL: for each cutoff one query a scope, fetched as Arrow."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from workload import SCOPES, Job, report, start_of, totals

TEXTS = ("customer_id", "sku", "division")


def day(date: pd.Timestamp) -> str:
    return f"DATE '{date.date()}'"


def load(connection: duckdb.DuckDBPyConnection, job: Job) -> None:
    """The lines, with texts as codes: grouping by a code is a third cheaper than by its text."""
    for name in TEXTS:
        connection.execute(
            f"CREATE TYPE {name}_code AS ENUM "
            f"(SELECT DISTINCT {name} FROM read_parquet('{job.log}') ORDER BY 1)"
        )
    codes = ", ".join(f"CAST({name} AS {name}_code) AS {name}" for name in TEXTS)
    money = ", ".join(
        f"CAST({name} AS DECIMAL(18, 2)) AS {name}" for name in ("gross_profit", "revenue")
    )
    connection.execute(
        f"CREATE TEMP TABLE lines AS SELECT {codes}, order_date, quantity, {money} "
        f"FROM read_parquet('{job.log}')"
    )


def gathered(job: Job, cutoff: pd.Timestamp) -> dict[str, str]:
    """What both scopes begin with: sums of account and division, and when a thing was last bought.

    The last purchase of each thing first: whether it lies in a window is far cheaper to count
    than distinct things in every window.
    """
    parts = []
    for months in job.settings["windows_months"]:
        inside = f"order_date > {day(start_of(cutoff, months))}"
        parts += [
            f"COUNT(*) FILTER (quantity > 0 AND {inside}) AS bought_{months}",
            f"SUM(gross_profit) FILTER ({inside}) AS gp_{months}",
            f"SUM(revenue) FILTER ({inside}) AS net_{months}",
        ]
    for months in job.settings["returns_months"]:
        inside = f"order_date > {day(start_of(cutoff, months))}"
        parts += [
            f"COUNT(*) FILTER (quantity < 0 AND {inside}) AS back_{months}",
            f"COUNT(*) FILTER ({inside}) AS every_{months}",
        ]
    for lag, days in job.lags.items():
        end = day(cutoff - pd.Timedelta(days=days))
        parts.append(f"MAX(order_date) FILTER (quantity > 0 AND order_date <= {end}) AS last{lag}")
    longest = start_of(cutoff, max(job.settings["windows_months"]))
    known = f"order_date <= {day(cutoff)}"
    return {
        "sums": f"SELECT customer_id, division, {', '.join(parts)} FROM lines WHERE {known} "
        "GROUP BY customer_id, division",
        "things": "SELECT customer_id, division, sku, MAX(order_date) AS last FROM lines "
        f"WHERE {known} AND order_date > {day(longest)} AND quantity > 0 "
        "GROUP BY customer_id, division, sku",
    }


def over_divisions(job: Job) -> str:
    """The sums of a division added up, and the divisions that have purchases counted."""
    windows = job.settings["windows_months"]
    added = [f"{name}_{m}" for m in windows for name in ("bought", "gp", "net")]
    added += [f"{name}_{m}" for m in job.settings["returns_months"] for name in ("back", "every")]
    parts = [f"SUM({name}) AS {name}" for name in added]
    parts += [f"COUNT(*) FILTER (bought_{m} > 0) AS divisions_{m}" for m in windows]
    return ", ".join([*parts, *(f"MAX(last{lag}) AS last{lag}" for lag in job.lags)])


def measures(job: Job, scope: str, cutoff: pd.Timestamp) -> str:
    """Every shared column of a scope."""
    parts = []
    for m in job.settings["windows_months"]:
        parts += [
            f"bought_{m}::DOUBLE AS tx_count_{m}m",
            f"COALESCE(gp_{m}, 0)::DOUBLE AS gp_sum_{m}m",
            f"COALESCE(gp_{m}, 0)::DOUBLE / NULLIF(bought_{m}, 0) AS gp_mean_{m}m",
            f"CASE WHEN net_{m} > 0 THEN gp_{m}::DOUBLE / net_{m}::DOUBLE END AS margin_{m}m",
            f"COALESCE(skus_{m}, 0)::DOUBLE AS sku_count_{m}m",
        ]
        if scope == "all":
            parts.append(f"divisions_{m}::DOUBLE AS division_count_{m}m")
    for m in job.settings["returns_months"]:
        parts += [
            f"back_{m}::DOUBLE AS return_count_{m}m",
            f"back_{m}::DOUBLE / NULLIF(every_{m}, 0) AS return_rate_{m}m",
        ]
    for lag, behind in job.lags.items():
        days = f"date_diff('day', last{lag}, {day(cutoff - pd.Timedelta(days=behind))})"
        life = job.settings["half_life_days"]
        parts += [
            f"{days}::DOUBLE AS days_since_last{lag}",
            f"ln(1 + {days}) AS log_days_since_last{lag}",
            f"COALESCE(2::DOUBLE ** (-{days} / {life}::DOUBLE), 0) AS {job.decay}{lag}",
        ]
    return ", ".join(parts)


def query(job: Job, scope: str, cutoff: pd.Timestamp) -> str:
    """One scope at one cutoff, of everybody who ever bought."""
    counts = ", ".join(
        f"COUNT(*) FILTER (last > {day(start_of(cutoff, m))}) AS skus_{m}"
        for m in job.settings["windows_months"]
    )
    head = f"{day(cutoff)} AS cutoff, {measures(job, scope, cutoff)}"
    if scope == "all":
        return f"""
          WITH sums_all AS (SELECT customer_id, {over_divisions(job)} FROM sums
              GROUP BY customer_id HAVING MAX(last) IS NOT NULL),
            things_all AS (SELECT customer_id, sku, MAX(last) AS last FROM things
              GROUP BY customer_id, sku),
            skus AS (SELECT customer_id, {counts} FROM things_all GROUP BY customer_id)
          SELECT customer_id, {head} FROM sums_all LEFT JOIN skus USING (customer_id)"""
    targets = ", ".join(f"'{t}'" for t in job.targets)
    return f"""
      WITH skus AS (SELECT customer_id, division, {counts} FROM things
          GROUP BY customer_id, division)
      SELECT customer_id, division, {head} FROM sums
        SEMI JOIN (SELECT customer_id FROM sums WHERE last IS NOT NULL) USING (customer_id)
        LEFT JOIN skus USING (customer_id, division) WHERE division IN ({targets})"""


def compute(job: Job) -> dict[str, Any]:
    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET preserve_insertion_order = false")
    connection.execute(f"SET temp_directory = '{job.work / 'spill'}'")
    load(connection, job)
    parts: dict[str, list[pa.Table]] = {scope: [] for scope in SCOPES}
    for cutoff in job.cutoffs:
        for name, text in gathered(job, cutoff).items():
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}")
        for scope in SCOPES:
            parts[scope].append(connection.sql(query(job, scope, cutoff)).to_arrow_table())
    found = {scope: pa.concat_tables(tables) for scope, tables in parts.items()}
    return {
        "rows": sum(t.num_rows for t in found.values()),
        "columns": sum(len(job.columns(scope)) for scope in SCOPES),
        "totals": lambda: totals({s: t.to_pandas() for s, t in found.items()}, job),
    }


if __name__ == "__main__":
    report(compute)
