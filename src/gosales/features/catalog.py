"""The feature catalog: what each column is, what it used, and whether SAFE keeps it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gosales.core.columns import CUTOFF
from gosales.features.panel import Panel
from gosales.features.safe import SafeDecision
from gosales.features.spec import STATIC


def catalog(panel: Panel, decisions: Sequence[SafeDecision]) -> pd.DataFrame:
    """One row per declared column.

    Parameters
    ----------
    panel : Panel
        Gives coverage and the newest dates.
    decisions : sequence of SafeDecision
        Of every declared column, kept or dropped.

    Returns
    -------
    pandas.DataFrame
        Columns name, family, measure, scope, window (with its lag), lag_days (null for a static
        attribute), tables (whose rows its window was served; null for a dropped column),
        newest_event_date (latest over them and the panel's cutoffs), coverage (share of rows with
        a value; null for a dropped column), monotone, safe_decision (keep or drop), safe_reason,
        description.
    """
    dates = panel.provenance[panel.provenance[CUTOFF].isin(panel.rows[CUTOFF].unique())]
    newest = dates.groupby("feature")["newest_date"].max()
    tables = dates.dropna(subset="table").groupby("feature")["table"].agg(_listed)
    rows = []
    for decision in decisions:
        spec = decision.spec
        present = spec.name in panel.X.columns
        rows.append(
            {
                "name": spec.name,
                "family": spec.family,
                "measure": spec.measure,
                "scope": spec.scope,
                "window": STATIC if spec.lookback is None else spec.lookback.token,
                "lag_days": None if spec.lookback is None else spec.lookback.lag_days,
                "tables": tables.get(spec.name) if present else None,
                "newest_event_date": newest.get(spec.name) if present else None,
                "coverage": float(panel.X[spec.name].notna().mean()) if present else None,
                "monotone": spec.monotone,
                "safe_decision": "keep" if decision.keep else "drop",
                "safe_reason": decision.reason,
                "description": spec.description,
            }
        )
    return pd.DataFrame(rows).astype({"lag_days": "Int64"})


def _listed(tables: pd.Series) -> str:
    return ", ".join(sorted(set(tables)))
