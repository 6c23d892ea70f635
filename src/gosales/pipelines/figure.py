"""One figure of a run: as logged, as recomputed, and whether they are the same."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Judgement(StrEnum):
    """What became of a figure."""

    SAME = "same"
    DIFFERS = "DIFFERS"
    NO_ARTIFACT = "NO ARTIFACT"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class Figure:
    """One comparison.

    Parameters
    ----------
    where : str
        File or place that shows it.
    name : str
        Which figure.
    logged, recomputed : str
        Both as text; empty where there is none.
    judgement : Judgement
        ``no artifact`` where the run holds nothing to recompute it from; ``not judged`` where
        that is another run's to tell.
    """

    where: str
    name: str
    logged: str
    recomputed: str
    judgement: Judgement

    @property
    def closes(self) -> bool:
        """Whether it closes the gate."""
        return self.judgement in (Judgement.DIFFERS, Judgement.NO_ARTIFACT)


def compared(
    where: str, logged: Mapping[str, Any], recomputed: Mapping[str, Any], tolerance: float
) -> Iterator[Figure]:
    """Compare two sets of plain values by name.

    Parameters
    ----------
    where : str
        File or place.
    logged, recomputed : mapping of str to value
        Numbers, texts, None.
    tolerance : float
        Numbers are the same within this share of the larger one, or within this distance of 0.

    Yields
    ------
    Figure
        A name that only one side holds differs; null and NaN are the same.

    Examples
    --------
    >>> found = compared("metrics", {"auc": 0.8, "n": 5}, {"auc": 0.7, "n": 5}, 1e-9)
    >>> [(f.name, str(f.judgement)) for f in found]
    [('auc', 'DIFFERS'), ('n', 'same')]
    """
    for name in dict.fromkeys((*logged, *recomputed)):
        both = name in logged and name in recomputed
        same = both and _same(logged[name], recomputed[name], tolerance)
        yield Figure(
            where,
            name,
            _text(logged.get(name, "")),
            _text(recomputed.get(name, "")),
            Judgement.SAME if same else Judgement.DIFFERS,
        )


def _same(a: Any, b: Any, tolerance: float) -> bool:
    if _is_null(a) or _is_null(b):
        return _is_null(a) and _is_null(b)
    if isinstance(a, str) or isinstance(b, str):
        return str(a) == str(b)
    return math.isclose(float(a), float(b), rel_tol=tolerance, abs_tol=tolerance)


def _is_null(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _text(value: Any) -> str:
    if _is_null(value):
        return ""
    is_float = isinstance(value, float) and not float(value).is_integer()
    return f"{value:.6g}" if is_float else str(value)
