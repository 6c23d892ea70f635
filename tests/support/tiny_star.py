"""A star written by hand: a few rows in, the exact tables out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from gosales.core.digests import digest_frame, digest_json
from gosales.core.slug import name_key
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS, Star, StarManifest

_TX = {
    "customer_id": "VARCHAR", "order_date": "DATE", "known_date": "DATE", "invoice_id": "VARCHAR",
    "sku": "VARCHAR", "sku_key": "VARCHAR", "division": "VARCHAR", "division_key": "VARCHAR",
    "family": "VARCHAR", "sale_type": "VARCHAR", "quantity": "DECIMAL(18,3)",
    "revenue": "DECIMAL(18,4)", "gross_profit": "DECIMAL(18,4)", "is_purchase": "BOOLEAN",
}  # fmt: skip
_ASSETS = {
    "asset_id": "VARCHAR", "customer_id": "VARCHAR", "sku": "VARCHAR", "sku_key": "VARCHAR",
    "rollup": "VARCHAR", "purchase_date": "DATE", "known_date": "DATE", "expiry_date": "DATE",
    "is_subscription": "BOOLEAN", "quantity": "DOUBLE",
}  # fmt: skip
_CONTACTS = {
    "customer_id": "VARCHAR", "contact_date": "DATE", "known_date": "DATE", "channel": "VARCHAR",
    "rep": "VARCHAR",
}  # fmt: skip
_DEALS = {
    "deal_id": "VARCHAR", "customer_id": "VARCHAR", "division": "VARCHAR",
    "division_key": "VARCHAR", "opened_date": "DATE", "known_date": "DATE", "closed_date": "DATE",
    "stage": "VARCHAR", "amount": "DECIMAL(18,4)",
}  # fmt: skip


def _write(frame: pd.DataFrame, types: dict[str, str], path: Path) -> None:
    connection = duckdb.connect()
    connection.register("frame", frame.astype(object).where(frame.notna(), None))
    columns = ", ".join(f'CAST("{c}" AS {t}) AS "{c}"' for c, t in types.items())
    connection.execute(f"COPY (SELECT {columns} FROM frame) TO '{path}' (FORMAT parquet)")
    connection.close()


def _transactions(frame: pd.DataFrame) -> pd.DataFrame:
    out = frame.copy()
    defaults: dict[str, Any] = {
        "known_date": out["order_date"], "invoice_id": None, "division": "Solidworks",
        "family": None, "sale_type": None, "quantity": None, "revenue": None,
        "gross_profit": None,
    }  # fmt: skip
    for name, value in defaults.items():
        if name not in out:
            out[name] = value
    out["sku_key"] = out["sku"].map(name_key)
    out["division_key"] = out["division"].map(name_key)
    if "is_purchase" not in out:
        size = out["quantity"].where(out["quantity"].notna(), out["gross_profit"])
        out["is_purchase"] = size.where(size.notna(), out["revenue"]).astype(float) > 0
    for name in ("order_date", "known_date"):
        out[name] = pd.to_datetime(out[name]).dt.strftime("%Y-%m-%d")
    return out[list(_TX)]


def _customers(frame: pd.DataFrame | None, lines: pd.DataFrame) -> pd.DataFrame:
    first = lines.groupby("customer_id")["known_date"].min()
    out = pd.DataFrame({"customer_id": first.index}) if frame is None else frame.copy()
    if "first_known_date" not in out:
        out["first_known_date"] = None
    seen = out["customer_id"].map(first)
    given = out["first_known_date"].astype(object)
    both = pd.DataFrame({"a": given.where(given.notna(), seen), "b": seen})
    out["first_known_date"] = [
        min(x for x in pair if isinstance(x, str))
        if any(isinstance(x, str) for x in pair)
        else None
        for pair in both.itertuples(index=False)
    ]
    for name in ("parent_account_id", "rep"):
        if name not in out:
            out[name] = None
    return out


def _optional(
    frame: pd.DataFrame | None, types: dict[str, str], event: str, key: str
) -> pd.DataFrame:
    """Assets, contacts or deals: known when they happened, the named column keyed."""
    out = pd.DataFrame(columns=list(types)) if frame is None else frame.copy()
    for name in types:
        if name not in out:
            out[name] = out[event] if name == "known_date" else None
    if f"{key}_key" in types:
        out[f"{key}_key"] = [None if v is None else name_key(v) for v in out[key]]
    return out[list(types)]


def make_star(
    path: Path,
    transactions: pd.DataFrame,
    customers: pd.DataFrame | None = None,
    assets: pd.DataFrame | None = None,
    *,
    contacts: pd.DataFrame | None = None,
    deals: pd.DataFrame | None = None,
    **manifest: Any,
) -> Star:
    """Write the tables with exact types and seal them; absent columns get defaults."""
    path.mkdir(parents=True, exist_ok=True)
    lines = _transactions(transactions)
    accounts = _customers(customers, lines)
    others = {
        ASSETS: (_optional(assets, _ASSETS, "purchase_date", "sku"), _ASSETS),
        CONTACTS: (_optional(contacts, _CONTACTS, "contact_date", ""), _CONTACTS),
        DEALS: (_optional(deals, _DEALS, "opened_date", "division"), _DEALS),
    }
    fixed = {
        "customer_id": "VARCHAR", "first_known_date": "DATE", "parent_account_id": "VARCHAR",
        "rep": "VARCHAR",
    }  # fmt: skip
    extra = {
        c: "DOUBLE" if pd.api.types.is_numeric_dtype(accounts[c]) else "VARCHAR"
        for c in accounts.columns
        if c not in fixed
    }
    _write(lines, _TX, path / f"{TRANSACTIONS}.parquet")
    _write(accounts, fixed | extra, path / f"{CUSTOMERS}.parquet")
    for name, (frame, types) in others.items():
        _write(frame, types, path / f"{name}.parquet")
    dates = pd.to_datetime(lines["order_date"]).dt.date
    content = {
        "label_measure": "gp",
        "attributes": {},
        "source": "tiny",
        "first_date": dates.min(),
        "last_date": dates.max(),
        **manifest,
    }
    digests = {
        TRANSACTIONS: digest_frame(lines.sort_values(list(lines.columns)).astype(str)),
        CUSTOMERS: digest_frame(accounts.sort_values("customer_id").astype(str)),
        **{name: digest_frame(frame.astype(str)) for name, (frame, _) in others.items()},
    }
    return Star.seal(
        path,
        StarManifest(
            digest=digest_json([digests, str(content)]),
            table_digests=digests,
            rows={
                TRANSACTIONS: len(lines),
                CUSTOMERS: len(accounts),
                **{name: len(frame) for name, (frame, _) in others.items()},
            },
            **content,
        ),
    )
