"""SKUs to divisions, families and sale types, with routing by the source's own division."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from gosales.core.digests import digest_json
from gosales.core.errors import ConfigError
from gosales.core.slug import name_key

_COLUMNS = ("sku", "division", "family", "sale_type")


class SkuMap:
    """A table of SKUs; an override file wins over it.

    Parameters
    ----------
    table : mapping, optional
        Division to SKU to ``[family, sale_type]``; empty for logs that name their divisions.
    routing : mapping, optional
        SKU to source division to division: a SKU that stays where the source booked it.
    override : str, optional
        CSV or Parquet file with columns sku, division, family, sale_type; its rows win over the
        table and over the routing of their SKUs.

    Raises
    ------
    ConfigError
        If a SKU has two places, or the override cannot be read.

    Notes
    -----
    The map is configuration and has no dates: it places every line by its SKU and the source's
    division alone, whenever it was ordered, so no later line can move an earlier one and a history
    cut anywhere is placed as the whole is. The places are columns of the star and part of its
    digest. That whoever wrote the map knew nothing of later sales, no audit can tell.

    Examples
    --------
    >>> m = SkuMap({"Hardware": {"AM_Support": ["am_support", "maintenance"]}},
    ...            {"AM_Support": {"Scanning": "Scanning"}})
    >>> m.frame()[["sku_key", "source_key", "division"]].values.tolist()
    [['am_support', '', 'Hardware'], ['am_support', 'scanning', 'Scanning']]
    """

    def __init__(
        self,
        table: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        routing: Mapping[str, Mapping[str, str]] | None = None,
        override: str | None = None,
    ) -> None:
        self._refuse_malformed(table or {}, routing or {})
        rows = [
            {"sku": str(sku), "division": str(division), "family": pair[0], "sale_type": pair[1]}
            for division, skus in (table or {}).items()
            for sku, pair in skus.items()
        ]
        base = self._keyed(pd.DataFrame(rows, columns=list(_COLUMNS), dtype="object"), "the table")
        routes = {
            name_key(str(sku)): {name_key(str(k)): str(v) for k, v in to.items()}
            for sku, to in (routing or {}).items()
        }
        if override is not None:
            wins = self._keyed(self._read(Path(override)), override)
            keep = ~base["key"].isin(wins["key"])
            base = pd.concat([base[keep], wins], ignore_index=True)
            routes = {key: to for key, to in routes.items() if key not in set(wins["key"])}
        self._table = base
        self._routing = routes

    @property
    def is_empty(self) -> bool:
        """Whether there is no mapping: the log's own divisions count."""
        return self._table.empty

    @property
    def digest(self) -> str:
        """Digest of the table and the routing."""
        rows = sorted(self._table[list(_COLUMNS)].astype(str).to_numpy().tolist())
        return digest_json([rows, self._routing])

    def frame(self) -> pd.DataFrame:
        """The map as rows to join: by SKU key, and by source division where routed.

        Returns
        -------
        pandas.DataFrame
            Columns sku_key, source_key (empty: any source division), division, family, sale_type;
            no two rows have the same keys.
        """
        rows: list[dict[str, Any]] = []
        for row in self._table.to_dict("records"):
            fixed = {"sku_key": row["key"], "family": row["family"], "sale_type": row["sale_type"]}
            rows.append({**fixed, "source_key": "", "division": row["division"]})
            rows += [
                {**fixed, "source_key": source, "division": division}
                for source, division in self._routing.get(row["key"], {}).items()
            ]
        columns = ["sku_key", "source_key", "division", "family", "sale_type"]
        return pd.DataFrame(rows, columns=columns, dtype="object")

    @staticmethod
    def _read(path: Path) -> pd.DataFrame:
        try:
            raw = (
                pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=str)
            )
        except (OSError, ValueError) as error:
            raise ConfigError(
                "the SKU map override cannot be read",
                got=f"{path}: {error}",
                allowed="a CSV or Parquet file",
                remedy="set sku_map.override",
                reason_code="bad_sku_map",
            ) from error
        lost = [c for c in _COLUMNS if c not in raw.columns]
        if lost:
            raise ConfigError(
                "the SKU map override lacks columns",
                got=f"{path} without {', '.join(lost)}",
                allowed=", ".join(_COLUMNS),
                remedy="add them",
                reason_code="bad_sku_map",
            )
        blank = raw[["sku", "division"]].fillna("").astype(str).apply(lambda c: c.str.strip() == "")
        if blank.any(axis=None):
            raise ConfigError(
                "the SKU map override has rows without a SKU or a division",
                got=f"{path}, {int(blank.any(axis=1).sum())} rows",
                allowed="both in every row",
                remedy="fill them in",
                reason_code="bad_sku_map",
            )
        return raw[list(_COLUMNS)].fillna("unknown").astype("object")

    @staticmethod
    def _refuse_malformed(table: Mapping[str, Any], routing: Mapping[str, Any]) -> None:
        wrong = [
            f"{division}.{sku}: {pair}"
            for division, skus in table.items()
            for sku, pair in skus.items()
            if isinstance(pair, str) or len(pair) != 2
        ]
        known = {name_key(str(sku)) for skus in table.values() for sku in skus}
        strange = sorted({name_key(str(sku)) for sku in routing} - known)
        wrong += [f"routing of {key}, which no division holds" for key in strange]
        if wrong:
            raise ConfigError(
                "the SKU map is malformed",
                got="; ".join(wrong),
                allowed="SKU: [family, sale_type]; routing of SKUs in the table",
                remedy="mend sku_map.table and sku_map.routing",
                reason_code="bad_sku_map",
            )

    @staticmethod
    def _keyed(rows: pd.DataFrame, where: str) -> pd.DataFrame:
        """One row per SKU, with its key.

        A second row that says the same is dropped: joined, it would double every line of its SKU.
        """
        keyed = rows.assign(key=rows["sku"].map(name_key))
        said = keyed[list(_COLUMNS[1:])].astype(str).map(name_key).assign(key=keyed["key"])
        n = said.drop_duplicates().groupby("key").size()
        bad = sorted(n[n > 1].index)
        if bad:
            raise ConfigError(
                "the SKU map contradicts itself",
                got=f"{', '.join(bad[:5])} with more than one division, family or sale type "
                f"in {where}",
                allowed="one place per SKU; use routing for exceptions",
                remedy="mend the map",
                reason_code="bad_sku_map",
            )
        ordered = keyed.sort_values(["key", *_COLUMNS[1:]], ignore_index=True)
        return ordered.drop_duplicates("key", ignore_index=True)
