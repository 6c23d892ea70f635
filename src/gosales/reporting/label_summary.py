"""The audit of labels in short form: what fits a card, a note and a terminal."""

from __future__ import annotations

from typing import Any

import pandas as pd

LABEL_COLUMNS = (
    "role", "cutoff", "until", "w/c/p", "rows", "positive", "rate [95 %]", "n/e/r", "returns",
    "guard",
)  # fmt: skip
LABEL_LEGEND = (
    "until: last day of the label window; w/c/p: warm, cold and prospect accounts on the roster; "
    "positive: rows (accounts); n/e/r: positive rows by cohort, new logo, expansion, renewal-like; "
    "returns: accounts that only returned; rates with 95 % Wilson intervals on accounts"
)
_SEGMENTS = ("warm", "cold", "prospect")
_COHORTS = ("new_logo_positives", "expansion_positives", "renewal_like_positives")


def label_summary(table: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Cells of `LABEL_COLUMNS`, a row per cutoff.

    Parameters
    ----------
    table : pandas.DataFrame
        From `gosales.labels.label_audit`, with ``role``; also as read back from its CSV file.
    """
    return tuple(_line(row) for row in table.to_dict("records"))


def label_remarks(table: pd.DataFrame) -> tuple[str, ...]:
    """One sentence each on what the short form leaves out; nothing where all is well."""
    sums = table[["buyers_off_roster", "unmeasured_accounts", "denied_value"]].fillna(0.0).sum()
    off, dark, denied = (float(sums[name]) for name in sums.index)
    said = {
        f"Buyers in these windows who are no row here: {off:,.0f}.": off,
        f"Accounts labelled 0 whose purchases carry no measure: {dark:,.0f}.": dark,
        f"Value of denylisted SKUs removed: {denied:,.2f}.": denied,
    }
    return tuple(text for text, value in said.items() if value)


def _line(row: dict[Any, Any]) -> tuple[str, ...]:
    head = (
        str(row["role"]),
        str(row["cutoff"]),
        str(row["window_end"]),
        _joined(row, _SEGMENTS),
        f"{int(row['rows']):,}",
    )
    if bool(row["censored"]) or not int(row["rows"]):
        state = "censored" if bool(row["censored"]) else "–"
        return (*head, state, *("–",) * 3, str(row["guard"]))
    rate, lo, hi = (100.0 * float(row[f"base_rate{end}"]) for end in ("", "_lo", "_hi"))
    return (
        *head,
        f"{int(row['positives']):,} ({int(row['positive_accounts']):,})",
        f"{rate:.1f} [{lo:.1f}, {hi:.1f}] %",
        _joined(row, _COHORTS),
        f"{int(row['return_only_accounts']):,}",
        str(row["guard"]),
    )


def _joined(row: dict[Any, Any], names: tuple[str, ...]) -> str:
    return "/".join(f"{int(row[name]):,}" for name in names)
