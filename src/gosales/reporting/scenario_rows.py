"""The scenario grid as lines that fit a terminal and a page."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from gosales.reporting.number_text import MISSING

SCENARIO_COLUMNS: Final = (
    "scenario", "accounts", "expected GP", "realised GP [95 %]", "GP captured [95 %]",
    "precision [95 %]",
)  # fmt: skip


def scenario_rows(table: pd.DataFrame, population: str) -> tuple[tuple[str, ...], ...]:
    """Scenarios of one population, the best first; those left out are not among them.

    Parameters
    ----------
    table : pandas.DataFrame
        From `ScenarioGrid.table`.
    population : str
        Which.
    """
    if table.empty:
        return ()
    rows = table[(table["population"] == population) & table["size"].notna()]
    return tuple(
        (
            str(r["scenario"]),
            f"{r['size']:,.0f}",
            _money(r["expected_gp"]),
            _bounded(r, "realised_gp", _money),
            _bounded(r, "rev_capture", _share),
            _bounded(r, "precision", _share),
        )
        for r in rows.to_dict("records")
    )


def _bounded(row: dict[Any, Any], name: str, text: Any) -> str:
    value, lo, hi = (row[f"{name}{end}"] for end in ("", "_lo", "_hi"))
    if not math.isfinite(value):
        return MISSING
    bounds = f"[{text(lo)}, {text(hi)}]" if math.isfinite(lo) else "(insufficient)"
    return f"{text(value)} {bounds}"


def _money(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else MISSING


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"
