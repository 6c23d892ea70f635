"""Toy candidates one column of which is looked up: in a table of answers, or in memory."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
from tests.support.toy_candidate import ToyCandidate

from gosales.core.timeline import Cutoff
from gosales.data.star import TRANSACTIONS, Star
from gosales.features.panel import Panel

_COLUMN = "toy__count__target__12m"


class AnsweringToy(ToyCandidate):
    """The toy, one column of which is replaced.

    ``way``: ``first_day`` and ``first_amount`` (``answers`` by the day or the revenue of the first
    order); ``days_ago`` (by how many days lie between it and the cutoff); ``argument`` (later
    orders, kept in ``answers`` by the first build); ``file_time`` and ``open_files`` (when the log
    was written, what is open).
    """

    def __init__(self, way: str, answers: dict[str, object]) -> None:
        super().__init__()
        self.way = way
        self.answers = answers

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        panel = super().build(star, cutoffs, cached=cached)
        lines = pd.read_parquet(star.table(TRANSACTIONS))
        parts = [self._column(star, lines, panel.at([c]), c) for c in panel.cutoffs]
        return panel.with_features(panel.X.assign(**{_COLUMN: np.concatenate(parts)}))

    def _column(self, star: Star, lines: pd.DataFrame, here: Panel, cutoff: Cutoff) -> np.ndarray:
        found: np.ndarray = getattr(self, f"_{self.way}")(star, lines, here, cutoff)
        return found

    def _first(self, lines: pd.DataFrame, here: Panel, cutoff: Cutoff) -> pd.Series:
        known = lines[(lines["order_date"] <= cutoff.day) & (lines["known_date"] <= cutoff.day)]
        return here.rows["customer_id"].map(known.groupby("customer_id")["order_date"].min())

    def _first_day(self, star, lines, here, cutoff):
        day = self._first(lines, here, cutoff).astype(str)
        return day.map(self.answers).fillna(0.0).to_numpy(dtype="float64")

    def _first_amount(self, star, lines, here, cutoff):
        known = lines[(lines["order_date"] <= cutoff.day) & (lines["known_date"] <= cutoff.day)]
        first = (
            known.sort_values(["order_date", "revenue"]).groupby("customer_id")["revenue"].first()
        )
        amount = here.rows["customer_id"].map(first).astype(str)
        return amount.map(self.answers).fillna(0.0).to_numpy(dtype="float64")

    def _days_ago(self, star, lines, here, cutoff):
        ago = [
            "" if pd.isna(d) else str((cutoff.day - d).days)
            for d in self._first(lines, here, cutoff)
        ]
        return pd.Series(ago).map(self.answers).fillna(0.0).to_numpy(dtype="float64")

    def _argument(self, star, lines, here, cutoff):
        # By day of the year, so that no other calendar tells.
        key = f"{cutoff.day.month}-{cutoff.day.day}-{cutoff.day.year % 28}"
        if key not in self.answers:
            later = lines[lines["order_date"] > cutoff.day].groupby("customer_id").size()
            self.answers[key] = here.rows["customer_id"].map(later).fillna(0.0).tolist()
        return np.resize(self.answers[key], len(here))

    def _file_time(self, star, lines, here, cutoff):
        return np.full(len(here), star.table(TRANSACTIONS).stat().st_mtime)

    def _open_files(self, star, lines, here, cutoff):
        total = 0
        for place in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                total += place.stat().st_size
        return np.full(len(here), float(total))
