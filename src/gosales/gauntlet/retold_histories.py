"""Whether features and scores know more of dates and money than distances and sizes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.timeline import Cutoff
from gosales.data.retold_star import retold_star
from gosales.data.star import Star
from gosales.features.panel import Panel
from gosales.gauntlet.order_difference import OrderLimits, order_differences, order_lost
from gosales.gauntlet.sealed_process import OutsideReadError, SealedProcess
from gosales.models.fitted_model import FittedModel

_Found = dict[str, Any]
_Pairs = list[tuple[Cutoff, Panel, Panel]]


@dataclass(frozen=True)
class Retelling:
    """Dates some days later (negative: earlier), or money some times as much."""

    days: int = 0
    factor: float = 1.0


@dataclass
class RetoldHistories:
    """Panels rebuilt from retold stars, each compared with the reported one.

    Parameters
    ----------
    process : SealedProcess
        Where they are built.
    star : Star
        The true one.
    reported : mapping of Cutoff to Panel
        The reported panel of each cutoff.
    model : FittedModel
        Whose scores are compared.
    """

    process: SealedProcess
    star: Star
    reported: Mapping[Cutoff, Panel]
    model: FittedModel
    builds: int = 0

    def differences(
        self,
        history: str,
        retellings: Sequence[Retelling],
        limits: OrderLimits,
        scores: OrderLimits | None = None,
    ) -> list[_Found]:
        """What loses its order in every retelling.

        Parameters
        ----------
        history : str
            What they are called in the finding.
        retellings : sequence of Retelling
            The first is always built, each further one only while a column is still told.
        limits : OrderLimits
            For rosters and columns.
        scores : OrderLimits, optional
            Given, and with no column told, for the model's scores in the first retelling too,
            where columns that keep their order in a further one are as reported.

        Returns
        -------
        list of dict
            With keys column, rows, customer_id (or why), cutoff and history.
        """
        first, *others = retellings
        try:
            pairs = self._pairs(first)
            told = _told(pairs, limits)
            left = dict(told)
            for retelling in others:
                if left:
                    again = _told(self._pairs(retelling), limits)
                    left = {place: d for place, d in left.items() if place in again}
        except OutsideReadError as error:
            cutoff, panel = next(iter(self.reported.items()))
            lost = {"column": "(build)", "rows": len(panel), "why": error.got}
            left, pairs = {(str(cutoff), "(build)"): lost}, []
        if scores is not None and not left:
            left = self._scores_told(pairs, told, scores)
        return [{**d, "cutoff": cutoff, "history": history} for (cutoff, _), d in left.items()]

    def _pairs(self, retelling: Retelling) -> _Pairs:
        self.builds += 1
        dest = self.process.folder / "variant"
        days, factor = retelling.days, retelling.factor
        then = {cutoff: cutoff.plus_days(days) for cutoff in self.reported}
        try:
            star = retold_star(self.star, dest, days=days, factor=factor)
            built = self.process.build(star, list(then.values()))
        finally:
            shutil.rmtree(dest, ignore_errors=True)
        pairs = []
        for cutoff, panel in self.reported.items():
            here = built.at([then[cutoff]])
            here = replace(here, rows=here.rows.assign(**{CUTOFF: str(cutoff)}))
            pairs.append((cutoff, panel, here))
        return pairs

    def _scores_told(
        self, pairs: _Pairs, excused: Mapping[tuple[str, str], _Found], limits: OrderLimits
    ) -> dict[tuple[str, str], _Found]:
        found = {}
        for cutoff, reported, rebuilt in pairs:
            old, new = _of_both(reported, rebuilt)
            names = [str(c) for c in old.X if (str(cutoff), str(c)) in excused]
            X = new.X.assign(**{c: old.X[c] for c in names})
            a, b = (pd.Series(self.model.predict(x)) for x in (old.X, X))
            differ = order_lost(a, b, limits)
            if differ.any():
                customer = str(old.rows[CUSTOMER].iloc[int(differ.argmax())])
                told = {"column": "(score)", "rows": int(differ.sum()), "customer_id": customer}
                found[str(cutoff), "(score)"] = told
        return found


def _told(pairs: _Pairs, limits: OrderLimits) -> dict[tuple[str, str], _Found]:
    return {
        (str(cutoff), str(d["column"])): d
        for cutoff, reported, rebuilt in pairs
        for d in _compared(reported, rebuilt, limits)
    }


def _compared(reported: Panel, rebuilt: Panel, limits: OrderLimits) -> Iterator[_Found]:
    """A few accounts may come and go, as over a threshold in money."""
    accounts = [{*p.rows[CUSTOMER].astype(str)} for p in (reported, rebuilt)]
    odd = sorted(accounts[0] ^ accounts[1])
    if len(odd) > limits.free(len(reported)):
        yield {"column": "(roster)", "rows": len(odd), "customer_id": odd[0]}
        return
    yield from order_differences(*_of_both(reported, rebuilt), limits)


def _of_both(reported: Panel, rebuilt: Panel) -> tuple[Panel, Panel]:
    """The accounts that both hold, in the order of the first."""
    old, new = (p.rows[CUSTOMER].astype(str).to_numpy(dtype=object) for p in (reported, rebuilt))
    if old.tolist() == new.tolist():
        return reported, rebuilt
    places = pd.Series(range(len(new)), index=new)
    kept = pd.Series(old).isin(places.index).to_numpy()
    return reported.take(kept.nonzero()[0]), rebuilt.take(places[old[kept]].to_numpy())
