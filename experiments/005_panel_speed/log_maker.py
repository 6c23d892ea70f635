"""A synthetic log of any size: skewed accounts, divisions with SKUs of their own, some returns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd


def make_log(settings: dict[str, Any], lines: int, path: Path) -> None:
    """Write the log as Parquet.

    Parameters
    ----------
    settings : dict
        Of the study.
    lines : int
        How many.
    path : pathlib.Path
        The file.
    """
    rng = np.random.default_rng(settings["seed"])
    accounts = max(lines // settings["lines_per_account"], 1)
    pace = rng.gamma(0.7, 1.0, accounts)
    bought = 1 + rng.poisson(0.6, lines)
    price = np.round(bought * np.exp(rng.normal(5, 1, lines)), 2)
    sign = np.where(rng.random(lines) < settings["returns"], -1, 1)
    numbers = pd.DataFrame(
        {
            "account": rng.choice(accounts, lines, p=pace / pace.sum()).astype("int32"),
            "day": rng.integers(0, 365 * settings["years"], lines).astype("int32"),
            "invoice": rng.integers(0, max(lines // 3, 1), lines).astype("int32"),
            "division": rng.integers(0, settings["divisions"], lines).astype("int16"),
            "item": rng.integers(0, settings["skus_per_division"], lines).astype("int16"),
            "quantity": (bought * sign).astype("int32"),
            "revenue": price * sign,
            "gross_profit": np.round(price * sign * rng.uniform(0.1, 0.5, lines), 2),
        }
    )
    with duckdb.connect() as connection:
        connection.register("numbers", numbers)
        connection.execute(f"""
          COPY (SELECT printf('C%07d', account) AS customer_id,
              DATE '2018-01-01' + day AS order_date, printf('I%09d', invoice) AS invoice_id,
              printf('S%03d', division * {settings["skus_per_division"]} + item) AS sku,
              printf('Division %02d', division) AS division, quantity, revenue, gross_profit
            FROM numbers) TO '{path}' (FORMAT parquet, COMPRESSION zstd)""")
