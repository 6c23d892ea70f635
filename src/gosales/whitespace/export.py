"""The list as files: Parquet for machines, CSV that no spreadsheet will execute."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd

from gosales.core.errors import DataError
from gosales.whitespace.ranked_list import RankedList

_DIGITS = 4
# A spreadsheet runs a cell that begins with one of these.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text a spreadsheet would execute; leave numbers as they are.

    Column names are text too: attribute names come from the data.

    Examples
    --------
    >>> neutral(pd.DataFrame({"name": ["=1+1", "Acme"], "p": [-0.5, 0.1]})).values.tolist()
    [["'=1+1", -0.5], ['Acme', 0.1]]
    """
    out = frame.copy()
    for name in out.columns:
        if pd.api.types.is_numeric_dtype(out[name]) or pd.api.types.is_bool_dtype(out[name]):
            continue
        text = out[name].astype("string")
        risky = text.str.startswith(_DANGEROUS).fillna(value=False)
        out[name] = text.where(~risky, "'" + text)
    return out.rename(columns=lambda c: f"'{c}" if str(c).startswith(_DANGEROUS) else c)


def export_list(ranked: RankedList, folder: Path, stem: str = "whitespace") -> dict[str, Path]:
    """Write ``<stem>.parquet``, ``.csv`` and ``.json``, each whole or not at all.

    Parameters
    ----------
    ranked : RankedList
        The list.
    folder : pathlib.Path
        Created when absent.
    stem : str
        File name without ending.

    Returns
    -------
    dict of str to pathlib.Path
        By kind. The JSON says how the list came about, with its checksum and an idempotent key.

    Raises
    ------
    DataError
        If the folder cannot be written; then no file of the list is replaced.

    Notes
    -----
    All three are written beside their places before the first is moved there; the JSON is moved
    last, so that its checksum vouches for the other two.
    """
    paths = {kind: folder / f"{stem}.{kind}" for kind in ("parquet", "csv", "json")}
    waiting = {kind: p.with_name(f".{p.name}.{os.getpid()}.tmp") for kind, p in paths.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(ranked, waiting)
        for kind, path in paths.items():
            waiting[kind].replace(path)
    except OSError as error:
        raise DataError(
            "the list cannot be written",
            got=f"{folder}: {error.strerror or error}",
            allowed="a writable folder with room",
            remedy="free room, or set paths.outputs",
            reason_code="cannot_write",
        ) from error
    finally:
        _discard(waiting)
    return paths


def _write(ranked: RankedList, paths: dict[str, Path]) -> None:
    ranked.rows.to_parquet(paths["parquet"], index=False)
    # For reading, not for computing: the Parquet file has every digit.
    neutral(ranked.rows.round(_DIGITS)).to_csv(paths["csv"], index=False, encoding="utf-8")
    text = json.dumps(ranked.account(), indent=2, sort_keys=True)
    paths["json"].write_text(text + "\n", encoding="utf-8")


def _discard(paths: dict[str, Path]) -> None:
    for path in paths.values():
        if path.parent.is_dir():
            path.unlink(missing_ok=True)
