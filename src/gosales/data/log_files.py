"""The files a source names, found or refused at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gosales.core.errors import DataError


def log_files(places: Mapping[str, Sequence[str]], *, suffix: str) -> dict[str, list[Path]]:
    """Resolve files and folders.

    Parameters
    ----------
    places : mapping of str to sequence of str
        Per table: files, or folders whose files with the suffix (at any depth) belong together.
        Only the transactions may be more than one file.
    suffix : str
        For example ``".parquet"``.

    Returns
    -------
    dict of str to list of pathlib.Path
        Per table: sorted, each file once.

    Raises
    ------
    DataError
        Naming everything that is missing.
    """
    found: dict[str, list[Path]] = {}
    lost = []
    for table, given in places.items():
        if table == "transactions":
            files = sorted({f for place in given for f in _inside(Path(place), suffix)})
            if not files:
                lost.append(f"no *{suffix} in {', '.join(given)}")
        else:
            files = [Path(place) for place in given]
        lost += [f"no {f}" for f in files if not f.is_file()]
        found[table] = files
    if lost:
        raise DataError(
            "a source file is missing",
            got=", ".join(lost),
            allowed="files that exist (relative to where the command runs)",
            remedy="set " + ", ".join(f"data.{table}" for table in places),
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
