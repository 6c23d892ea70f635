"""Windowed columns that hang on values without a date."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from gosales.core.columns import CUSTOMER, CUTOFF, PARENT_ACCOUNT, REP
from gosales.core.seeds import derive_seed
from gosales.data.star import CUSTOMERS
from gosales.data.swapped_star import swapped_star
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.fresh_panel import fresh_panel
from gosales.gauntlet.panel_difference import panel_differences


def undated_columns(context: GauntletContext) -> list[str]:
    """Columns with a window that change when accounts swap attributes, representatives, parents.

    Parameters
    ----------
    context : GauntletContext
        Candidate and star.

    Notes
    -----
    Costs one build, and none where the log holds no such value. Dated parts of a column do not
    matter: a gap between an attribute and last year's orders hangs on the attribute.
    """
    if not _has_undated_values(context):
        return []
    cutoffs = sorted({*context.training.cutoffs, *context.forward.cutoffs})
    dest = context.workdir / "swapped"
    star = swapped_star(context.star, dest, derive_seed(context.seed, "undated_columns"))
    try:
        swapped = context.candidate.build(star, cutoffs, cached=False)
    finally:
        shutil.rmtree(dest, ignore_errors=True)
    true, swapped = _of_same_rows(fresh_panel(context, cutoffs), swapped)
    changed = {d["column"] for d in panel_differences(true, swapped, "features")}
    return [s.name for s in true.specs if s.lookback is not None and s.name in changed]


def _has_undated_values(context: GauntletContext) -> bool:
    if any(attribute.usable for attribute in context.star.manifest.attributes.values()):
        return True
    path = context.star.table(CUSTOMERS)
    names = [n for n in (REP, PARENT_ACCOUNT) if n in pq.read_schema(path).names]
    table = pq.read_table(path, columns=names)
    return any(column.null_count < len(column) for column in table.columns)


def _of_same_rows(one: Panel, other: Panel) -> tuple[Panel, Panel]:
    """The rows that both have: who is on the roster may hang on undated values too."""
    keys = [pd.MultiIndex.from_frame(p.rows[[CUSTOMER, CUTOFF]].astype(str)) for p in (one, other)]
    place = keys[1].get_indexer(keys[0])
    return one.take(np.flatnonzero(place >= 0)), other.take(place[place >= 0])
