"""Rows, accounts and positives of each cutoff of a panel."""

from __future__ import annotations

import pandas as pd

from gosales.core.columns import CUTOFF, LABEL
from gosales.features.panel import Panel


def panel_summary(training: Panel, forward: Panel | None) -> pd.DataFrame:
    """Count what the model learned from and what it was judged on.

    Parameters
    ----------
    training : Panel
        Labelled rows.
    forward : Panel or None
        Rows at the requested cutoff, labelled or not.

    Returns
    -------
    pandas.DataFrame
        Columns role (training, forward), cutoff, rows, accounts, labelled, positives,
        positive_accounts; one row per cutoff.
    """
    parts = [("training", training)] + ([] if forward is None else [("forward", forward)])
    rows = [
        {"role": role, "cutoff": str(cutoff), **_counts(panel.rows[panel.rows[CUTOFF] == cutoff])}
        for role, panel in parts
        for cutoff in sorted(panel.rows[CUTOFF].unique())
    ]
    head = ["role", "cutoff", "rows", "accounts", "labelled", "positives", "positive_accounts"]
    return pd.DataFrame(rows, columns=head)


def _counts(rows: pd.DataFrame) -> dict[str, int]:
    bought = rows[LABEL] == 1.0
    return {
        "rows": len(rows),
        "accounts": int(rows["group"].nunique()),
        "labelled": int(rows[LABEL].notna().sum()),
        "positives": int(bought.sum()),
        "positive_accounts": int(rows.loc[bought, "group"].nunique()),
    }
