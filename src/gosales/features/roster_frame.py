"""Feature columns laid out on the rows of a roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.features.frame_cache import Place
from gosales.features.spec import FeatureSpec

Blocks = Mapping[Place, pd.DataFrame]


class RosterFrame:
    """Places the customers of feature blocks on the rows of a roster.

    Parameters
    ----------
    roster : pandas.DataFrame
        customer_id and cutoff (ISO text), sorted by cutoff.

    Notes
    -----
    Each cutoff's customers are hashed once for all families and targets, and every column is
    written once into its final place.
    """

    def __init__(self, roster: pd.DataFrame) -> None:
        self._length = len(roster)
        cutoffs = roster[CUTOFF].to_numpy(dtype=object)
        starts = np.flatnonzero(np.r_[True, cutoffs[1:] != cutoffs[:-1]])[: self._length]
        ends = [*starts[1:].tolist(), self._length]
        customers = roster[CUSTOMER].to_numpy(dtype=object)
        self._parts = [
            (str(cutoffs[a]), a, pd.Index(customers[a:b], dtype=object))
            for a, b in zip(starts.tolist(), ends, strict=True)
        ]

    def columns(
        self, blocks: Sequence[tuple[Sequence[FeatureSpec], Blocks]], target: str | None
    ) -> pd.DataFrame:
        """Columns of one scope, absent rows filled by declaration.

        Parameters
        ----------
        blocks : sequence of (specs, blocks)
            For each family the columns to take and its frames by place.
        target : str or None
            Whose frames; None for scope ``all``.

        Returns
        -------
        pandas.DataFrame, shape (len(roster), number of specs)
            Null where nullable, else zero.
        """
        wanted = [s for specs, _ in blocks for s in specs]
        out = {s.name: _empty(s, self._length) for s in wanted}
        for specs, frames in blocks:
            for cutoff, start, index in self._parts if specs else ():
                block = frames[cutoff, target]
                place = index.get_indexer(pd.Index(block[CUSTOMER].to_numpy(dtype=object)))
                here = place >= 0
                for spec in specs:
                    out[spec.name][start + place[here]] = _values(block, spec)[here]
        laid = {
            s.name: pd.array(out[s.name], dtype="str") if s.dtype == "category" else out[s.name]
            for s in wanted
        }
        return pd.DataFrame(laid, index=range(self._length))


def _empty(spec: FeatureSpec, length: int) -> np.ndarray:
    if spec.dtype == "category":
        return np.full(length, None, dtype=object)
    return np.full(length, np.nan if spec.nullable else 0.0)


def _values(block: pd.DataFrame, spec: FeatureSpec) -> np.ndarray:
    if spec.dtype == "category":
        return block[spec.name].astype(object).to_numpy()
    numbers = block[spec.name].to_numpy(dtype="float64")
    return numbers if spec.nullable else np.where(np.isnan(numbers), 0.0, numbers)
