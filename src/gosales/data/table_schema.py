"""The canonical columns of each raw table, and what each must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "number", "flag"]

# Outside these an order date is a typing error, not history.
FIRST_POSSIBLE, LAST_POSSIBLE = "1970-01-01", "2100-01-01"


@dataclass(frozen=True)
class Column:
    """One canonical column.

    Parameters
    ----------
    name : str
        Canonical name.
    kind : {"text", "date", "number", "flag"}
        What a value must be.
    needed : bool, default False
        Whether the column must exist and hold a value in every row.
    """

    name: str
    kind: Kind
    needed: bool = False


MEASURES = ("gross_profit", "revenue", "quantity")

TRANSACTION_COLUMNS = (
    Column("customer_id", "text", needed=True),
    Column("order_date", "date", needed=True),
    Column("known_date", "date"),
    Column("invoice_id", "text"),
    Column("sku", "text", needed=True),
    Column("division", "text"),
    Column("quantity", "number"),
    Column("revenue", "number"),
    Column("gross_profit", "number"),
)
CUSTOMER_COLUMNS = (
    Column("customer_id", "text", needed=True),
    Column("first_known_date", "date"),
    Column("parent_account_id", "text"),
    Column("rep", "text"),
)
ASSET_COLUMNS = (
    Column("asset_id", "text", needed=True),
    Column("customer_id", "text", needed=True),
    Column("sku", "text"),
    Column("rollup", "text"),
    Column("purchase_date", "date", needed=True),
    Column("known_date", "date"),
    Column("expiry_date", "date"),
    Column("is_subscription", "flag"),
    Column("quantity", "number"),
)
