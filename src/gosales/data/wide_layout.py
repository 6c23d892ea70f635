"""How a wide log is laid out: one gross-profit column per SKU, and its quantity's twin."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from gosales.core.errors import ConfigError, DataError
from gosales.core.slug import name_key

AUTO: Final = "auto"


@dataclass(frozen=True)
class SkuColumns:
    """The columns of one SKU.

    Parameters
    ----------
    sku : str
        The SKU, as the header writes it.
    gross_profit, quantity : str or None
        Columns; at least one of them.
    """

    sku: str
    gross_profit: str | None
    quantity: str | None


@dataclass(frozen=True)
class WideLayout:
    """Which columns of a wide log are SKUs.

    Parameters
    ----------
    skus : "auto" or sequence of str, default "auto"
        ``auto``: the SKU map's SKUs that the header has; without a map, every column that has a
        quantity twin. Or names, in which ``*`` and ``?`` stand for any text and any character.
    quantity_suffix : str, default "_Qty"
        What follows the SKU in the name of its quantity column; capitals make no difference.

    Raises
    ------
    ConfigError
        If the suffix is empty or no SKU is named.
    """

    skus: str | Sequence[str] = AUTO
    quantity_suffix: str = "_Qty"

    def __post_init__(self) -> None:
        if not self.quantity_suffix.strip() or (self.skus != AUTO and not self._patterns()):
            raise ConfigError(
                "the layout of the wide log is malformed",
                got=f"skus={self.skus!r}, quantity_suffix={self.quantity_suffix!r}",
                allowed="skus auto or a list of names and patterns; a suffix that is not empty",
                remedy="mend data.skus and data.quantity_suffix",
                reason_code="bad_layout",
            )

    def split(
        self, header: Iterable[str], known: Collection[str]
    ) -> tuple[list[SkuColumns], list[SkuColumns], list[str]]:
        """Sort the columns of a header.

        Parameters
        ----------
        header : iterable of str
            Columns that are not of the row itself (customer, date, …).
        known : collection of str
            Keys (`name_key`) of the SKU map's SKUs; empty without a map.

        Returns
        -------
        list of SkuColumns
            The log's SKUs.
        list of SkuColumns
            Pairs that look like a SKU and are none by the map or the declaration.
        list of str
            All other columns.

        Raises
        ------
        DataError
            If no column is a SKU, a declared one is missing, or two stand for the same SKU.

        Examples
        --------
        >>> header = ["FDM", "FDM_Qty", "X", "X_Qty", "note"]
        >>> skus, pairs, rest = WideLayout().split(header, {"fdm"})
        >>> [s.sku for s in skus], [s.sku for s in pairs], rest
        (['FDM'], ['X'], ['note'])
        """
        names = list(header)
        self._refuse_same(names)
        by_key = {name_key(name): name for name in names}
        suffix = self.quantity_suffix.casefold()
        skus = {k: n for k, n in by_key.items() if not k.endswith(suffix)}
        # A quantity without its gross profit is a SKU's too.
        skus |= {
            k.removesuffix(suffix): n.strip()[: -len(self.quantity_suffix)]
            for k, n in by_key.items()
            if k.endswith(suffix) and k.removesuffix(suffix) not in skus
        }
        chosen, pairs, rest = [], [], []
        for key, name in skus.items():
            columns = SkuColumns(name, by_key.get(key), by_key.get(key + suffix))
            is_pair = columns.gross_profit is not None and columns.quantity is not None
            if self._is_sku(key, known, is_pair=is_pair):
                chosen.append(columns)
            elif is_pair:
                pairs.append(columns)
            else:
                rest.append(columns.gross_profit or str(columns.quantity))
        self._refuse_none(chosen, names)
        return chosen, pairs, rest

    def _patterns(self) -> list[str]:
        given = [self.skus] if isinstance(self.skus, str) else list(self.skus)
        return [name_key(str(pattern)) for pattern in given if str(pattern).strip()]

    def _is_sku(self, key: str, known: Collection[str], *, is_pair: bool) -> bool:
        if self.skus != AUTO:
            return any(fnmatchcase(key, pattern) for pattern in self._patterns())
        return key in known if known else is_pair

    def _refuse_same(self, names: Sequence[str]) -> None:
        keys = [name_key(name) for name in names]
        same = sorted({n for n, k in zip(names, keys, strict=True) if keys.count(k) > 1})
        if same:
            raise DataError(
                "two columns of the wide log stand for one SKU",
                got=", ".join(same),
                allowed="names that differ in more than capitals and blanks",
                remedy="rename or remove one of them",
                reason_code="duplicate_column",
            )

    def _refuse_none(self, chosen: Sequence[SkuColumns], names: Sequence[str]) -> None:
        keys = [name_key(columns.sku) for columns in chosen]
        lost = [] if self.skus == AUTO else self._patterns()
        lost = [p for p in lost if not any(fnmatchcase(key, p) for key in keys)]
        if not chosen or lost:
            raise DataError(
                "the wide log lacks SKU columns",
                got=f"nothing for {', '.join(lost) or 'any SKU of the map'} in "
                f"{', '.join(names[:20]) or 'no column'}",
                allowed="one gross-profit column per SKU, its quantity in "
                f"<SKU>{self.quantity_suffix}",
                remedy="set data.skus, data.quantity_suffix or sku_map",
                reason_code="missing_sku_column",
            )
