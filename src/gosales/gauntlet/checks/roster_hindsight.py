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
    every cutoff nearly all of them do, the last of them just before the log ends. Prospects that
    were known at the time mostly do not; where they are keen, the keenest order first, and those
    still quiet after half the time are not likelier to order in the other half.

    Parameters
    ----------
    max_share : float, default 0.9
        From this share on it warns.
    proven_share : float, default 0.8
        It fails where the lower end of the share's interval (Clopper-Pearson, 95 %) is at least
        this, too: 19 of 21 may be chance, 20 of 20 hardly. And
    max_p : float, default 0.01
        where no more than this speaks for the second half of the time being like the first
        (Fisher's exact test, one-sided: of those still quiet then, more order).
    known_days : int, default 180
        Accounts known for fewer days at the cutoff are left out: an account opened with its first
        order in sight orders soon.
    min_accounts : int, default 20
        Cutoffs with fewer such accounts are left out.

    Notes
    -----
    A constant or a waning readiness to order, or a mixture of both, gives at most the share of the
    first half in the second; a list of those that were to order gives 100 %, whatever the first.
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
        max_p: float = 0.01,
        known_days: int = 180,
        min_accounts: int = 20,
    ) -> None:
        self.max_share = max_share
        self.proven_share = proven_share
        self.max_p = max_p
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
            if cutoff < last and (entry := self._entry(panel, cutoff, last, dates))
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
            f"{self.max_share:.0%}; {worst['first_half']:.0%} in the first half of it, of the "
            f"others {worst['second_half']:.0%} in the second, p = {worst['p']:.2g}"
        )
        figure = _figure(found, [self.proven_share, self.max_share], self.known_days)
        return finding_of(self, outcome, reason, values, found, figure)

    def _entry(
        self, panel: Panel, cutoff: Cutoff, last: Cutoff, dates: pd.DataFrame
    ) -> dict[str, Any] | None:
        names = panel.at([cutoff]).rows[CUSTOMER].astype(str)
        own = dates.reindex(names)
        day = pd.Timestamp(cutoff.day)
        known = (day - own[FIRST_KNOWN_DATE]).dt.days.to_numpy(dtype="float64")
        first = (own[ORDER_DATE] - day).dt.days.to_numpy(dtype="float64")
        quiet = (known >= self.known_days) & ~(first <= 0)
        if quiet.sum() < self.min_accounts:
            return None
        accounts, orders = int(quiet.sum()), int((~np.isnan(first[quiet])).sum())
        soon = int((first[quiet] <= cutoff.days_until(last) / 2).sum())
        lo, hi = clopper_pearson(orders, accounts)
        return {
            "cutoff": str(cutoff),
            "accounts": accounts,
            "share": orders / accounts,
            "share_lo": lo,
            "share_hi": hi,
            "first_half": soon / accounts,
            "second_half": (orders - soon) / max(accounts - soon, 1),
            "p": _likelier_later(soon, orders - soon, accounts),
        }

    def _verdict(self, entry: dict[str, Any]) -> Outcome:
        if entry["share"] < self.max_share:
            return Outcome.PASS
        proven = entry["share_lo"] >= self.proven_share and entry["p"] <= self.max_p
        return Outcome.FAIL if proven else Outcome.WARN


def _figure(found: list[dict[str, Any]], limits: list[float], days: int) -> dict[str, Any]:
    ordered = sum(round(f["share"] * f["accounts"]) for f in found)
    points = [
        {"cutoff": f["cutoff"], "value": f["share"], "lo": f["share_lo"], "hi": f["share_hi"]}
        for f in found
    ]
    return {
        "kind": "course",
        "title": "Accounts without an order at the cutoff that order before the log ends",
        "population": f"accounts on the roster, known for {days} days and without an order",
        "split": "training and forward cutoffs, each until the end of the log",
        "n": [["rows (account and cutoff)", sum(f["accounts"] for f in found)],
              ["of them order later", ordered]],
        "interval": "95 % Clopper-Pearson of each cutoff",
        "lines": [{"name": "share that orders later", "points": points}],
        "height": "share of these accounts",
        "limits": [["lower end fails from", limits[0]], ["share warns from", limits[1]]],
    }  # fmt: skip


def _likelier_later(soon: int, late: int, accounts: int) -> float:
    """P of at least so many orders in the second half, were it like the first."""
    from scipy.stats import fisher_exact

    rest = accounts - soon
    table = [[late, rest - late], [soon, accounts - soon]]
    return float(fisher_exact(table, alternative="greater").pvalue)


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
