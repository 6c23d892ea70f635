"""A table written to a file of the kind its name says, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gosales.core.errors import ConfigError, DataError

_WRITERS: dict[str, Callable[[pa.Table, Path], None]] = {
    ".parquet": lambda rows, path: pq.write_table(rows, path),
    ".csv": lambda rows, path: rows.to_pandas().to_csv(path, index=False),
}


def out_path(out: object) -> Path:
    """The path a user gave, once it is known to say which kind of file is wanted.

    Parameters
    ----------
    out : object
        Value of ``out``.

    Raises
    ------
    ConfigError
        If the name ends in neither ``.parquet`` nor ``.csv``.
    """
    path = Path(str(out)).absolute()
    if path.suffix not in _WRITERS:
        raise ConfigError(
            "the name of the file to write does not say its kind",
            got=f"out={out}",
            allowed=f"a name that ends in {' or '.join(_WRITERS)}",
            remedy="for example out=panel.parquet",
            reason_code="bad_out",
        )
    return path


def write_table(rows: pd.DataFrame | pa.Table, path: Path) -> None:
    """Write a file as Parquet or CSV, by its name; the former file stays until it is whole.

    Raises
    ------
    DataError
        If the folder cannot be written or the disk is full.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(rows, pd.DataFrame):
            rows = pa.Table.from_pandas(rows, preserve_index=False)
        _WRITERS[path.suffix](rows, temporary)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DataError(
            "a file cannot be written",
            got=f"{path}: {error.strerror or error}",
            allowed="a writable folder with room",
            remedy="free room, or set out or paths.outputs",
            reason_code="cannot_write",
        ) from error
