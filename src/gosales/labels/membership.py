"""Which lines of the log belong to which target."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import pandas as pd

from gosales.core.columns import DIVISION, DIVISION_KEY, SKU, SKU_KEY, TARGET
from gosales.core.errors import ConfigError
from gosales.data.engine import Engine
from gosales.data.star import TRANSACTIONS, Star
from gosales.labels.target import Target

_SHOWN = 12


def membership(targets: Sequence[Target], star: Star, engine: Engine) -> pd.DataFrame:
    """Pairs (division, SKU) of the log for each target.

    Labels and target-scoped features both use this table, so that they mean the same lines.

    Parameters
    ----------
    targets : sequence of Target
        Distinct keys.
    star : Star
        The log.
    engine : Engine
        Where the query runs.

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
    known = _known(star, engine)
    parts = [_of(target, known) for target in targets]
    columns = [TARGET, DIVISION_KEY, SKU_KEY]
    return pd.concat(parts)[columns].sort_values(columns, ignore_index=True)


def _known(star: Star, engine: Engine) -> pd.DataFrame:
    lines = engine.read(star.table(TRANSACTIONS))
    return engine.run(lines.select(DIVISION, DIVISION_KEY, SKU, SKU_KEY).distinct())


def _of(target: Target, known: pd.DataFrame) -> pd.DataFrame:
    if target.skus is not None:
        found = known[known[SKU_KEY].isin(target.sku_keys)]
        column, wanted = SKU, ", ".join(target.skus)
    else:
        found = known[known[DIVISION_KEY] == target.division_key]
        column, wanted = DIVISION, str(target.division)
    if found.empty:
        names = sorted(known[column].dropna().unique())
        near = difflib.get_close_matches(wanted, names, n=_SHOWN, cutoff=0.3) or names[:_SHOWN]
        more = f" (of {len(names)})" if len(names) > len(near) else ""
        raise ConfigError(
            f"the target {target.name!r} matches no line of the log",
            got=f"{column} {wanted}",
            allowed=", ".join(near) + more,
            remedy='division=any division.name="<a division of the log>"',
            reason_code="unknown_division",
        )
    return found[[DIVISION_KEY, SKU_KEY]].drop_duplicates().assign(**{TARGET: target.key})
