"""A small real star: two divisions, accounts with lasting rates, two static attributes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gosales.core.digests import digest_json
from gosales.data.star import (
    ASSETS,
    CONTACTS,
    CUSTOMERS,
    DEALS,
    TABLES,
    TRANSACTIONS,
    Attribute,
    Star,
    StarManifest,
)

FIRST, LAST = date(2021, 1, 1), date(2024, 12, 31)
_DAYS = (LAST - FIRST).days
_OUTCOMES_FROM = pd.Timestamp("2023-03-31")  # the toy candidate's first training cutoff

_TX = pa.schema(
    [
        ("customer_id", pa.string()),
        ("order_date", pa.date32()),
        ("known_date", pa.date32()),
        ("invoice_id", pa.string()),
        ("sku", pa.string()),
        ("sku_key", pa.string()),
        ("division", pa.string()),
        ("division_key", pa.string()),
        ("family", pa.string()),
        ("sale_type", pa.string()),
        ("quantity", pa.decimal128(18, 3)),
        ("revenue", pa.decimal128(18, 4)),
        ("gross_profit", pa.decimal128(18, 4)),
        ("is_purchase", pa.bool_()),
    ]
)
_CUSTOMER = pa.schema(
    [
        ("customer_id", pa.string()),
        ("first_known_date", pa.date32()),
        ("parent_account_id", pa.string()),
        ("rep", pa.string()),
        ("region", pa.string()),
        ("size", pa.float64()),
    ]
)
_ASSET = pa.schema(
    [
        ("asset_id", pa.string()),
        ("customer_id", pa.string()),
        ("sku", pa.string()),
        ("sku_key", pa.string()),
        ("rollup", pa.string()),
        ("purchase_date", pa.date32()),
        ("known_date", pa.date32()),
        ("expiry_date", pa.date32()),
        ("is_subscription", pa.bool_()),
        ("quantity", pa.float64()),
    ]
)
_CONTACT = pa.schema(
    [
        ("customer_id", pa.string()),
        ("contact_date", pa.date32()),
        ("known_date", pa.date32()),
        ("channel", pa.string()),
        ("rep", pa.string()),
    ]
)
_DEAL = pa.schema(
    [
        ("deal_id", pa.string()),
        ("customer_id", pa.string()),
        ("division", pa.string()),
        ("division_key", pa.string()),
        ("opened_date", pa.date32()),
        ("known_date", pa.date32()),
        ("closed_date", pa.date32()),
        ("stage", pa.string()),
        ("amount", pa.decimal128(18, 4)),
    ]
)


def toy_star(
    root: Path,
    *,
    n: int = 300,
    seed: int = 3,
    rate: float = -2.6,
    spread: float = 1.2,
    ids_by_outcome: bool = False,
    copies: int = 0,
) -> Star:
    """Write the star under ``root`` and open it.

    ``spread=0`` leaves no signal; ``ids_by_outcome`` hands out ids in order of the orders after
    the first training cutoff;
    ``copies`` accounts have a twin under another id.
    """
    rng = np.random.default_rng(seed)
    rates = np.exp(rate + spread * rng.standard_normal(n))
    names = [f"c{i}" for i in range(n)]
    ids = np.empty(n, dtype=object)
    ids[rng.permutation(n)] = names
    tx = _transactions(rng, ids, rates)
    if ids_by_outcome:
        later = tx[(tx["order_date"] > _OUTCOMES_FROM) & (tx["division"] == "alpha")]
        told = later.groupby("customer_id").size().reindex(ids).fillna(0).sort_values(kind="stable")
        tx["customer_id"] = tx["customer_id"].map(dict(zip(told.index, names, strict=True)))
    if copies:
        some = tx[tx["customer_id"].isin(ids[np.argsort(-rates)[:copies]])]
        twin = some.assign(customer_id=some["customer_id"] + "x", revenue=some["revenue"] + 1)
        tx = pd.concat([tx, twin], ignore_index=True)
    customers = _customers(rng, tx)
    return _write(root, tx, customers, seed)


def star_of_lines(
    root: Path,
    lines: pd.DataFrame,
    *,
    seed: int = 3,
    deals: pd.DataFrame | None = None,
    assets: pd.DataFrame | None = None,
    **attributes: Any,
) -> Star:
    """Write a star of given lines: ``customer_id``, ``order_date`` and ``division``.

    Every line is known at once. ``attributes`` replace ``region`` or ``size``: customer to value.
    ``deals`` and ``assets`` have what columns of their table they need.
    """
    inside = lines[lines["order_date"].between(pd.Timestamp(FIRST), pd.Timestamp(LAST))]
    tx = inside.reset_index(drop=True).assign(
        known_date=lambda t: t["order_date"], sku=lambda t: t["division"] + "_0", revenue=100.0
    )
    customers = _customers(np.random.default_rng(seed), tx)
    for name, value in attributes.items():
        customers[name] = customers["customer_id"].map(value)
    return _write(root, tx, customers, seed, deals=deals, assets=assets)


def _transactions(rng: np.random.Generator, ids: np.ndarray, rates: np.ndarray) -> pd.DataFrame:
    months = _DAYS / 30.4
    parts = []
    for division, factor in (("alpha", 1.0), ("beta", 1.5)):
        lines = rng.poisson(rates * factor * months) + (division == "beta")
        who = np.repeat(np.arange(len(ids)), lines)
        day = rng.integers(0, _DAYS + 1, len(who))
        late = np.where(rng.random(len(who)) < 0.03, rng.integers(1, 11, len(who)), 0)
        revenue = np.round(np.exp(5 + 0.8 * rng.standard_normal(len(who))), 2)
        sku = rng.integers(0, 3, len(who))
        parts.append(
            pd.DataFrame(
                {
                    "customer_id": ids[who],
                    "order_date": pd.Timestamp(FIRST) + pd.to_timedelta(day, unit="D"),
                    "known_date": pd.Timestamp(FIRST) + pd.to_timedelta(day + late, unit="D"),
                    "sku": [f"{division}_{s}" for s in sku],
                    "division": division,
                    "revenue": revenue,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _customers(rng: np.random.Generator, tx: pd.DataFrame) -> pd.DataFrame:
    first = tx.groupby("customer_id")["known_date"].min()
    ids = sorted(first.index)
    region = rng.choice(["north", "south", "west"], len(ids)).astype(object)
    return pd.DataFrame(
        {
            "customer_id": ids,
            "first_known_date": first.loc[ids].to_numpy(),
            "parent_account_id": None,
            "rep": None,
            "region": region,
            "size": np.round(np.exp(rng.standard_normal(len(ids))), 3),
        }
    )


def _write(
    root: Path,
    tx: pd.DataFrame,
    customers: pd.DataFrame,
    seed: int,
    **others: pd.DataFrame | None,
) -> Star:
    root.mkdir(parents=True, exist_ok=True)
    full = tx.assign(
        invoice_id=[f"i{i}" for i in range(len(tx))],
        sku_key=tx["sku"],
        division_key=tx["division"],
        family=None,
        sale_type=None,
        quantity=1.0,
        gross_profit=(tx["revenue"] * 0.3).round(2),
        is_purchase=True,
    )
    _save(root / f"{TRANSACTIONS}.parquet", full, _TX)
    _save(root / f"{CUSTOMERS}.parquet", customers, _CUSTOMER)
    for name, schema in ((ASSETS, _ASSET), (CONTACTS, _CONTACT), (DEALS, _DEAL)):
        given = others.get(name)
        rows = pd.DataFrame() if given is None else given
        _save(root / f"{name}.parquet", rows.reindex(columns=schema.names), schema)
    digest = digest_json([seed, len(full), int(full["revenue"].sum() * 100)])
    manifest = StarManifest(
        source="toy",
        digest=digest,
        table_digests=dict.fromkeys(TABLES, digest),
        rows={**dict.fromkeys(TABLES, 0), TRANSACTIONS: len(full), CUSTOMERS: len(customers)},
        first_date=FIRST,
        last_date=LAST,
        label_measure="gp",
        attributes={
            "region": Attribute("static", "category"),
            "size": Attribute("static", "number"),
        },
    )
    return Star.seal(root, manifest)


def _save(path: Path, frame: pd.DataFrame, schema: pa.Schema) -> None:
    arrays = []
    for field in schema:
        values = frame[field.name]
        if pa.types.is_decimal(field.type):
            scale = field.type.scale
            texts = pa.array([f"{v:.{scale}f}" for v in values], type=pa.string())
            arrays.append(texts.cast(field.type))
        elif pa.types.is_date(field.type):
            arrays.append(pa.array(pd.to_datetime(values).dt.date, type=field.type))
        else:
            arrays.append(pa.array(values, type=field.type, from_pandas=True))
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path)
