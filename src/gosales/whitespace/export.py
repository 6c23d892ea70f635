"""The list as files: Parquet for machines, CSV that no spreadsheet will execute."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gosales.core.errors import DataError
from gosales.whitespace.ranked_list import RankedList

# A spreadsheet runs a cell that begins with one of these.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text a spreadsheet would execute; leave numbers as they are.

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
    return out


def export_list(ranked: RankedList, folder: Path, stem: str = "whitespace") -> dict[str, Path]:
    """Write ``<stem>.parquet`` and ``<stem>.csv``, each whole or not at all.

    Parameters
    ----------
    ranked : RankedList
        The list.
    folder : pathlib.Path
        Created when absent.
    stem : str
        File name without ending.

    Raises
    ------
    DataError
        If the folder cannot be written.
    """
    paths = {kind: folder / f"{stem}.{kind}" for kind in ("parquet", "csv")}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, path in paths.items():
            temporary = path.with_name(f".{path.name}.tmp")
            if kind == "parquet":
                ranked.rows.to_parquet(temporary, index=False)
            else:
                neutral(ranked.rows).to_csv(temporary, index=False, encoding="utf-8")
            temporary.replace(path)
    except OSError as error:
        raise DataError(
            "the list cannot be written",
            got=f"{folder}: {error.strerror or error}",
            allowed="a writable folder with room",
            remedy="free room, or set paths.outputs",
            reason_code="cannot_write",
        ) from error
    return paths
