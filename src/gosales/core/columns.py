"""Column names shared by more than one room: one word for one thing."""

from typing import Final

CUSTOMER: Final = "customer_id"
CUTOFF: Final = "cutoff"
TARGET: Final = "target"

ORDER_DATE: Final = "order_date"
KNOWN_DATE: Final = "known_date"
INVOICE: Final = "invoice_id"
SKU: Final = "sku"
SKU_KEY: Final = "sku_key"
DIVISION: Final = "division"
DIVISION_KEY: Final = "division_key"
FAMILY: Final = "family"
SALE_TYPE: Final = "sale_type"
QUANTITY: Final = "quantity"
REVENUE: Final = "revenue"
GROSS_PROFIT: Final = "gross_profit"
IS_PURCHASE: Final = "is_purchase"

FIRST_KNOWN_DATE: Final = "first_known_date"
PARENT_ACCOUNT: Final = "parent_account_id"
REP: Final = "rep"

ASSET_ID: Final = "asset_id"
PURCHASE_DATE: Final = "purchase_date"
EXPIRY_DATE: Final = "expiry_date"
ROLLUP: Final = "rollup"
IS_SUBSCRIPTION: Final = "is_subscription"

CONTACT_DATE: Final = "contact_date"
CHANNEL: Final = "channel"

DEAL_ID: Final = "deal_id"
OPENED_DATE: Final = "opened_date"
CLOSED_DATE: Final = "closed_date"
STAGE: Final = "stage"
AMOUNT: Final = "amount"

SEGMENT: Final = "segment"
COHORT: Final = "cohort"
LABEL: Final = "y"
LABEL_VALUE: Final = "label_value"
LABEL_GP: Final = "label_gp"
FIRST_EVENT_DAYS: Final = "first_event_days"
IS_OWNER: Final = "is_owner"
EVER_OWNED: Final = "ever_owned"
NAIVE_COUNT: Final = "naive_count"
PROBABILITY: Final = "probability"

KEYS: Final = (CUSTOMER, CUTOFF)
