"""The feature catalog as a table that fits a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Self

import pandas as pd

from gosales.core.timeline import Lookback
from gosales.features.description import described
from gosales.features.spec import STATIC

_SIGNS: Final = {1: "+", -1: "-"}


@dataclass(frozen=True)
class CatalogTable:
    """Every column of a catalog, family by family, and the reasons of the SAFE policy below.

    Parameters
    ----------
    rows : tuple of tuple of str
        As many cells as `COLUMNS`. A family's name stands in a row of its own, above its
        measures.
    reasons : tuple of str
        One line per reason, beginning with the number that rows cite.

    Notes
    -----
    Everything is taken from the frame that is written as ``feature_catalog.csv``. Window and lag
    have cells of their own, so the meaning leaves them out; names are
    ``family__measure__scope__window``.
    """

    COLUMNS = ("measure", "scope", "window", "lag", "cover", "sign", "SAFE", "meaning")

    rows: tuple[tuple[str, ...], ...]
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, catalog: pd.DataFrame) -> Self:
        """Lay out a catalog.

        Parameters
        ----------
        catalog : pandas.DataFrame
            As of `gosales.features.catalog.catalog`, or read back from its file.
        """
        pairs = [
            tuple(p) for p in catalog[["safe_decision", "safe_reason"]].itertuples(index=False)
        ]
        numbers = {pair: i for i, pair in enumerate(dict.fromkeys(pairs), 1)}
        rows: list[tuple[str, ...]] = []
        for family, lines in groupby(catalog.to_dict("records"), key=lambda row: row["family"]):
            rows.append((str(family), *[""] * (len(cls.COLUMNS) - 1)))
            rows += [_cells({str(k): v for k, v in line.items()}, numbers) for line in lines]
        reasons = tuple(
            f"{number}: {decision}, {reason} ({pairs.count((decision, reason))} columns)"
            for (decision, reason), number in numbers.items()
        )
        return cls(tuple(rows), reasons)


def _cells(row: dict[str, Any], numbers: dict[tuple[Any, ...], int]) -> tuple[str, ...]:
    lookback = None if row["window"] == STATIC else Lookback.parse(str(row["window"]))
    window, lag = STATIC, ""
    if lookback is not None:
        window = lookback.token.partition("_lag")[0]
        lag = f"{lookback.lag_days} d" if lookback.lag_days else "0"
    return (
        f"  {row['measure']}",
        str(row["scope"]),
        window,
        lag,
        "–" if pd.isna(row["coverage"]) else f"{row['coverage']:.0%}",
        _SIGNS.get(int(row["monotone"]), ""),
        f"{row['safe_decision']} {numbers[row['safe_decision'], row['safe_reason']]}",
        _meaning(str(row["description"]), str(row["scope"]), lookback),
    )


def _meaning(description: str, scope: str, lookback: Lookback | None) -> str:
    """What is measured, without the scope and the window that the row tells anyway."""
    if lookback is None:
        return description
    for place in (scope, "all"):
        suffix = described("", place, lookback)
        if suffix and description.endswith(suffix):
            return description.removesuffix(suffix)
    return description
