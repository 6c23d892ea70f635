"""Report: what columns near the cutoff are worth, on purged folds and on later months."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from gosales.core.seeds import derive_seed
from gosales.evaluation.ablatable_candidate import AblatableCandidate
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.interval import Interval
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.paired_difference import paired_difference
from gosales.features.spec import FeatureSpec
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.fixed_fits import CV, FORWARD, FixedFits

FULL: Final = "full"
DISTANT: Final = "no_recency_short"
SAFE: Final = "safe"
LITE: Final = "safe_lite"
_MODES: Final = {FULL: "off", SAFE: "on", LITE: "lite"}
_AUC: Final = "auc"


class AdjacencyAblation:
    """Compares all columns, all but recency and short windows, SAFE, and SAFE lite.

    A column that looks just before the cutoff may be honest and strong, or may feed on what the
    sale itself left in the log. The honest one helps on later months too. So this fails only when
    the candidate ships columns that SAFE would drop, all columns surely beat SAFE in
    cross-validation, and on later months they surely do not keep what was promised.

    Parameters
    ----------
    recency_families : sequence of str, default ("recency",)
        Families left out of ``no_recency_short`` unless lagged.
    short_months : int, default 6
        Windows shorter than this are left out of it too.
    min_safe_gain : float, default 0.005
        SAFE is proposed where its AUC is better than that of all columns by at least this.
    replicates : int, default 1000
        Resamples of the customers.
    min_positive_accounts : int, default 40
        Fewer in the held-out rows of the folds: not applicable.

    Notes
    -----
    Each set is fitted with the candidate's fixed recipe, one raw fit per purged fold and one on
    all training rows for the forward rows. Differences to SAFE are paired by customer. *Surely
    beats*: the whole interval of the difference lies above 0. *Does not keep*: forward the
    difference is not above 0, and its interval lies wholly below that of cross-validation; so few
    buyers alone cannot make it fail.

    The proposal goes by the forward rows, or by the folds where those have no labels. It is left
    as an override to add to a command line; no configuration is rewritten.
    """

    name = "adjacency_ablation"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        recency_families: Sequence[str] = ("recency",),
        short_months: int = 6,
        min_safe_gain: float = 0.005,
        replicates: int = 1000,
        min_positive_accounts: int = 40,
    ) -> None:
        self.recency_families = [str(f) for f in recency_families]
        self.short_months = short_months
        self.min_safe_gain = min_safe_gain
        self.replicates = replicates
        self.min_positive_accounts = min_positive_accounts

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when near columns shine in cross-validation only and are shipped; else a report."""
        candidate, fits = context.candidate, FixedFits.of(context)
        if fits is None or not isinstance(candidate, AblatableCandidate):
            reason = "the candidate shows no columns but its own"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, {})
        held = fits.rows[CV]
        positives = len(set(held.groups[held.y > 0]))
        values: dict[str, Any] = {"rows": len(held), "positive_accounts": positives}
        if positives < self.min_positive_accounts:
            reason = f"{positives} positive accounts held out, {self.min_positive_accounts} needed"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, values)
        sets = self._sets(candidate, fits)
        rows = list(self._compared(fits, sets, context.seed))
        gain = {split: _interval(rows, FULL, _AUC, split) for split in fits.rows}
        near = sorted(set(fits.own) - set(sets[SAFE]))
        values |= {
            "columns": {name: len(columns) for name, columns in sets.items()},
            "ships_columns_safe_drops": len(near),
            "table": rows,
            "proposal": self._proposal(gain, near),
        }
        outcome, reason = self._judge(gain, near)
        return finding_of(self, outcome, reason, values, figure=_figure(rows, fits))

    def _sets(self, candidate: AblatableCandidate, fits: FixedFits) -> dict[str, list[str]]:
        specs = fits.specs
        kept = {name: candidate.kept_by(mode) for name, mode in _MODES.items()}
        sets = {name: [s.name for s in specs if s.name in kept[name]] for name in _MODES}
        full = kept[FULL]
        sets[DISTANT] = [s.name for s in specs if s.name in full and not self._is_near(s)]
        return {name: columns for name, columns in sets.items() if columns}

    def _is_near(self, spec: FeatureSpec) -> bool:
        lookback = spec.lookback
        if lookback is None or lookback.lag_days:
            return False
        months = lookback.months
        if lookback.days is not None:
            months = lookback.days * 12 // 365
        short = months is not None and months < self.short_months
        return short or spec.family in self.recency_families

    def _compared(
        self, fits: FixedFits, sets: dict[str, list[str]], seed: int
    ) -> Iterator[dict[str, Any]]:
        bootstrap = CustomerBootstrap(
            self.replicates,
            min_positive_accounts=self.min_positive_accounts,
            seed=derive_seed(seed, self.name),
        )
        metrics = (Auc(), LiftAtK(k_pct=[10]))
        safe = fits.columns(sets[SAFE])
        for name in (n for n in (FULL, DISTANT, LITE) if n in sets):
            other = fits.columns(sets[name])
            for split, panel in fits.rows.items():
                sides = [(panel, found.scores[split]) for found in (other, safe)]
                gaps = paired_difference(sides[0], sides[1], metrics, bootstrap, split)
                for metric, gap in gaps.items():
                    yield {"columns": name, "split": split, "metric": metric, **_numbers(gap)}

    def _judge(self, gain: dict[str, Interval], near: list[str]) -> tuple[Outcome, str]:
        cv, forward = gain[CV], gain.get(FORWARD)
        if cv.value is None:
            return Outcome.INCONCLUSIVE, f"the AUC of the folds is unknown: {cv.note}"
        text = f"AUC of all columns less that of SAFE: {_words(cv)} in cross-validation"
        text += ", no later months" if forward is None else f", {_words(forward)} on later months"
        if not near:
            return Outcome.PASS, f"{text}; the candidate ships no column that SAFE drops"
        text += f"; the candidate ships {len(near)} columns that SAFE drops"
        if not cv.lies_above(0.0):
            return Outcome.PASS, text
        if forward is None or forward.value is None:
            return Outcome.WARN, f"{text}, and no later month confirms them"
        if forward.value > 0:
            return Outcome.PASS, text
        lost = cv.lo is not None and forward.lies_below(cv.lo)
        return (Outcome.FAIL if lost else Outcome.WARN), f"{text}, which do not keep their promise"

    def _proposal(self, gain: dict[str, Interval], near: list[str]) -> dict[str, str]:
        """The choice of configuration groups that is proposed; empty when none is."""
        judged = gain.get(FORWARD, gain[CV])
        if not near or judged.value is None or -judged.value < self.min_safe_gain:
            return {}
        return {"safe_mode": "on"}


