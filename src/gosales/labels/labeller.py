"""The one label function: what happened in the window, for every target and cutoff at once."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from gosales.core.columns import (
    COHORT,
    CUSTOMER,
    CUTOFF,
    EVER_OWNED,
    FIRST_EVENT_DAYS,
    GROSS_PROFIT,
    IS_PURCHASE,
    LABEL,
    LABEL_GP,
    LABEL_VALUE,
    QUANTITY,
    REVENUE,
    SKU_KEY,
    TARGET,
)
from gosales.core.timeline import Cutoff
from gosales.data.engine import Engine
from gosales.data.outcome_view import OutcomeView
from gosales.data.star import Star
from gosales.labels.label_spec import LabelSpec
from gosales.labels.target import Target

_COLUMN = {"gp": GROSS_PROFIT, "revenue": REVENUE, "quantity": QUANTITY}
NEW_LOGO, EXPANSION, RENEWAL_LIKE = COHORTS = ("new_logo", "expansion", "renewal_like")
EVER_BOUGHT = "ever_bought"
COUNTED_LINES = "counted_lines"
# What of an outcome a label is made of.
OUTCOMES = (LABEL_VALUE, LABEL_GP, FIRST_EVENT_DAYS, COUNTED_LINES)


class Labeller:
    """Labels of a roster.

    Parameters
    ----------
    spec : LabelSpec
        Window, mode, denylist.

    Notes
    -----
    This is the only place where an outcome becomes a label; training, forward test, validation and
    audits all come here. ``y = 1`` when the net measure of the target's SKUs in ``(cutoff +
    buffer, cutoff + buffer + horizon]``, returns included and denylisted SKUs removed, lies above
    the target's threshold: an account that only returns is 0. Where the log ends before the window
    does, the row is censored: y and the other outcomes are null. ``label_gp`` is null too where
    the profit of every line in the window is unknown. ``cohort`` says what a purchase would be:
    the account's first at all (``new_logo``), its first of this target (``expansion``) or a repeat
    (``renewal_like``).
    """

    def __init__(self, spec: LabelSpec) -> None:
        self.spec = spec

    def outcomes(
        self,
        star: Star,
        targets: Sequence[Target],
        cutoffs: Sequence[Cutoff],
        engine: Engine,
        membership: pd.DataFrame,
    ) -> pa.Table:
        """What each account bought in each window; accounts without a line have no row.

        Returns
        -------
        pyarrow.Table
            Columns customer_id, cutoff (days), target, sorted by cutoff, target, customer;
            label_value, label_gp and
            first_event_days of the lines that count; and what the audit of labels tells:
            counted_lines, purchase_lines, unmeasured_lines (purchases whose measure is unknown)
            and denied_value (net measure of the denylisted lines).
        """
        view = OutcomeView(star, cutoffs, self.spec.horizon, engine, membership)
        lines = view.lines()
        lines = lines.mutate(counts=~lines[SKU_KEY].isin(sorted(self.spec.denied_keys)))
        counts, measure = lines["counts"], self._measure(lines, star, targets)
        bought = lines[IS_PURCHASE] & counts
        table = lines.group_by([CUSTOMER, CUTOFF, TARGET]).aggregate(
            label_value=measure.sum(where=counts).cast("float64"),
            label_gp=lines[GROSS_PROFIT].sum(where=counts).cast("float64"),
            first_event_days=lines["days_after"].min(where=bought).cast("float64"),
            counted_lines=counts.cast("int64").sum().cast("float64"),
            purchase_lines=bought.cast("int64").sum().cast("float64"),
            unmeasured_lines=(bought & measure.isnull()).cast("int64").sum().cast("float64"),
            denied_value=measure.sum(where=~counts).cast("float64"),
        )
        return engine.fetch(table.order_by([CUTOFF, TARGET, CUSTOMER]))

    def _measure(self, lines: ibis.Table, star: Star, targets: Sequence[Target]) -> ibis.Value:
        default = star.manifest.label_measure
        chosen = {t.key: t.measured_by(default) for t in targets}
        if len(set(chosen.values())) == 1:
            return lines[_COLUMN[next(iter(chosen.values()))]].cast("decimal(38, 4)")
        cases = [
            (lines[TARGET] == key, lines[_COLUMN[name]].cast("decimal(38, 4)"))
            for key, name in chosen.items()
        ]
        return ibis.cases(*cases)

    def attach(self, roster: pd.DataFrame, target: Target, star: Star) -> pd.DataFrame:
        """Labels of one target for the rows of a roster.

        Parameters
        ----------
        roster : pandas.DataFrame
            With customer_id, cutoff, ever_owned and ever_bought, and of the target's `outcomes`
            the columns of `OUTCOMES`, null where there is none.
        target : Target
            Whose rows to take.
        star : Star
            Its last day decides which windows are complete.

        Returns
        -------
        pandas.DataFrame
            The roster's rows that the mode admits, in order, with y, label_value, label_gp,
            first_event_days and cohort.
        """
        out = roster[self._admitted(roster)].reset_index(drop=True)
        complete = {
            c: self.spec.horizon.is_complete(Cutoff.parse(c), star.last_date)
            for c in out[CUTOFF].unique()
        }
        value = out[LABEL_VALUE].astype("float64").fillna(0.0)
        y = self.is_positive(value, target).astype("float64")
        known = out[CUTOFF].map(complete).astype(bool)
        out[LABEL] = y.where(known, np.nan)
        out[LABEL_VALUE] = value.where(known, np.nan)
        # No line at all is a profit of zero; lines whose profit nobody knows are not.
        gp = out[LABEL_GP].astype("float64").mask(out.pop(COUNTED_LINES).fillna(0.0) == 0.0, 0.0)
        out[LABEL_GP] = gp.where(known, np.nan)
        out[FIRST_EVENT_DAYS] = out[FIRST_EVENT_DAYS].astype("float64").where(known & (y == 1.0))
        cohort = np.where(out[EVER_OWNED], 2, np.where(out[EVER_BOUGHT], 1, 0))
        # Three texts taken many times: as texts of NumPy each would be made anew.
        out[COHORT] = pd.array(pa.array(COHORTS).take(pa.array(cohort)), dtype="str")
        return out

    @staticmethod
    def is_positive(value: pd.Series, target: Target) -> pd.Series:
        """Whether a net measure of the window makes a label 1: the rule, written once."""
        return value > target.threshold

    def _admitted(self, roster: pd.DataFrame) -> pd.Series:
        if self.spec.mode == "expansion":
            return roster[EVER_BOUGHT] & ~roster[EVER_OWNED]
        if self.spec.mode == "new_logo":
            return ~roster[EVER_BOUGHT]
        return pd.Series(data=True, index=roster.index)
