"""The shared columns as bare SQL: one query for each scope, fetched as Arrow."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from workload import RECENT, RETURNED, Job, report, start_of, totals


def measures(job: Job) -> str:
    """Aggregates of every column; windows stand as dates in the table of cutoffs."""
    parts = []
    for months in job.settings["windows_months"]:
        inside = f"order_date > start_{months}"
        parts += [
            f"COUNT(*) FILTER (quantity > 0 AND {inside}) AS tx_count_{months}m",
            f"COALESCE(SUM(gross_profit) FILTER ({inside}), 0) AS gp_sum_{months}m",
            f"COUNT(DISTINCT sku) FILTER (quantity > 0 AND {inside}) AS sku_count_{months}m",
        ]
    for months in job.settings["returns_months"]:
        inside = f"quantity < 0 AND order_date > start_{months}"
        parts.append(f"COUNT(*) FILTER ({inside}) AS {RETURNED}_{months}m")
    last = "MAX(order_date) FILTER (quantity > 0)"
    return ", ".join([*parts, f"date_diff('day', {last}, cutoff) AS {RECENT}"])


def compute(job: Job) -> dict[str, Any]:
    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET preserve_insertion_order = false")
    connection.execute(f"SET temp_directory = '{job.work / 'spill'}'")
    months = sorted({*job.settings["windows_months"], *job.settings["returns_months"]})
    days = [
        f"(DATE '{c.date()}', " + ", ".join(f"DATE '{start_of(c, m).date()}'" for m in months) + ")"
        for c in job.cutoffs
    ]
    names = ", ".join(f"start_{m}" for m in months)
    connection.execute(
        f"CREATE TEMP TABLE cutoffs AS SELECT * FROM (VALUES {', '.join(days)}) t(cutoff, {names})"
    )
    connection.execute(
        f"CREATE TEMP TABLE lines AS SELECT customer_id, order_date, sku, division, quantity, "
        f"CAST(gross_profit AS DECIMAL(18, 2)) AS gross_profit FROM read_parquet('{job.log}')"
    )
    joined = "lines JOIN cutoffs ON order_date <= cutoff"
    targets = ", ".join(f"'{t}'" for t in job.targets)
    queries = {
        "all": f"SELECT customer_id, cutoff, {measures(job)} FROM {joined} "
        "GROUP BY customer_id, cutoff HAVING COUNT(*) FILTER (quantity > 0) > 0",
        "target": f"SELECT customer_id, cutoff, division, {measures(job)} FROM {joined} "
        f"JOIN (SELECT customer_id, MIN(order_date) AS first FROM lines WHERE quantity > 0 "
        f"GROUP BY customer_id) USING (customer_id) WHERE division IN ({targets}) "
        "AND first <= cutoff GROUP BY customer_id, cutoff, division",
    }
    found = {scope: connection.sql(text).to_arrow_table() for scope, text in queries.items()}
    return {
        "rows": sum(t.num_rows for t in found.values()),
        "totals": lambda: totals({s: t.to_pandas() for s, t in found.items()}, job.columns),
    }


if __name__ == "__main__":
    report(compute)
