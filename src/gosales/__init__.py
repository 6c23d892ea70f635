"""GoSales: which accounts to call, per product division, from models audited before promotion."""

__version__ = "0.2.0"
