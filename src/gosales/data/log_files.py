"""The files a source names, found or refused at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gosales.core.errors import DataError


def log_files(
    transactions: str | Sequence[str], customers: str | None, assets: str | None, *, suffix: str
) -> dict[str, list[Path]]:
    """Resolve files and folders.

    Parameters
    ----------
    transactions : str or sequence of str
        Files, or folders whose files with the suffix (at any depth) belong together.
    customers, assets : str or None
        Files.
    suffix : str
        For example ``".parquet"``.

    Returns
    -------
    dict of str to list of pathlib.Path
        Keys transactions, customers, assets; sorted, each file once.

    Raises
    ------
    DataError
        Naming everything that is missing.
    """
    places = [transactions] if isinstance(transactions, str) else list(transactions)
    found = {
        "transactions": sorted({f for place in places for f in _inside(Path(place), suffix)}),
        "customers": [] if customers is None else [Path(customers)],
        "assets": [] if assets is None else [Path(assets)],
    }
    lost = [f"no {f}" for files in found.values() for f in files if not f.is_file()]
    if not found["transactions"]:
        lost.append(f"no *{suffix} in {', '.join(map(str, places))}")
    if lost:
        raise DataError(
            "a source file is missing",
            got=", ".join(lost),
            allowed="files that exist (relative to where the command runs)",
            remedy="set data.transactions, data.customers or data.assets",
            reason_code="missing_file",
        )
    return found


def _inside(place: Path, suffix: str) -> list[Path]:
    if not place.is_dir():
        return [place]
    # Hidden folders are not the log; .gosales holds the stars made from it.
    return [
        file
        for file in place.rglob(f"*{suffix}")
        if not any(part.startswith(".") for part in file.relative_to(place).parts)
    ]