def _interval(rows: list[dict[str, Any]], columns: str, metric: str, split: str) -> Interval:
    row = next(
        (r for r in rows if (r["columns"], r["metric"], r["split"]) == (columns, metric, split)),
        None,
    )
    if row is None:
        return Interval(None, note="no such columns")
    return Interval(row["difference"], row["lo"], row["hi"], row["note"])


def _numbers(gap: Interval) -> dict[str, Any]:
    return {"difference": gap.value, "lo": gap.lo, "hi": gap.hi, "note": gap.note}


def _words(gap: Interval) -> str:
    if gap.value is None:
        return "unknown"
    bounds = f" [{gap.lo:+.3f}, {gap.hi:+.3f}]" if gap.has_bounds else ""
    return f"{gap.value:+.3f}{bounds}"


def _figure(rows: list[dict[str, Any]], fits: FixedFits) -> dict[str, Any]:
    rows_of = {"out-of-fold" if s == CV else s: panel for s, panel in fits.rows.items()}
    panels: dict[str, dict[str, Any]] = {}
    for row in rows:
        panel = panels.setdefault(row["metric"], {"name": f"{row['metric']} less that of SAFE"})
        words = {FULL: "all columns", DISTANT: "no recency, no short", LITE: "SAFE lite"}
        where = "folds" if row["split"] == CV else "forward"
        point = {"label": f"{words[row['columns']]}, {where}", "value": row["difference"]}
        panel.setdefault("points", []).append({**point, "lo": row["lo"], "hi": row["hi"]})
    return {
        "kind": "differences",
        "title": "Sets of columns against the SAFE set",
        **figure_source("validation rows of the purged folds, and forward rows", rows_of),
        "interval": "95 %, from resampled customers",
        "panels": list(panels.values()),
    }
