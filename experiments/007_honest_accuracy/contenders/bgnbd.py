"""BG/NBD per division: from purchase days alone to the chance of a purchase in the label window.

Run by `rivals.py` in an environment of its own; reads a job and writes scores.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter
from lifetimes.utils import ConvergenceError

# Tried in turn until one converges; 0 is maximum likelihood, the rest pull weakly to small values.
PENALTIES = (0.0, 0.001, 0.01, 0.1)
DAYS_PER_WEEK = 7.0


def histories(lines: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    """Repeat purchase days, weeks to the last one, weeks since the first; by customer."""
    days = lines[["customer_id", "order_date"]].drop_duplicates()
    days = days.groupby("customer_id")["order_date"].agg(["nunique", "min", "max"])
    return pd.DataFrame(
        {
            "frequency": days["nunique"] - 1.0,
            "recency": (days["max"] - days["min"]).dt.days / DAYS_PER_WEEK,
            # A purchase on the cutoff itself has lived for no time, which the likelihood refuses.
            "T": np.maximum((cutoff - days["min"]).dt.days, 1) / DAYS_PER_WEEK,
        }
    )


def chance(seen: pd.DataFrame, weeks: float) -> tuple[pd.Series, float]:
    """Probability of at least one purchase in the next weeks, and the penalty that was needed.

    Notes
    -----
    A customer alive with ``x`` repeat purchases in ``T`` weeks has a rate of posterior
    Gamma(r + x, alpha + T), hence no purchase in ``t`` weeks with probability
    ``((alpha + T) / (alpha + T + t)) ** (r + x)`` (Fader, Hardie & Lee 2005).
    """
    x, recency, age = (seen[c].to_numpy() for c in ("frequency", "recency", "T"))
    fault = "no finite chance"
    for penalty in PENALTIES:
        try:
            model = BetaGeoFitter(penalizer_coef=penalty).fit(x, recency, age)
        except ConvergenceError as error:
            fault = str(error)
            continue
        r, alpha = float(model.params_["r"]), float(model.params_["alpha"])
        alive = model.conditional_probability_alive(x, recency, age)
        silent = ((alpha + age) / (alpha + age + weeks)) ** (r + x)
        p = np.asarray(alive) * (1.0 - silent)
        if np.isfinite(p).all():
            return pd.Series(p, index=seen.index), penalty
    raise RuntimeError(f"no penalty of {PENALTIES} converged: {fault}")


def main(job: Path) -> None:
    """Score the roster for every division."""
    told = json.loads(job.read_text(encoding="utf-8"))
    lines = pd.read_parquet(told["lines"])
    cutoff, end = pd.Timestamp(told["cutoff"]), pd.Timestamp(told["end"])
    roster = pd.read_parquet(told["roster"])["customer_id"]
    known = (lines["order_date"] <= cutoff) & (lines["known_date"] <= cutoff)
    seen = lines[known & (lines["quantity"] > 0)]
    parts, notes = [], {}
    for division in told["divisions"]:
        own = histories(seen[seen["division"] == division], cutoff)
        try:
            p, penalty = chance(own, (end - cutoff).days / DAYS_PER_WEEK)
        except RuntimeError as error:
            notes[division] = str(error)[:200]
            continue
        # Who never bought the division has no history to speak of: the model is silent, rank last.
        score = p.reindex(roster).fillna(0.0).to_numpy()
        parts.append(pd.DataFrame({"division": division, "customer_id": roster, "score": score}))
        notes[division] = f"penalty {penalty}, {len(own)} customers with a history"
    pd.concat(parts, ignore_index=True).to_parquet(told["scores"], index=False)
    Path(told["notes"]).write_text(json.dumps(notes), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
