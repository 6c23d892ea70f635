"""The canonical columns of each raw table, and what each must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "money", "units", "number", "flag"]

SQL_TYPE: dict[Kind, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "money": "DECIMAL(18,4)",
    "units": "DECIMAL(18,3)",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One canonical column.

    Parameters
    ----------
    name : str
        Canonical name.
    kind : {"text", "date", "money", "units", "number", "flag"}
        What a value must be: money and units are exact decimals, a number is a float.
    needed : bool, default False
        Whether the column must exist and hold a value in every row.
    must_exist : bool, default False
        Whether the column must exist; its values may be missing.
    unique : bool, default False
        Whether no two rows may hold the same value.
    one_of : tuple of str, default ()
        The only values allowed, in lower case; matched whatever their case. Empty: any.
    """

    name: str
    kind: Kind
    needed: bool = False
    must_exist: bool = False
    unique: bool = False
    one_of: tuple[str, ...] = ()


MEASURES = ("gross_profit", "revenue", "quantity")

TRANSACTION_COLUMNS = (
    Column("customer_id", "text", needed=True),
    Column("order_date", "date", needed=True),
    Column("known_date", "date"),
    Column("invoice_id", "text"),
    Column("sku", "text", needed=True),
    Column("division", "text"),
    Column("quantity", "units"),
    Column("revenue", "money"),
    Column("gross_profit", "money"),
)
CUSTOMER_COLUMNS = (
    Column("customer_id", "text", needed=True, unique=True),
    Column("first_known_date", "date"),
    Column("parent_account_id", "text"),
    Column("rep", "text"),
)
ASSET_COLUMNS = (
    Column("asset_id", "text", needed=True, unique=True),
    Column("customer_id", "text", needed=True),
    Column("sku", "text", needed=True),
    Column("rollup", "text"),
    Column("purchase_date", "date", needed=True),
    Column("known_date", "date"),
    Column("expiry_date", "date"),
    Column("is_subscription", "flag"),
    Column("quantity", "number"),
)
CONTACT_COLUMNS = (
    Column("customer_id", "text", needed=True),
    Column("contact_date", "date", needed=True),
    Column("known_date", "date"),
    Column("channel", "text"),
    Column("rep", "text"),
)
DEAL_STAGES = ("open", "won", "lost")
DEAL_COLUMNS = (
    Column("deal_id", "text", needed=True, unique=True),
    Column("customer_id", "text", needed=True),
    Column("division", "text"),
    Column("opened_date", "date", needed=True),
    Column("known_date", "date"),
    Column("closed_date", "date"),
    Column("stage", "text", one_of=DEAL_STAGES),
    Column("amount", "money"),
)
