"""A family's columns on a star, as pandas: what its tests look at."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

import pandas as pd

from gosales.core.slug import name_key
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import Star
from gosales.features.family import FeatureFamily

Blocks = dict[tuple[str, str | None], pd.DataFrame]


def table(text: str) -> pd.DataFrame:
    """A frame from blank-separated text; ``-`` is null."""
    return pd.read_csv(StringIO(text), sep=r"\s+", na_values="-", dtype={"customer_id": str})


def members(**targets: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Membership from ``target=[(division, sku), ...]``."""
    rows = [
        (target, name_key(division), name_key(sku))
        for target, pairs in targets.items()
        for division, sku in pairs
    ]
    return pd.DataFrame(rows, columns=["target", "division_key", "sku_key"])


def view_of(
    family: FeatureFamily,
    star: Star,
    cutoffs: Sequence[str],
    membership: pd.DataFrame,
    engine: DuckDBEngine | None = None,
) -> AsOfView:
    """A view that serves what the family declares."""
    lookbacks = {s.lookback for s in family.specs() if s.lookback is not None}
    parsed = [Cutoff.parse(c) for c in cutoffs]
    return AsOfView(star, parsed, engine or DuckDBEngine(threads=1), list(lookbacks), membership)


def family_blocks(
    family: FeatureFamily, star: Star, cutoffs: Sequence[str], membership: pd.DataFrame
) -> Blocks:
    """Frames by (cutoff, target), sorted by customer; target None: the columns of all lines."""
    engine = DuckDBEngine(threads=1)
    block = family.compute(view_of(family, star, cutoffs, membership, engine))
    found: Blocks = {}
    if block.all is not None:
        frame = _fetched(engine, block.all)
        found |= {(c, None): _rows(frame, cutoff=c) for c in cutoffs}
    if block.target is not None:
        frame = _fetched(engine, block.target)
        for target in membership["target"].unique():
            found |= {(c, target): _rows(frame, cutoff=c, target=target) for c in cutoffs}
    engine.close()
    return found


def _fetched(engine: DuckDBEngine, expression: object) -> pd.DataFrame:
    frame = engine.run(expression)
    frame["cutoff"] = pd.to_datetime(frame["cutoff"]).dt.strftime("%Y-%m-%d")
    return frame.sort_values("customer_id")


def _rows(frame: pd.DataFrame, **keys: str) -> pd.DataFrame:
    for name, value in keys.items():
        frame = frame[frame[name] == value].drop(columns=name)
    return frame.reset_index(drop=True)


def filled(frame: pd.DataFrame, customers: Sequence[str], family: FeatureFamily) -> pd.DataFrame:
    """Rows of the customers, in order; absent ones null or zero by declaration."""
    out = frame.set_index("customer_id").reindex(list(customers))
    zero = {s.name: 0.0 for s in family.specs() if s.name in out and not s.nullable}
    # Only absent rows are filled: a null that the family wrote must show.
    absent = ~out.index.isin(frame["customer_id"])
    for name, value in zero.items():
        out.loc[absent, name] = value
    return out


def family_frame(
    family: FeatureFamily,
    star: Star,
    cutoff: str,
    membership: pd.DataFrame,
    target: str | None = None,
) -> pd.DataFrame:
    """One frame, by customer; column names without family and scope."""
    frame = family_blocks(family, star, [cutoff], membership)[cutoff, target]
    frame = frame.set_index("customer_id")
    scope = "all" if target is None else "target"
    short = {c: c.removeprefix(f"{family.name}__").replace(f"__{scope}__", " ") for c in frame}
    return frame.rename(columns=short)
