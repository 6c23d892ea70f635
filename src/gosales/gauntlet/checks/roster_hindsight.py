"""Statistic: being on the roster before the first order does not foretell the first order."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, FIRST_KNOWN_DATE, ORDER_DATE
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.evaluation.clopper_pearson import clopper_pearson
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of

# The worst that any cutoff says is what the check says.
_ORDER: Final = (Outcome.FAIL, Outcome.WARN, Outcome.PASS)


class RosterHindsight:
    """Share of long-known accounts without an order that order before the log ends.

    An account table made from later sales, with a date of first acquaintance that says otherwise
    (the day the system was set up, a default), holds those prospects only that were to buy: at
    every cutoff nearly all of them do. Prospects that were known at the time mostly do not.

    Parameters
    ----------
    max_share : float, default 0.9
        From this share on it warns.
    proven_share : float, default 0.8
        It fails where the lower end of the share's interval (Clopper-Pearson, 95 %) is at least
        this, too: 19 of 21 may be chance, 20 of 20 hardly.
    known_days : int, default 180
        Accounts known for fewer days at the cutoff are left out: an account opened with its first
        order in sight orders soon.
    min_accounts : int, default 20
        Cutoffs with fewer such accounts are left out.

    Notes
    -----
    NOT_APPLICABLE where no cutoff has accounts enough: by default every account on the roster has
    ordered, or owns something.
    """

    name = "roster_hindsight"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        max_share: float = 0.9,
        proven_share: float = 0.8,
        known_days: int = 180,
        min_accounts: int = 20,
    ) -> None:
        self.max_share = max_share
        self.proven_share = proven_share
        self.known_days = known_days
        self.min_accounts = min_accounts

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when nearly every account without an order is one that orders later."""
        panels = [p for p in (context.training, context.forward) if len(p)]
        if not panels:
            return finding_of(self, Outcome.INCONCLUSIVE, "there is no roster", {})
        dates = _dates(context)
        last = Cutoff(context.star.last_date)
        found = [
            entry
            for panel in panels
            for cutoff in panel.cutoffs
            if cutoff < last and (entry := self._entry(panel, cutoff, dates))
        ]
        if not found:
            reason = f"no cutoff has {self.min_accounts} accounts long known and without an order"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, {"cutoffs": len(panels)})
        verdicts = [self._verdict(entry) for entry in found]
        outcome = min(verdicts, key=_ORDER.index)
        alike = [e for e, v in zip(found, verdicts, strict=True) if v is outcome]
        worst = max(alike, key=lambda f: float(f["share"]))
        values = {"cutoffs": len(found), **{k: v for k, v in worst.items() if k != "cutoff"}}
        reason = (
            f"of {worst['accounts']} accounts on the roster of {worst['cutoff']}, known for "
            f"{self.known_days} days and without an order, {worst['share']:.0%} "
            f"[{worst['share_lo']:.0%}, {worst['share_hi']:.0%}] order by {last}, limit "
            f"{self.max_share:.0%} with a lower end of {self.proven_share:.0%}"
        )
        return finding_of(self, outcome, reason, values, found)

    def _entry(self, panel: Panel, cutoff: Cutoff, dates: pd.DataFrame) -> dict[str, Any] | None:
        names = panel.at([cutoff]).rows[CUSTOMER].astype(str)
        own = dates.reindex(names)
        day = pd.Timestamp(cutoff.day)
        known = (day - own[FIRST_KNOWN_DATE]).dt.days.to_numpy(dtype="float64")
        first = (own[ORDER_DATE] - day).dt.days.to_numpy(dtype="float64")
        quiet = (known >= self.known_days) & ~(first <= 0)
        if quiet.sum() < self.min_accounts:
            return None
        accounts, orders = int(quiet.sum()), int((~np.isnan(first[quiet])).sum())
        lo, hi = clopper_pearson(orders, accounts)
        share = {"share": orders / accounts, "share_lo": lo, "share_hi": hi}
        return {"cutoff": str(cutoff), "accounts": accounts, **share}

    def _verdict(self, entry: dict[str, Any]) -> Outcome:
        if entry["share"] < self.max_share:
            return Outcome.PASS
        return Outcome.FAIL if entry["share_lo"] >= self.proven_share else Outcome.WARN


def _dates(context: GauntletContext) -> pd.DataFrame:
    """First acquaintance and first order of every account, by the end of the log."""
    view = AsOfView(context.star, [Cutoff(context.star.last_date)], context.engine)
    lines, known = view.purchases(), view.customers()
    first = lines.group_by(CUSTOMER).aggregate(**{ORDER_DATE: lines[ORDER_DATE].min()})
    orders = context.engine.run(first).set_index(CUSTOMER)[ORDER_DATE]
    since = context.engine.run(known.select(CUSTOMER, FIRST_KNOWN_DATE)).set_index(CUSTOMER)
    table: pd.DataFrame = since.join(orders)
    table.index = table.index.astype(str)
    return table.assign(**{name: pd.to_datetime(table[name]) for name in table.columns})
