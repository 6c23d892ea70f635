"""What a source declares, checked all at once before any file is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from gosales.core.columns import DIVISION
from gosales.core.errors import ConfigError
from gosales.data.source import Source
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS, Attribute
from gosales.data.table_schema import (
    ASSET_COLUMNS,
    CONTACT_COLUMNS,
    CUSTOMER_COLUMNS,
    DEAL_COLUMNS,
    TRANSACTION_COLUMNS,
    Column,
)

_KINDS: Final = ("static", "snapshot")
_DTYPES: Final = ("category", "number")
_MEASURES: Final = ("auto", "gp", "revenue", "quantity")


@dataclass(frozen=True)
class Declaration:
    """Attributes, label measure and the columns that follow from them.

    Parameters
    ----------
    attributes : mapping of str to Attribute
        Sorted by name.
    label_measure : {"auto", "gp", "revenue", "quantity"}
        What a label sums.
    division_from_log : bool
        Whether the log itself names each line's division (no SKU map is given).
    """

    attributes: Mapping[str, Attribute]
    label_measure: str
    division_from_log: bool

    @classmethod
    def of(cls, source: Source, *, division_from_log: bool) -> Declaration:
        """Read and check what a source declares.

        Raises
        ------
        ConfigError
            Naming every wrong attribute and measure.
        """
        attributes = dict(sorted(source.attributes.items()))
        fixed = {column.name for column in CUSTOMER_COLUMNS}
        wrong = [
            f"{name}: kind={a.kind}, dtype={a.dtype}"
            for name, a in attributes.items()
            if a.kind not in _KINDS or a.dtype not in _DTYPES
        ]
        wrong += [
            f"{name}: waived={a.waived}"
            for name, a in attributes.items()
            if not isinstance(a.waived, bool) or (a.waived and a.kind == "static")
        ]
        wrong += [f"{name} has a meaning of its own" for name in sorted(fixed & set(attributes))]
        if source.label_measure not in _MEASURES:
            wrong.append(f"label_measure={source.label_measure}")
        if wrong:
            raise ConfigError(
                f"the source {source.name!r} is declared wrongly",
                got="; ".join(wrong),
                allowed=f"kind {' or '.join(_KINDS)}; dtype {' or '.join(_DTYPES)}; waived true "
                f"or false, true only for a snapshot; label_measure {', '.join(_MEASURES)}",
                remedy="mend data.attributes and data.label_measure",
                reason_code="bad_declaration",
            )
        return cls(attributes, source.label_measure, division_from_log)

    def columns(self) -> dict[str, tuple[Column, ...]]:
        """Canonical columns per table; a log that names its divisions must always do so."""
        own = tuple(
            Column(name, "number" if a.dtype == "number" else "text", must_exist=True)
            for name, a in self.attributes.items()
        )
        lines = tuple(
            replace(c, needed=True) if c.name == DIVISION and self.division_from_log else c
            for c in TRANSACTION_COLUMNS
        )
        return {
            TRANSACTIONS: lines,
            CUSTOMERS: CUSTOMER_COLUMNS + own,
            ASSETS: ASSET_COLUMNS,
            CONTACTS: CONTACT_COLUMNS,
            DEALS: DEAL_COLUMNS,
        }
