"""What labels were made of, per cutoff: the table a reader checks before believing a metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gosales.core.columns import (
    COHORT,
    CUSTOMER,
    CUTOFF,
    LABEL,
    LABEL_GP,
    LABEL_VALUE,
    SEGMENT,
    TARGET,
)
from gosales.core.timeline import Cutoff
from gosales.labels.base_rate import BaseRate
from gosales.labels.guards import LabelGuard
from gosales.labels.label_spec import LabelSpec
from gosales.labels.labeller import COHORTS, COUNTED_LINES, Labeller
from gosales.labels.population import SEGMENTS
from gosales.labels.target import Target

OK = "ok"


@dataclass(frozen=True)
class LabelAudit:
    """Counts every row of the roster from the log to the label.

    Parameters
    ----------
    spec : LabelSpec
        Window in force, mode and denylist.
    guard : LabelGuard
        Limits of the base rate.
    """

    spec: LabelSpec
    guard: LabelGuard

    def table(
        self,
        target: Target,
        measure: str,
        roster: pd.DataFrame,
        rows: pd.DataFrame,
        outcomes: pd.DataFrame,
    ) -> pd.DataFrame:
        """One row per cutoff of the roster.

        Parameters
        ----------
        target : Target
            Whose labels.
        measure : str
            What was summed: gp, revenue or quantity.
        roster : pandas.DataFrame
            Everyone: customer_id, cutoff, segment.
        rows : pandas.DataFrame
            The rows the mode admits, labelled: the above and group, y, label_value, label_gp,
            cohort.
        outcomes : pandas.DataFrame
            From `Labeller.outcomes`, of this target.

        Returns
        -------
        pandas.DataFrame
            - ``target``, ``cutoff``; ``window_start`` and ``window_end``, the first and last day
              that count; ``horizon_months`` in force, ``declared_months``, ``buffer_days``,
              ``mode``, ``measure``, ``threshold``;
            - ``roster_rows`` and, of them, ``warm``, ``cold``, ``prospect``; ``rows`` that the
              mode admits and their ``accounts``;
            - ``censored`` (the log ends within the window: the outcomes below are then null),
              ``positives`` (rows), ``positive_accounts``, ``base_rate`` with ``base_rate_lo`` and
              ``base_rate_hi`` (95 %), positives per segment (``warm_positives``, ...);
            - rows and positives per cohort (``new_logo``, ``new_logo_positives``, ...);
            - ``return_only_accounts`` (lines in the window, none of them a purchase),
              ``unmeasured_accounts`` (labelled 0 although they bought: no line tells the
              measure), ``buyers_off_roster`` (would be positive, are no row), ``denied_value``
              (net measure of denylisted lines of the rows), ``label_value`` and ``label_gp``
              (sums over the rows);
            - ``guard``: ``ok``, or what is wrong.
        """
        cutoffs = sorted(roster[CUTOFF].unique())
        found = [
            self._line(
                target,
                measure,
                Cutoff.parse(c),
                *(part[part[CUTOFF] == c] for part in (roster, rows, outcomes)),
            )
            for c in cutoffs
        ]
        return pd.DataFrame(found)

    def _line(
        self,
        target: Target,
        measure: str,
        cutoff: Cutoff,
        roster: pd.DataFrame,
        rows: pd.DataFrame,
        outcomes: pd.DataFrame,
    ) -> dict[str, object]:
        window = self.spec.horizon.window(cutoff)
        first = cutoff.plus_days(self.spec.buffer_days + 1)
        return {
            TARGET: target.key,
            CUTOFF: str(cutoff),
            "window_start": str(first),
            "window_end": str(window.end),
            "horizon_months": self.spec.horizon_months,
            "declared_months": self.spec.declared_months,
            "buffer_days": self.spec.buffer_days,
            "mode": self.spec.mode,
            "measure": measure,
            "threshold": target.threshold,
            "roster_rows": len(roster),
            **{s: int((roster[SEGMENT] == s).sum()) for s in SEGMENTS},
            "rows": len(rows),
            "accounts": int(rows["group"].nunique()),
            **self._outcome(target, rows, outcomes),
            "guard": "; ".join(self.guard.problems(_labels(rows))) or OK,
        }

    def _outcome(
        self, target: Target, rows: pd.DataFrame, outcomes: pd.DataFrame
    ) -> dict[str, object]:
        y = _labels(rows)
        censored = bool(np.isnan(y).any())
        rate = BaseRate.of(y, rows["group"].to_numpy(dtype=object))
        bought = rows[LABEL] == 1.0
        facts: dict[str, object] = {
            "positives": int(bought.sum()),
            "positive_accounts": int(rows.loc[bought, "group"].nunique()),
            "base_rate": rate.value,
            "base_rate_lo": rate.lo,
            "base_rate_hi": rate.hi,
            **{f"{s}_positives": int((bought & (rows[SEGMENT] == s)).sum()) for s in SEGMENTS},
        }
        cohorts = {c: int((rows[COHORT] == c).sum()) for c in COHORTS}
        facts |= {f"{c}_positives": int((bought & (rows[COHORT] == c)).sum()) for c in COHORTS}
        facts |= self._lines(target, rows, outcomes)
        known = {k: None if censored else v for k, v in facts.items()}
        return {"censored": censored, **cohorts, **known}

    def _lines(
        self, target: Target, rows: pd.DataFrame, outcomes: pd.DataFrame
    ) -> dict[str, object]:
        ours = outcomes.merge(rows[[CUSTOMER, LABEL]], on=CUSTOMER, how="left", indicator=True)
        mine = ours["_merge"] == "both"
        counted, silent = ours[COUNTED_LINES] > 0.0, ours["purchase_lines"] == 0.0
        unmeasured = (ours["unmeasured_lines"] > 0.0) & (ours[LABEL] == 0.0)
        would = Labeller.is_positive(ours[LABEL_VALUE].fillna(0.0), target)
        return {
            "return_only_accounts": int((mine & counted & silent).sum()),
            "unmeasured_accounts": int((mine & unmeasured).sum()),
            "buyers_off_roster": int((~mine & would).sum()),
            "denied_value": float(ours.loc[mine, "denied_value"].sum()),
            "label_value": float(rows[LABEL_VALUE].sum()),
            "label_gp": float(rows[LABEL_GP].sum()),
        }


def _labels(rows: pd.DataFrame) -> np.ndarray:
    return rows[LABEL].to_numpy(dtype="float64")
