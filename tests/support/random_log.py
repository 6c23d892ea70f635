"""A small random log with everything that is awkward: returns, unknown money, late facts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.data.star import Attribute

CUTOFFS = ("2023-12-31", "2024-05-15", "2024-06-30")
ATTRIBUTES = {
    "region": Attribute("static"),
    "size": Attribute("static", "number"),
    "status": Attribute("snapshot"),
}
SKUS = {
    "Solidworks": ["SWX_Core", "DraftSight"],
    "Training": ["CAD"],
    "Hardware": ["FDM", "Support"],
    "Scanning": ["Support", "Artec"],
}


def random_lines(seed: int, n: int = 500, n_customers: int = 30) -> pd.DataFrame:
    """Lines from 2021 to 2024, some on the very edges of windows."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2021-06-01", "2024-09-30")
    order = days[rng.integers(0, len(days), n)].to_numpy()
    edges = [pd.Timestamp(c) - pd.DateOffset(months=m) for c in CUTOFFS for m in (0, 3, 6, 12, 24)]
    edges += [pd.Timestamp(c) - pd.Timedelta(days=d) for c in CUTOFFS for d in (30, 90)]
    near = np.array([e + pd.Timedelta(days=d) for e in edges for d in (-1, 0, 1)], "datetime64[ns]")
    on_edge = rng.random(n) < 0.3
    order = np.where(on_edge, rng.choice(near, n), order.astype("datetime64[ns]"))
    late = np.where(rng.random(n) < 0.15, rng.integers(1, 45, n), 0)
    division = rng.choice(list(SKUS), n, p=[0.4, 0.3, 0.2, 0.1])
    sign = np.where(rng.random(n) < 0.12, -1, 1)
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i:02d}" for i in rng.integers(0, n_customers, n)],
            "order_date": order,
            "known_date": order + late.astype("timedelta64[D]"),
            "division": division,
            "sku": [rng.choice(SKUS[d]) for d in division],
            "quantity": sign * rng.integers(1, 4, n),
            "gross_profit": np.round(sign * rng.lognormal(4, 1, n), 2),
        }
    )
    frame["revenue"] = np.round(frame["gross_profit"] * rng.uniform(1.5, 4, n), 2)
    for column, share in (("gross_profit", 0.2), ("revenue", 0.1)):
        frame.loc[rng.random(n) < share, column] = np.nan
    frame["division"] = [
        d.upper() if u else f" {d}" for d, u in zip(division, late > 20, strict=True)
    ]
    return frame


def random_customers(seed: int, lines: pd.DataFrame) -> pd.DataFrame:
    """Every customer of the log with two static attributes and a snapshot."""
    rng = np.random.default_rng(seed)
    ids = sorted(lines["customer_id"].unique())
    region = np.where(rng.random(len(ids)) < 0.2, None, rng.choice(["north", "south"], len(ids)))
    return pd.DataFrame(
        {
            "customer_id": ids,
            "region": region,
            "size": np.round(rng.lognormal(1, 1, len(ids)), 3),
            "status": rng.choice(["active", "lost"], len(ids)),
        }
    )


def random_assets(seed: int, lines: pd.DataFrame, n: int = 120) -> pd.DataFrame:
    """Assets of the log's customers: known late, never expiring, expiring on edges, of no kind."""
    rng = np.random.default_rng(seed)
    ids = sorted(lines["customer_id"].unique())
    start = np.array("2021-06-01", "datetime64[ns]")
    bought = start + rng.integers(0, 1200, n).astype("timedelta64[D]")
    late = np.where(rng.random(n) < 0.3, rng.integers(1, 60, n), 0).astype("timedelta64[D]")
    ends = bought + rng.integers(30, 900, n).astype("timedelta64[D]")
    # As seen from the cutoff and from 30 days before it: expired, today, and the edges of 30 d.
    days = (-31, -30, -29, 0, 1, 29, 30, 31, 59, 60, 61, 90, 91, 120, 121)
    near = [pd.Timestamp(c) + pd.Timedelta(days=d) for c in CUTOFFS for d in days]
    on_edge = rng.choice(np.array(near, "datetime64[ns]"), n)
    ends = np.where((rng.random(n) < 0.6) & (on_edge > bought), on_edge, ends)
    frame = pd.DataFrame(
        {
            "asset_id": [f"a{i}" for i in range(n)],
            "customer_id": rng.choice(ids, n),
            "sku": "FDM",
            "rollup": rng.choice(["Printers", " printers ", "AM  Support", "Seats"], n),
            "purchase_date": bought,
            "known_date": bought + late,
            "expiry_date": ends,
            "is_subscription": rng.choice([True, False, None], n, p=[0.5, 0.3, 0.2]),
        }
    )
    frame.loc[rng.random(n) < 0.15, "expiry_date"] = pd.NaT
    for name in ("purchase_date", "known_date", "expiry_date"):
        frame[name] = frame[name].dt.strftime("%Y-%m-%d")
    return frame


def random_installs(seed: int, n: int = 60, n_customers: int = 30) -> pd.DataFrame:
    """Installed things, some of accounts that never bought, some learned of late or half known."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2019-01-01", "2024-09-30")
    bought = days[rng.integers(0, len(days), n)].to_numpy().astype("datetime64[ns]")
    late = np.where(rng.random(n) < 0.2, rng.integers(1, 60, n), 0)
    skus = np.array(["SWX_Core", "DraftSight", "FDM", "Artec", "Old_Printer"], dtype=object)
    sku = rng.choice(skus, n)
    rollup = np.where(np.isin(sku, skus[:2]), "seats", "machines").astype(object)
    frame = pd.DataFrame(
        {
            "asset_id": [f"i{i}" for i in range(n)],
            "customer_id": [f"c{i:02d}" for i in rng.integers(0, n_customers + 5, n)],
            "sku": np.where(rng.random(n) < 0.1, None, sku),
            "rollup": np.where(rng.random(n) < 0.1, None, rollup),
            "purchase_date": bought,
            "known_date": bought + late.astype("timedelta64[D]"),
            "is_subscription": rng.random(n) < 0.3,
            "quantity": np.where(rng.random(n) < 0.3, np.nan, rng.integers(1, 4, n)),
        }
    )
    frame["expiry_date"] = frame["purchase_date"] + pd.Timedelta(days=700)
    for name in ("purchase_date", "known_date", "expiry_date"):
        frame[name] = frame[name].dt.strftime("%Y-%m-%d")
    return frame
