"""Statistic: customer ids say nothing of the label that the account's history does not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, LABEL
from gosales.core.seeds import derive_seed, stable_buckets
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.hindsight import Hindsight, Surprise
from gosales.gauntlet.static_columns import static_columns

_DIGITS = re.compile(r"(\d+)")
_LEVEL_ACCOUNTS = 30  # smaller levels are noise
_MOST_LEVELS = 30  # a column a level: no more than can be told apart


class IdentifierOrder:
    """Correlation of customer ids with the labels, beyond what ids may honestly follow.

    An export sorted by outcome, ids handed out after it, or a suffix that tells it let a model (or
    a row order) read the label. Two things are looked at:

    - the natural order of ids (``A9`` before ``A10``), beyond the age of the accounts and their
      static attributes: ids given in order of signing up, or by region, follow these;
    - parts of the id (first and last characters, leading and trailing text, length), each scored
      by what the other half of the accounts shows of it, beyond the whole history of the account:
      such a part may stand for an honest trait, which history has shown already.

    Parameters
    ----------
    max_z : float, default 4.0
        From this absolute z on it fails, or warns where age, traits or history explain it.
    min_order : float, default 0.05
        Least correlation of the order that fails: among many thousands of accounts the smallest
        difference between years of signing up is significant.
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
        min_order: float = 0.05,
        min_part: float = 0.15,
        min_customers: int = 40,
    ) -> None:
        self.max_z = max_z
        self.min_order = min_order
        self.min_part = min_part
        self.min_customers = min_customers

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when ids tell outcomes that neither age nor history explains."""
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
        found.sort(key=lambda f: -min(abs(f["z"]) / self.max_z, abs(f["r"]) / f["least"]))
        return self._judge(found, values)

    def _judge(self, found: list[dict[str, Any]], values: dict[str, Any]) -> Finding:
        worst = found[0]
        reason = (
            f"rank correlation of id and label {values['rho']:+.3f}, z = {values['z']:+.1f}; most "
            f"unexplained: {worst['part']} {worst['r']:+.3f}, z = {worst['z']:+.1f}, limit "
            f"{self.max_z}"
        )
        outcome = Outcome.PASS
        if any(not (abs(f["z"]) < self.max_z or abs(f["r"]) < f["least"]) for f in found):
            outcome = Outcome.FAIL
        elif not max(abs(values["z"]), *(abs(f["z"]) for f in found)) < self.max_z:
            outcome = Outcome.WARN
            reason += "; age, traits or history explain it, or it is slight"
        return finding_of(self, outcome, reason, values, found, _figure(found, values, self.max_z))

    def _entries(self, context: GauntletContext) -> Iterator[dict[str, Any]]:
        hindsight = Hindsight(context, self.min_customers)
        traits = _traits(context, hindsight.customers)
        ids, rest = _mean_rest(hindsight, hindsight.labels_beyond(traits))
        if ids:
            yield self._entry("order", _natural_ranks(ids), rest, self.min_order)
        ids, rest = _mean_rest(hindsight, hindsight.labels())
        half = stable_buckets(ids, 2, derive_seed(context.seed, self.name))
        for part, tokens in _parts(ids) if ids else ():
            score = _scored(tokens, rest, half)
            entry = self._entry(part, score, rest, self.min_part)
            # What the other half shows must hold here too; the reverse is chance.
            yield entry if entry["r"] > 0 else {**entry, "r": 0.0, "z": 0.0}

    def _entry(
        self, part: str, score: np.ndarray, rest: np.ndarray, least: float
    ) -> dict[str, Any]:
        # Ranks of what is left of a 0 or 1 would order the zeros by what was foretold of them.
        r = float(np.corrcoef(score, rest)[0, 1]) if score.std() > 0 else 0.0
        return {"part": part, "r": r, "z": r * math.sqrt(len(rest) - 1), "least": least}


def _figure(found: list[dict[str, Any]], values: dict[str, Any], max_z: float) -> dict[str, Any]:
    names = {f"{f['part'].replace('_', ' ')} (r {f['r']:+.3f})": float(f["z"]) for f in found}
    return {
        "kind": "bars",
        "title": "What parts of the customer id say of the label, beyond history",
        "population": "customers with a label at any training cutoff",
        "split": "training panel, one point per customer",
        "n": [["customers", int(values["customers"])]],
        "no_interval": "z counts standard errors of chance; beyond 2 either way is rare",
        "order": list(names),
        "series": names,
        "x": "z",
        "limits": [-max_z, max_z],
    }


def _traits(context: GauntletContext, customers: pd.Index) -> np.ndarray:
    """The static columns, one row per customer: ranks of numbers, one column per large level."""
    table = static_columns(context, customers)
    columns: list[np.ndarray] = [np.zeros(len(customers))]
    for name in table:
        if pd.api.types.is_numeric_dtype(table[name]):
            columns.append(table[name].rank(pct=True).fillna(0.5).to_numpy(dtype="float64"))
            continue
        counts = table[name].value_counts()
        large = counts.index[counts >= max(_LEVEL_ACCOUNTS, len(customers) // _MOST_LEVELS)]
        columns += [(table[name] == level).to_numpy(dtype="float64") for level in large]
    return np.column_stack(columns)


def _mean_rest(hindsight: Hindsight, surprises: Iterable[Surprise]) -> tuple[list[str], np.ndarray]:
    """Customers with a label, and the mean over their cutoffs of what was not foretold."""
    total, times = np.zeros((2, len(hindsight.customers)))
    for surprise in surprises:
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
