"""Statistic: customer ids say nothing of the label that the account's history does not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, LABEL
from gosales.core.seeds import derive_seed, stable_buckets
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.hindsight import Hindsight

_DIGITS = re.compile(r"(\d+)")


class IdentifierOrder:
    """Correlation of customer ids with the labels, beyond what ids may honestly follow.

    An export sorted by outcome, ids handed out after it, or a suffix that tells it let a model (or
    a row order) read the label. Two things are looked at, each beyond the whole history of the
    account, for ids may stand for an honest trait (the year of signing up, a number range per
    branch or country) that decides how much an account buys, and which history has shown already:

    - the natural order of ids (``A9`` before ``A10``);
    - parts of the id (first and last characters, leading and trailing text, length), each scored
      by what the other half of the accounts shows of it.

    Parameters
    ----------
    max_z : float, default 4.0
        From this absolute z on a part fails; of ids and bare labels it warns.
    max_order_z : float, default 3.5
        Likewise for the order, which is one and not six: six try harder.
    min_order : float, default 0.15
        Least correlation of the order that fails: the history of a few orders shows a trait that
        ids follow only in part, and among many accounts what it leaves is significant.
    min_part : float, default 0.15
        Likewise for parts of an id.
    min_customers : int, default 40
        With fewer customers, or without both classes: INCONCLUSIVE.

    Notes
    -----
    One point per customer: the mean over its rows of the label less what was foretold.
    ``z = r * sqrt(n - 1)``; the order of ids enters as ranks.
    """

    name = "identifier_order"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        max_z: float = 4.0,
        max_order_z: float = 3.5,
        min_order: float = 0.15,
        min_part: float = 0.15,
        min_customers: int = 40,
    ) -> None:
        self.max_z = max_z
        self.max_order_z = max_order_z
        self.min_order = min_order
        self.min_part = min_part
        self.min_customers = min_customers

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when ids tell outcomes that history does not explain."""
        rows = context.training.rows
        outcome = rows.groupby(rows[CUSTOMER].astype(str))[LABEL].mean()
        values: dict[str, Any] = {"customers": len(outcome)}
        if len(outcome) < self.min_customers or outcome.nunique() < 2:
            reason = f"{len(outcome)} customers; {self.min_customers} with both classes needed"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        rho = _rank_correlation(_natural_ranks(list(outcome.index)), outcome.to_numpy())
        values |= {"rho": rho, "z": rho * math.sqrt(len(outcome) - 1)}
        found = list(self._entries(context))
        if not found:
            reason = f"no cutoff has {self.min_customers} accounts of both classes"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        values |= {f"{f['part']}_{key}": f[key] for f in found for key in ("r", "z")}
        found.sort(key=lambda f: -min(abs(f["z"]) / f["max_z"], abs(f["r"]) / f["least"]))
        return self._judge(found, values)

    def _judge(self, found: list[dict[str, Any]], values: dict[str, Any]) -> Finding:
        worst = found[0]
        reason = (
            f"rank correlation of id and label {values['rho']:+.3f}, z = {values['z']:+.1f}; most "
            f"unexplained: {worst['part']} {worst['r']:+.3f}, z = {worst['z']:+.1f}, limit "
            f"{worst['max_z']}"
        )
        outcome = Outcome.PASS
        if any(not (abs(f["z"]) < f["max_z"] or abs(f["r"]) < f["least"]) for f in found):
            outcome = Outcome.FAIL
        elif not max(abs(values["z"]), *(abs(f["z"]) for f in found)) < self.max_z:
            outcome = Outcome.WARN
            reason += "; history explains it, or it is slight"
        return finding_of(
            self, outcome, reason, values, found, _figure(found, int(values["customers"]))
        )

    def _entries(self, context: GauntletContext) -> Iterator[dict[str, Any]]:
        ids, rest = _mean_rest(Hindsight(context, self.min_customers))
        if not ids:
            return
        order = _natural_ranks(ids).astype("float64")
        yield self._entry("order", order, rest, (self.max_order_z, self.min_order))
        half = stable_buckets(ids, 2, derive_seed(context.seed, self.name))
        for part, tokens in _parts(ids):
            score = _scored(tokens, rest, half)
            entry = self._entry(part, score, rest, (self.max_z, self.min_part))
            # What the other half shows must hold here too; the reverse is chance.
            yield entry if entry["r"] > 0 else {**entry, "r": 0.0, "z": 0.0}

    def _entry(
        self, part: str, score: np.ndarray, rest: np.ndarray, limits: tuple[float, float]
    ) -> dict[str, Any]:
        # Ranks of what is left of a 0 or 1 would order the zeros by what was foretold of them.
        r = float(np.corrcoef(score, rest)[0, 1]) if score.std() > 0 else 0.0
        z, (max_z, least) = r * math.sqrt(len(rest) - 1), limits
        return {"part": part, "r": r, "z": z, "max_z": max_z, "least": least}


def _figure(found: list[dict[str, Any]], customers: int) -> dict[str, Any]:
    names = {f"{f['part'].replace('_', ' ')} (r {f['r']:+.3f})": f for f in found}
    limits = sorted({float(f["max_z"]) for f in found})
    return {
        "kind": "bars",
        "title": "What parts of the customer id say of the label, beyond history",
        "population": "customers with a label at any training cutoff",
        "split": "training panel, one point per customer",
        "n": [["customers", customers]],
        "no_interval": "z counts standard errors of chance; beyond 2 either way is rare",
        "order": list(names),
        "series": {name: float(f["z"]) for name, f in names.items()},
        "x": "z",
        "limits": [-limits[-1], *limits],
    }


def _mean_rest(hindsight: Hindsight) -> tuple[list[str], np.ndarray]:
    """Customers with a label, and the mean over their cutoffs of what was not foretold."""
    total, times = np.zeros((2, len(hindsight.customers)))
    for surprise in hindsight.labels():
        np.add.at(total, surprise.accounts, surprise.rest)
        np.add.at(times, surprise.accounts, 1.0)
    seen = times > 0
    return [str(c) for c in hindsight.customers[seen]], total[seen] / times[seen]


def _parts(ids: list[str]) -> Iterator[tuple[str, list[str]]]:
    yield "first_character", [i[:1] for i in ids]
    yield "last_character", [i[-1:] for i in ids]
    yield "last_two_characters", [i[-2:] for i in ids]
    yield "leading_text", [_DIGITS.split(i)[0] for i in ids]
    yield "trailing_text", [_DIGITS.split(i)[-1] for i in ids]
    yield "length", [str(len(i)) for i in ids]


def _scored(tokens: list[str], rest: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Each id's token scored by the mean of the other half; one account without surprise added."""
    names = np.array(tokens, dtype=object)
    out = np.zeros(len(rest))
    for side in (0, 1):
        sums = pd.Series(rest[half != side]).groupby(names[half != side])
        score = sums.sum() / (sums.size() + 1)
        out[half == side] = pd.Series(names[half == side]).map(score).fillna(0.0).to_numpy()
    return out


def _natural_ranks(ids: list[str]) -> np.ndarray:
    def key(text: str) -> tuple[tuple[int, int, str], ...]:
        parts = (p for p in _DIGITS.split(text) if p)
        return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)

    ranks = np.empty(len(ids))
    ranks[sorted(range(len(ids)), key=lambda i: key(ids[i]))] = np.arange(len(ids))
    return ranks


def _rank_correlation(ranks: np.ndarray, outcome: np.ndarray) -> float:
    a, b = (pd.Series(v).rank().to_numpy() for v in (ranks, outcome))
    return float(np.corrcoef(a, b)[0, 1])
