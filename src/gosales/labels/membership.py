"""Which lines of the log belong to which target."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import pandas as pd

from gosales.core.columns import DIVISION, DIVISION_KEY, SKU, SKU_KEY, TARGET
from gosales.core.errors import ConfigError
from gosales.core.slug import name_key
from gosales.labels.target import Target

_SHOWN = 12


def membership(
    targets: Sequence[Target], known: pd.DataFrame, *, may_be_absent: bool = False
) -> pd.DataFrame:
    """Pairs (division, SKU) of the log for each target.

    Labels and target-scoped features both use this table, so that they mean the same lines.

    Parameters
    ----------
    targets : sequence of Target
        Distinct keys.
    known : pandas.DataFrame
        What the log sells, from `known_skus`.
    may_be_absent : bool, default False
        Whether a target may match no line; then it has no row.

    Returns
    -------
    pandas.DataFrame
        Columns target (key), division_key, sku_key; sorted.

    Raises
    ------
    ConfigError
        If two targets share a key, or a target matches no line (reason ``unknown_division``).
    """
    keys = [t.key for t in targets]
    twice = sorted({k for k in keys if keys.count(k) > 1})
    if twice:
        raise ConfigError(
            "two targets have the same key",
            got=", ".join(twice),
            allowed="distinct names",
            remedy="rename one of them",
            reason_code="duplicate_target",
        )
    parts = [_of(target, known) for target in targets]
    if not may_be_absent:
        for target, part in zip(targets, parts, strict=True):
            _require(target, part, known)
    columns = [TARGET, DIVISION_KEY, SKU_KEY]
    return pd.concat(parts)[columns].sort_values(columns, ignore_index=True)


def _of(target: Target, known: pd.DataFrame) -> pd.DataFrame:
    if target.skus is not None:
        found = known[known[SKU_KEY].isin(target.sku_keys)]
    else:
        found = known[known[DIVISION_KEY] == target.division_key]
    return found[[DIVISION_KEY, SKU_KEY]].drop_duplicates().assign(**{TARGET: target.key})


def _require(target: Target, found: pd.DataFrame, known: pd.DataFrame) -> None:
    if not found.empty:
        return
    wanted = list(target.skus or [target.division or ""])
    named = {"SKU": sorted(known[SKU].dropna().unique())}
    if target.skus is None:
        named = {"division": sorted(known[DIVISION].dropna().unique()), **named}
    raise ConfigError(
        f"the target {target.name!r} matches no line of the log",
        got=f"{'division' if target.skus is None else 'SKUs'} {', '.join(wanted)}",
        allowed="; ".join(_listed(kind, names, wanted) for kind, names in named.items()),
        remedy="name a division of the log (division=any division.name=...) or a set of its "
        "SKUs (division.skus=[...])",
        reason_code="unknown_division",
    )


def _listed(kind: str, names: list[str], wanted: list[str]) -> str:
    by_key = {name_key(n): n for n in names}
    near = [
        by_key[k]
        for w in wanted
        for k in difflib.get_close_matches(name_key(w), list(by_key), n=_SHOWN, cutoff=0.5)
    ]
    shown = list(dict.fromkeys([*near, *names]))[:_SHOWN]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return f"{kind}s {', '.join(shown)}{more}"
