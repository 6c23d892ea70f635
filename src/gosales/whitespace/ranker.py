"""From scores to the list a rep works."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, PROBABILITY, REP
from gosales.core.errors import DataError
from gosales.whitespace.capacity_rule import CapacityRule
from gosales.whitespace.eligibility import EligibilityRule, apply_rules, skipped_rules
from gosales.whitespace.percentile import percentile
from gosales.whitespace.ranked_list import RankedList
from gosales.whitespace.weights import SIGNALS, SignalWeights

# What a rep reads, before what tells a machine how the row came about.
_FIRST = ("rank", CUSTOMER, REP, PROBABILITY, "expected_value", "reasons")


class Ranker:
    """Blend signals within a division, drop who is not eligible, take what capacity allows.

    Parameters
    ----------
    weights : SignalWeights
        Base weights of the signals.
    rules : mapping of str to EligibilityRule
        Applied in order; None: switched off.
    capacity : CapacityRule
        How many accounts the list holds.

    Notes
    -----
    Score = sum over signals of weight times percentile within the division's scored accounts.
    Ties: score, probability, customer id, so that the order of the input carries nothing.
    """

    def __init__(
        self,
        weights: SignalWeights,
        rules: Mapping[str, EligibilityRule | None],
        capacity: CapacityRule,
    ) -> None:
        self.weights = weights
        self.rules = {key: rule for key, rule in rules.items() if rule is not None}
        self.capacity = capacity

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns the rules ask for, each once."""
        asked = (name for rule in self.rules.values() for name in getattr(rule, "needs", ()))
        return tuple(dict.fromkeys(asked))

    def rank(self, scores: pd.DataFrame, target: str) -> RankedList:
        """Rank one division's scored accounts.

        Parameters
        ----------
        scores : pandas.DataFrame
            One row per customer: customer_id, probability, and the raw signals that exist
            (affinity, als, expected_value); ever_owned, is_owner; what the rules ask for (see
            `needs`), rep and segment where known.
        target : str
            Key of the target.

        Raises
        ------
        DataError
            If there is no account, a customer stands twice, a probability is not a number in
            [0, 1], a signal is infinite, or a column is named ``rank`` or ``score``.
        """
        _check(scores)
        raw = {s: _signal(scores, s) for s in SIGNALS}
        coverage = {s: float(np.mean(~np.isnan(v))) if len(v) else 0.0 for s, v in raw.items()}
        weights = self.weights.effective(coverage)
        score = sum(
            (weights[s] * percentile(v) for s, v in raw.items()), start=np.zeros(len(scores))
        )
        eligible, dropped = apply_rules(scores.assign(score=score), self.rules)
        ordered = eligible.sort_values(
            ["score", PROBABILITY, CUSTOMER], ascending=[False, False, True], ignore_index=True
        )
        chosen = ordered[self.capacity.choose(ordered)].reset_index(drop=True)
        chosen.insert(0, "rank", np.arange(1, len(chosen) + 1))
        first = [name for name in _FIRST if name in chosen]
        chosen = chosen[[*first, *(name for name in chosen.columns if name not in first)]]
        return RankedList(
            target=target,
            rows=chosen,
            n_scored=len(scores),
            n_eligible=len(eligible),
            dropped=dropped,
            weights=weights,
            coverage=coverage,
            expected_wins=float(chosen[PROBABILITY].sum()),
            skipped=skipped_rules(scores, self.rules),
        )


def _signal(scores: pd.DataFrame, name: str) -> np.ndarray:
    if name not in scores:
        return np.full(len(scores), np.nan)
    values = scores[name].to_numpy(dtype="float64", na_value=np.nan)
    if np.isinf(values).any():
        raise DataError(
            f"the signal {name} is infinite",
            got=f"{int(np.isinf(values).sum())} rows",
            allowed="finite numbers; null where unknown",
            remedy="mend what computes the signal",
            reason_code="bad_signal",
        )
    return values


def _check(scores: pd.DataFrame) -> None:
    taken = sorted({"rank", "score"} & {*scores.columns})
    if taken or not len(scores):
        raise DataError(
            "these rows cannot be ranked",
            got=f"columns {', '.join(taken)}" if taken else "no account",
            allowed="at least one account, and no column named rank or score",
            remedy="rank the file that `gosales score` wrote",
            reason_code="cannot_rank",
        )
    twice = scores[CUSTOMER][scores[CUSTOMER].duplicated()]
    if len(twice):
        raise DataError(
            "an account stands twice among the scores",
            got=", ".join(map(str, twice.unique()[:5])),
            allowed="one row per customer",
            remedy="score one cutoff of one division at a time",
            reason_code="duplicate_account",
        )
    p = scores[PROBABILITY].to_numpy(dtype="float64")
    bad = ~((p >= 0) & (p <= 1))
    if bad.any():
        raise DataError(
            "a probability is not a number between 0 and 1",
            got=f"{int(bad.sum())} rows, the first {p[bad][0]}",
            allowed="[0, 1]",
            remedy="score again with the champion",
            reason_code="bad_probability",
        )
