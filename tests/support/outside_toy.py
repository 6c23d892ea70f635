"""Toy candidates that get a value from where the view cannot see, and one that does not."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.csv
from tests.support.toy_candidate import ToyCandidate

from gosales.core.timeline import Cutoff
from gosales.data.star import TRANSACTIONS, Star
from gosales.features.panel import Panel

_COLUMN = "toy__count__target__12m"
_REMEMBERED: dict[str, list[float]] = {}


class OutsideToy(ToyCandidate):
    """The toy, one column of which is replaced.

    ``way``: ``honest``; ``memory`` (the first star's later orders, kept in the module);
    ``file`` and ``arrow`` (a side file, read by Python or by compiled code); ``swallowed`` (as
    ``file``, but a refusal is passed over); ``today`` and ``seconds`` (the wall clock);
    ``number`` (the one in the account's id); ``kept`` (as ``memory``, in the candidate itself, and
    sent along by its own pickling); ``environment`` and ``shared`` (as ``memory``, in a variable of
    the environment and in shared memory).
    """

    def __init__(self, way: str, side_file: Path | None = None) -> None:
        super().__init__()
        self.way = way
        self.side_file = side_file
        self.later: dict[str, list[float]] = {}

    def __reduce__(self):
        return _with_memory, (self.way, self.side_file, self.later)

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        panel = super().build(star, cutoffs, cached=cached)
        X = panel.X.copy()
        X[_COLUMN] = getattr(self, f"_{self.way}")(star, panel)
        return panel.with_features(X)

    def _honest(self, star: Star, panel: Panel) -> np.ndarray:
        return panel.X[_COLUMN].to_numpy()

    def _memory(self, star: Star, panel: Panel) -> np.ndarray:
        return _recalled(_REMEMBERED, star, panel)

    def _kept(self, star: Star, panel: Panel) -> np.ndarray:
        return _recalled(self.later, star, panel)

    def _environment(self, star: Star, panel: Panel) -> np.ndarray:
        known = json.loads(os.environ.get("TOY_LATER", "{}"))
        found = _recalled(known, star, panel)
        os.environ["TOY_LATER"] = json.dumps(known)
        return found

    def _shared(self, star: Star, panel: Panel) -> np.ndarray:
        place = Path("/dev/shm") / self.side_file.name
        known = json.loads(place.read_text()) if place.exists() else {}
        found = _recalled(known, star, panel)
        place.write_text(json.dumps(known))
        return found

    def _file(self, star: Star, panel: Panel) -> np.ndarray:
        return self._joined(panel, pd.read_csv(self.side_file))

    def _arrow(self, star: Star, panel: Panel) -> np.ndarray:
        return self._joined(panel, pyarrow.csv.read_csv(str(self.side_file)).to_pandas())

    def _swallowed(self, star: Star, panel: Panel) -> np.ndarray:
        with suppress(OSError):
            pd.read_csv(self.side_file)
        return self._honest(star, panel)

    def _joined(self, panel: Panel, side: pd.DataFrame) -> np.ndarray:
        # Keyed by nothing of the account's: other names alone would not tell.
        return panel.X[_COLUMN].to_numpy() + float(side["score"].sum())

    def _today(self, star: Star, panel: Panel) -> np.ndarray:
        return panel.X[_COLUMN].to_numpy() + date.today().toordinal()

    def _seconds(self, star: Star, panel: Panel) -> np.ndarray:
        return panel.X[_COLUMN].to_numpy() + time.time() // 10**6

    def _number(self, star: Star, panel: Panel) -> np.ndarray:
        digits = panel.rows["customer_id"].str.extract(r"(\d+)")[0]
        return digits.astype("float64").to_numpy()


def _recalled(known: dict[str, list[float]], star: Star, panel: Panel) -> np.ndarray:
    """Later orders of each row as first seen: by its place, not by the account's name."""
    parts = []
    for cutoff in panel.cutoffs:
        here = panel.at([cutoff])
        if str(cutoff) not in known:
            tx = pd.read_parquet(star.table(TRANSACTIONS))
            later = tx[tx["order_date"] > cutoff.day].groupby("customer_id").size()
            known[str(cutoff)] = here.rows["customer_id"].map(later).fillna(0.0).tolist()
        parts.append(np.resize(known[str(cutoff)], len(here)))
    return np.concatenate(parts)


def _with_memory(way: str, side_file: Path | None, later: dict[str, list[float]]) -> OutsideToy:
    toy = OutsideToy(way, side_file)
    toy.later = later
    return toy
