"""Content digests: the same content gives the same name, everywhere and on every run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_CHUNK = 1 << 20


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(v) for v in value), key=str)
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, np.ndarray):
        return [_plain(v) for v in value.tolist()]
    if isinstance(value, (date, Path)):
        return str(value)
    return value


def canonical_json(value: Any) -> str:
    """Serialise to JSON with sorted keys and no free choices.

    Raises
    ------
    ValueError
        If a number is not finite: a digest of NaN would hide a failure.

    Examples
    --------
    >>> canonical_json({"b": (1, 2), "a": 0.5})
    '{"a":0.5,"b":[1,2]}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_json(value: Any) -> str:
    """SHA-256 of any plain value, dataclass, mapping or sequence (hex, 64 characters)."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def digest_text(text: str) -> str:
    """SHA-256 of a text (hex)."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes (hex), read in chunks."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            state.update(chunk)
    return state.hexdigest()


def digest_array(values: np.ndarray[Any, Any]) -> str:
    """SHA-256 of an array's dtype, shape and bytes (hex): equal means equal to the last bit."""
    array = np.ascontiguousarray(values)
    head = f"{array.dtype.str}{array.shape}".encode()
    return hashlib.sha256(head + array.tobytes()).hexdigest()


def digest_frame(frame: pd.DataFrame) -> str:
    """SHA-256 of a frame's column names and values in the order given (hex).

    Notes
    -----
    Numeric columns enter as float64 bytes, all others as text, so equal digests mean equal
    values to the last bit. Sort rows first when order carries no meaning.
    """
    state = hashlib.sha256()
    for name in frame.columns:
        column = frame[name]
        state.update(str(name).encode() + b"\x00")
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            state.update(column.to_numpy(dtype="float64", na_value=np.nan).tobytes())
        else:
            text = column.astype("string").fillna("\x01")
            state.update("\x00".join(text.tolist()).encode())
    return state.hexdigest()
