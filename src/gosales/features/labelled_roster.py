"""Roster and labels of some targets at some cutoffs, before any feature is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gosales.core.columns import EVER_OWNED, IS_OWNER, NAIVE_COUNT
from gosales.core.errors import DegenerateError
from gosales.features.panel_tables import PanelTables
from gosales.features.roster_places import RosterPlaces
from gosales.labels.incumbency import Incumbency
from gosales.labels.label_audit import LabelAudit
from gosales.labels.label_spec import LabelSpec
from gosales.labels.labeller import OUTCOMES, Labeller
from gosales.labels.population import Population
from gosales.labels.target import Target

PLACE = "_at"


@dataclass(frozen=True)
class LabelledRoster:
    """The rows of panels, as the panel builder, the search of a window and the audit see them.

    Parameters
    ----------
    tables : PanelTables
        Roster, owners and outcomes, computed once and cached.
    population : Population
        Who is on the roster.
    incumbency : Incumbency
        Owners and the naive rank.
    label : LabelSpec
        What counts as buying.
    """

    tables: PanelTables
    population: Population
    incumbency: Incumbency
    label: LabelSpec

    @cached_property
    def roster(self) -> pd.DataFrame:
        """Everyone of every cutoff; sorted by cutoff, customer.

        Raises
        ------
        DegenerateError
            If there is nobody (reason code ``empty_roster``).
        """
        roster = self.tables.roster(self.population, self.incumbency)
        if roster.empty:
            raise DegenerateError(
                "nobody is on the roster",
                got=f"cutoffs {', '.join(map(str, self.tables.cutoffs))}",
                allowed=f"accounts that bought within {self.population.warm_months} months "
                "or own assets",
                remedy="choose a later cutoff, or population.include_prospects=true",
                reason_code="empty_roster",
            )
        return roster

    @cached_property
    def owned(self) -> dict[str, pd.DataFrame]:
        """Per target, ownership and naive count."""
        return self.tables.owned(self.incumbency)

    @cached_property
    def _places(self) -> RosterPlaces:
        return RosterPlaces(self.roster)

    @cached_property
    def outcomes(self) -> dict[str, pd.DataFrame]:
        """Per target, what each account bought in each window."""
        return self.tables.outcomes(self.label)

    def compute(self) -> None:
        """Compute roster, owners and outcomes of all targets now, in one pass each.

        Raises
        ------
        DegenerateError
            As of `roster`.
        """
        _ = self.roster, self.owned, self.outcomes

    def is_empty(self, target: Target) -> bool:
        """Whether the mode admits nobody of the roster."""
        return self.roster.empty if self.label.mode == "all" else self.rows(target).empty

    def rows(self, target: Target) -> pd.DataFrame:
        """The roster's rows that the mode admits, with owners, labels and their place.

        Returns
        -------
        pandas.DataFrame
            The row columns of `Panel`, and ``_at``: the row's position on the roster.
        """
        rows = self.roster.assign(**{PLACE: range(len(self.roster))})
        absent: dict[str, object] = {IS_OWNER: False, EVER_OWNED: False, NAIVE_COUNT: 0.0}
        rows = self._laid(rows, self.owned[target.key], absent)
        rows = self._laid(rows, self.outcomes[target.key], dict.fromkeys(OUTCOMES, np.nan))
        return Labeller(self.label).attach(rows, target, self.tables.star)

    def _laid(
        self, rows: pd.DataFrame, table: pd.DataFrame, absent: Mapping[str, object]
    ) -> pd.DataFrame:
        """The rows with some columns of a table, each with a value where the table has no row."""
        places = self._places.of(table)
        on = places >= 0
        columns = {}
        for name, value in absent.items():
            columns[name] = np.full(len(rows), value)
            columns[name][places[on]] = table[name].to_numpy(dtype=columns[name].dtype)[on]
        return rows.assign(**columns)

    def audited(self, target: Target, audit: LabelAudit) -> pd.DataFrame:
        """The audit of one target's labels, a row per cutoff."""
        measure = target.measured_by(self.tables.star.manifest.label_measure)
        outcomes = self.outcomes[target.key]
        return audit.table(target, measure, self.roster, self.rows(target), outcomes)
