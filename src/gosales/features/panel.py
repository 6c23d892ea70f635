"""Rows (customer, cutoff) of one target with their features, labels and provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, LABEL
from gosales.core.digests import digest_frame, digest_json
from gosales.core.errors import InternalError
from gosales.core.timeline import Cutoff
from gosales.features.spec import FeatureSpec


@dataclass(frozen=True)
class Panel:
    """The modelling table of one target over one or more cutoffs.

    Parameters
    ----------
    target : str
        Key of the target.
    rows : pandas.DataFrame, shape (n, ...)
        One row per (customer, cutoff), sorted by cutoff then customer id, RangeIndex. Columns:

        - ``customer_id`` text, ``cutoff`` text (ISO date), ``group`` text (the account, or the
          customer where no hierarchy is known: what splits and bootstraps keep together);
        - ``segment`` warm / cold / prospect; ``is_owner`` bool (bought the target within the
          ownership window), ``ever_owned`` bool, ``naive_count`` float (target purchase lines in
          the 12 months before the cutoff: the naive rank);
        - ``y`` float, 0 or 1, null when the label window is incomplete; ``label_value``,
          ``label_gp`` float, ``first_event_days`` float (days from cutoff to the first purchase
          of the target in the window, null when none); ``cohort`` text.
    X : pandas.DataFrame, shape (n, p)
        One column per spec, same index; numbers float64 with NaN, categories as text or null.
    specs : tuple of FeatureSpec
        In the order of ``X``'s columns.
    provenance : pandas.DataFrame
        Columns feature, cutoff (ISO text), table, newest_date (ISO text or null), source
        (``recorded`` for families served by the view, ``static`` for attributes): the newest known
        date of the rows of each table that the column's window was served.
    label : mapping of str to str
        What the label column means (`gosales.labels.label_facts`): measure, threshold, mode,
        window in force and declared, buffer, denylist. Files that hold ``y`` carry it.
    """

    target: str
    rows: pd.DataFrame
    X: pd.DataFrame
    specs: tuple[FeatureSpec, ...]
    provenance: pd.DataFrame
    label: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.X):
            raise InternalError(
                "a panel's rows and features differ in length",
                got=f"{len(self.rows)} rows, {len(self.X)} feature rows",
            )

    @classmethod
    def without_features(cls, rows: pd.DataFrame) -> Self:
        """Rows that are measured and not predicted, for example read back from a file."""
        nothing = pd.DataFrame(index=pd.RangeIndex(len(rows)))
        return cls("", rows.reset_index(drop=True), nothing, (), pd.DataFrame())

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def y(self) -> np.ndarray:
        """Labels, shape (n,), float64; NaN where unlabelled."""
        return self.rows[LABEL].to_numpy(dtype="float64")

    @property
    def groups(self) -> np.ndarray:
        """Account of each row, shape (n,), text: what splits and bootstraps keep together."""
        return self.rows["group"].to_numpy(dtype=object)

    @property
    def cutoffs(self) -> tuple[Cutoff, ...]:
        """The distinct cutoffs, earliest first."""
        return tuple(Cutoff.parse(c) for c in sorted(self.rows[CUTOFF].unique()))

    def take(self, index: np.ndarray) -> Panel:
        """The rows at integer positions ``index``, in that order."""
        return replace(
            self,
            rows=self.rows.iloc[index].reset_index(drop=True),
            X=self.X.iloc[index].reset_index(drop=True),
        )

    def at(self, cutoffs: Sequence[Cutoff]) -> Panel:
        """The rows of some cutoffs."""
        wanted = {str(c) for c in cutoffs}
        return self.take(np.flatnonzero(self.rows[CUTOFF].isin(wanted).to_numpy()))

    def labelled(self) -> Panel:
        """The rows whose label window is complete."""
        return self.take(np.flatnonzero(~np.isnan(self.y)))

    def with_labels(self, y: np.ndarray) -> Panel:
        """The same rows with other labels (permutation, scrambling)."""
        return replace(self, rows=self.rows.assign(**{LABEL: np.asarray(y, dtype="float64")}))

    def with_features(self, X: pd.DataFrame) -> Panel:
        """The same rows with other features."""
        return replace(self, X=X.reset_index(drop=True))

    @property
    def digest(self) -> str:
        """Digest of keys, labels and features to the last bit."""
        keys = self.rows[[CUSTOMER, CUTOFF, LABEL]]
        return digest_json([self.target, digest_frame(keys), digest_frame(self.X)])
