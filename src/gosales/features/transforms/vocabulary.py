"""Categories as numbers, with the levels the training rows knew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
import pandas as pd

from gosales.core.digests import digest_text
from gosales.core.errors import ConfigError, InternalError
from gosales.core.slug import slug
from gosales.features.spec import FeatureSpec

_ENCODINGS: Final = ("one_hot", "ordinal")
_OTHER, _MISSING = "other", "missing"


@dataclass(frozen=True)
class FittedVocabulary:
    """The levels of each category column.

    Parameters
    ----------
    levels : mapping of str to tuple of str
        Column to its known levels, sorted.
    encoding : {"one_hot", "ordinal"}
        ``one_hot``: columns ``<name>_is_<level>``, ``_is_other`` and ``_is_missing``.
        ``ordinal``: the position of the level, then one for other, and -1 where null.
    """

    levels: Mapping[str, tuple[str, ...]]
    encoding: str

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        """Replace each category column by its numbers; one-hot columns come last.

        Raises
        ------
        InternalError
            If a column is not there.
        """
        lost = [c for c in self.levels if c not in X.columns]
        if lost:
            raise InternalError(
                "a category column is not in the matrix",
                got=f"without {', '.join(lost[:5])}",
                allowed="every column the transforms were fitted on",
                remedy="build the features with the model's own specs",
                reason_code="bad_matrix",
            )
        if not self.levels:
            return X
        codes = {name: _codes(X[name], levels) for name, levels in self.levels.items()}
        if self.encoding == "ordinal":
            return X.assign(**{name: code.astype("float64") for name, code in codes.items()})
        parts = [X.drop(columns=list(self.levels))]
        parts += [self._one_hot(name, code, X.index) for name, code in codes.items()]
        return pd.concat(parts, axis=1)

    def _one_hot(self, name: str, code: np.ndarray, index: pd.Index) -> pd.DataFrame:
        ends = _column_ends(self.levels[name])
        # The last column is "missing"; a code of -1 points at it.
        slots = np.where(code < 0, len(ends) - 1, code)
        table = (slots[:, None] == np.arange(len(ends))).astype("float64")
        return pd.DataFrame(table, index=index, columns=[f"{name}_is_{end}" for end in ends])

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        # A list, not a mapping: JSON objects are sorted when stored, and columns have an order.
        pairs = [[name, list(levels)] for name, levels in self.levels.items()]
        return {"encoding": self.encoding, "levels": pairs}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore."""
        levels = {str(name): tuple(map(str, known)) for name, known in state["levels"]}
        return cls(levels, str(state["encoding"]))


@dataclass(frozen=True)
class Vocabulary:
    """Learns which levels of each category are frequent enough to stand for themselves.

    Parameters
    ----------
    encoding : {"one_hot", "ordinal"}, default "one_hot"
        How a level becomes numbers.
    min_count : int, default 20
        Levels on fewer training rows are "other", like levels never seen.
    max_levels : int, default 30
        At most so many levels, the most frequent first (ties: by name).
    """

    encoding: str = "one_hot"
    min_count: int = 20
    max_levels: int = 30
    name: str = field(default="vocabulary", init=False)

    def __post_init__(self) -> None:
        if self.encoding not in _ENCODINGS or self.min_count < 1 or self.max_levels < 1:
            raise ConfigError(
                "the vocabulary transform is malformed",
                got=f"encoding={self.encoding!r}, min_count={self.min_count}, "
                f"max_levels={self.max_levels}",
                allowed=f"encoding one of {', '.join(_ENCODINGS)}, counts >= 1",
                remedy="mend features.transforms.vocabulary",
                reason_code="bad_transform",
            )

    def fit(self, X: pd.DataFrame, specs: Sequence[FeatureSpec]) -> FittedVocabulary:
        """Learn the levels of every category column present."""
        names = [s.name for s in specs if s.dtype == "category" and s.name in X.columns]
        return FittedVocabulary({n: self._levels(X[n]) for n in names}, self.encoding)

    def _levels(self, column: pd.Series) -> tuple[str, ...]:
        counts = column.dropna().astype(str).value_counts()
        frequent = [(-int(n), str(level)) for level, n in counts.items() if n >= self.min_count]
        return tuple(sorted(level for _, level in sorted(frequent)[: self.max_levels]))


def _codes(column: pd.Series, levels: Sequence[str]) -> np.ndarray:
    absent = column.isna().to_numpy()
    text = column.astype(object).where(~absent, "").astype(str)
    known, asked = pd.Index(list(levels), dtype=object), pd.Index(text, dtype=object)
    place = known.get_indexer(asked)
    codes = np.where(place < 0, len(levels), place)
    return np.where(absent, -1, codes)


def _column_ends(levels: Sequence[str]) -> list[str]:
    plain = [slug(level) for level in levels]
    taken = {s for s in plain if plain.count(s) > 1} | {_OTHER, _MISSING}
    ends = [
        f"{s}_{digest_text(level)[:8]}" if s in taken else s
        for s, level in zip(plain, levels, strict=True)
    ]
    return [*ends, _OTHER, _MISSING]
