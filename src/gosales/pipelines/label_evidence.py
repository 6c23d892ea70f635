"""Who was asked about and what they bought: the rows the audit of labels is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import pandas as pd
import pyarrow.parquet as pq

from gosales.core.columns import CUTOFF
from gosales.labels.label_audit import LabelAudit
from gosales.labels.label_facts import label_facts
from gosales.labels.target import Target
from gosales.pipelines.labelled_parquet import labelled_parquet

ROLE: Final = "role"
FORWARD: Final = "forward"
TRAINING: Final = "training"
LABEL_AUDIT: Final = "label_audit.csv"
LABEL_ROWS: Final = "label_rows.parquet"
LABEL_FILES: Final = (LABEL_ROWS, "label_roster.parquet", "label_outcomes.parquet")


@dataclass(frozen=True)
class LabelEvidence:
    """Roster, labelled rows and outcomes of one target at the cutoffs of one run.

    Parameters
    ----------
    audit : LabelAudit
        Counts them, under the label window in force.
    target : Target
        Whose labels.
    measure : str
        What was summed: gp, revenue or quantity.
    cutoff : str
        The requested cutoff, ISO text: its rows are the forward ones.
    rows : pandas.DataFrame
        The rows the mode admits, with owners and labels.
    roster : pandas.DataFrame
        Everyone: customer_id, cutoff, segment.
    outcomes : pandas.DataFrame
        From `Labeller.outcomes`, of this target.
    """

    audit: LabelAudit
    target: Target
    measure: str
    cutoff: str
    rows: pd.DataFrame
    roster: pd.DataFrame
    outcomes: pd.DataFrame

    @cached_property
    def table(self) -> pd.DataFrame:
        """The audit, a row per cutoff, with ``role`` (training, forward) after ``target``."""
        table = self.audit.table(self.target, self.measure, self.roster, self.rows, self.outcomes)
        is_forward = table[CUTOFF] == self.cutoff
        table.insert(1, ROLE, is_forward.map({True: FORWARD, False: TRAINING}))
        return table

    def write(self, folder: Path) -> None:
        """Write the audit and the three tables it is counted from."""
        self.table.to_csv(folder / LABEL_AUDIT, index=False)
        facts = label_facts(self.audit.spec, self.target, self.measure)
        rows, roster, outcomes = (folder / name for name in LABEL_FILES)
        pq.write_table(labelled_parquet(self.rows, facts), rows)
        self.roster.to_parquet(roster, index=False)
        self.outcomes.to_parquet(outcomes, index=False)

    @classmethod
    def read(
        cls, folder: Path, audit: LabelAudit, target: Target, measure: str, cutoff: str
    ) -> Self:
        """What `write` wrote: the tables, not the audit."""
        tables = (pd.read_parquet(folder / name) for name in LABEL_FILES)
        return cls(audit, target, measure, cutoff, *tables)
