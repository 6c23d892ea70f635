"""Panels of several targets, each laid out when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from gosales.data.as_of import AsOfView
from gosales.data.window_read import WindowRead
from gosales.features.feature_pass import FeaturePass
from gosales.features.labelled_roster import PLACE, LabelledRoster
from gosales.features.panel import Panel
from gosales.features.roster_matrix import RosterMatrix
from gosales.features.spec import FeatureSpec
from gosales.labels.label_facts import label_facts
from gosales.labels.target import Target

Reads = Mapping[str, frozenset[WindowRead]]


@dataclass(frozen=True)
class Panels(Mapping[str, Panel]):
    """Panel by target key: features are computed, matrices are not laid out yet.

    Parameters
    ----------
    labelled : LabelledRoster
        Rows and labels.
    view : AsOfView
        At all cutoffs.
    features : FeaturePass
        Has computed what these panels need.
    specs : tuple of FeatureSpec
        The columns.
    provenance : callable
        Newest dates, given what each family read.

    Notes
    -----
    A matrix is the largest thing there is: of ten targets one at a time is in memory, unless the
    caller keeps more. The columns of scope ``all`` are laid out once and shared. A panel is laid
    out anew whenever it is asked for.
    """

    labelled: LabelledRoster
    view: AsOfView
    features: FeaturePass
    specs: tuple[FeatureSpec, ...]
    provenance: Callable[[Reads], pd.DataFrame]
    _reads: dict[str, frozenset[WindowRead]] = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[str]:
        return (target.key for target in self._targets)

    def __len__(self) -> int:
        return len(self._targets)

    def __getitem__(self, key: str) -> Panel:
        target = next((t for t in self._targets if t.key == key), None)
        if target is None:
            raise KeyError(key)
        X = self._placed(key)
        rows = self.labelled.rows(target)
        at = rows[PLACE].to_numpy()
        # A mode that admits the whole roster leaves X as it is, so that its memory stays shared.
        X = X if len(at) == len(X) else X.iloc[at].reset_index(drop=True)
        tables = self.labelled.tables
        return Panel(
            target=key,
            rows=rows.drop(columns=PLACE),
            X=X,
            specs=self.specs,
            provenance=self._newest,
            label=label_facts(self.labelled.label, target, tables.star.manifest.label_measure),
        )

    @property
    def _targets(self) -> Sequence[Target]:
        return self.labelled.tables.targets

    def _placed(self, key: str) -> pd.DataFrame:
        matrix = self._matrix
        self._place(matrix, "target", [key])
        return matrix.frame(key)

    @cached_property
    def _matrix(self) -> RosterMatrix:
        matrix = RosterMatrix(self.labelled.roster, self.specs)
        self._place(matrix, "all", [])
        return matrix

    @cached_property
    def _newest(self) -> pd.DataFrame:
        return self.provenance(self._reads)

    def _place(self, matrix: RosterMatrix, scope: str, keys: Sequence[str]) -> None:
        members = self.labelled.tables.membership
        for block in self.features.blocks(self.view, members, keys, [scope]):
            matrix.place(block)
            self._reads[block.family] = block.reads
