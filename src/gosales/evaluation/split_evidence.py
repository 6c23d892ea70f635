"""Files from which anyone can check how the panel was split."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.features.panel import Panel

_OVERLAP_COLUMNS = ["fold", "kind", "key"]


def write_split_evidence(plan: FoldPlan, panel: Panel, folder: Path) -> dict[str, Path]:
    """Write the manifest, the assignments and the overlap of a plan.

    Parameters
    ----------
    plan : FoldPlan
        Folds of ``panel``.
    panel : Panel
        The training panel.
    folder : pathlib.Path
        Created if absent.

    Returns
    -------
    dict of str to pathlib.Path
        ``cv_manifest`` (seed, folds, purge days, customers per fold, overlap rows),
        ``fold_assignments`` (one row per fold, side and panel row: fold, side, row, customer_id,
        cutoff, group) and ``overlap`` (accounts, customers or rows on both sides of a fold; must
        hold no row but its head).
    """
    folder.mkdir(parents=True, exist_ok=True)
    overlap = pd.DataFrame(
        [hit for fold in plan.folds for hit in _overlap(fold, panel)], columns=_OVERLAP_COLUMNS
    )
    paths = {
        "cv_manifest": folder / "cv_manifest.json",
        "fold_assignments": folder / "fold_assignments.parquet",
        "overlap": folder / "overlap.csv",
    }
    manifest = {**plan.manifest, "scheme": plan.scheme, "overlap_rows": len(overlap)}
    text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False)
    paths["cv_manifest"].write_text(text + "\n", encoding="utf-8")
    _assignments(plan, panel).to_parquet(paths["fold_assignments"], index=False)
    overlap.to_csv(paths["overlap"], index=False)
    return paths


def _assignments(plan: FoldPlan, panel: Panel) -> pd.DataFrame:
    keys = panel.rows[[CUSTOMER, CUTOFF, "group"]]
    parts = []
    for fold in plan.folds:
        for side, rows in (("train", fold.train), ("valid", fold.valid)):
            part = keys.iloc[rows].assign(row=rows)
            part.insert(0, "fold", fold.name)
            part.insert(1, "side", side)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _overlap(fold: Fold, panel: Panel) -> list[tuple[str, str, str]]:
    customers = panel.rows[CUSTOMER].to_numpy(dtype=object)
    kinds = {
        "account": panel.groups,
        "customer": customers,
        "row": np.arange(len(panel)).astype(str),
    }
    return [
        (fold.name, kind, key)
        for kind, keys in kinds.items()
        for key in sorted(set(map(str, keys[fold.train])) & set(map(str, keys[fold.valid])))
    ]
