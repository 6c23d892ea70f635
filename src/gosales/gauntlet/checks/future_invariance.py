"""Proof: features and roster do not depend on anything after the cutoff."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

from gosales.core.seeds import derive_seed
from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.data.star_variant import poison, poison_after, truncate
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.panel_difference import Part, bits_differ, panel_differences

_Found = dict[str, Any]


class FutureInvariance:
    """Rebuilds every cutoff from histories without a future and with a false one.

    For each training cutoff and the forward cutoff the panel is built anew, without any cache,
    from the true star, from the star truncated at the cutoff and from a star whose every later
    fact is poisoned; for each labelled cutoff also from a star poisoned after the end of its
    label window. Rosters, features and the model's scores (labels for the last) must equal the
    reported ones to the last bit.

    Parameters
    ----------
    max_examples : int, default 20
        Differences listed in the finding; all are counted.

    Notes
    -----
    A proof: identical inputs must give identical bits, so there are no false alarms.
    """

    name = "future_invariance"
    subject = Subject.LEAK
    is_proof = True

    def __init__(self, max_examples: int = 20) -> None:
        self.max_examples = max_examples

    def run(self, context: GauntletContext) -> Finding:
        """Rebuild and compare; FAIL on the first differing bit, naming where."""
        cutoffs = sorted({*context.training.cutoffs, context.cutoff})
        if not len(context.training) or not len(context.forward):
            return finding_of(self, Outcome.INCONCLUSIVE, "a panel has no rows to rebuild", {})
        found: list[_Found] = list(_against_fresh(context, cutoffs))
        builds = 1
        for cutoff in cutoffs:
            for comparison in _comparisons(context, cutoff):
                builds += 1
                found += comparison()
                shutil.rmtree(context.workdir / "variant", ignore_errors=True)
        return self._judge(context, found, len(cutoffs), builds)

    def _judge(
        self, context: GauntletContext, found: list[_Found], cutoffs: int, builds: int
    ) -> Finding:
        rows = len(context.training) + len(context.forward)
        values = {
            "cutoffs": cutoffs,
            "rebuilds": builds,
            "rows": rows,
            "columns": len(context.training.X.columns),
            "differences": len(found),
        }
        if not found:
            reason = f"{builds} rebuilds at {cutoffs} cutoffs equal the reported panels bit by bit"
            return finding_of(self, Outcome.PASS, reason, values)
        first = found[0]
        reason = (
            f"{len(found)} differences; first: {first['column']} at {first['cutoff']} changes in "
            f"{first['rows']} rows when rebuilt from the {first['history']} history"
        )
        return finding_of(self, Outcome.FAIL, reason, values, found[: self.max_examples])


def _reported(context: GauntletContext, cutoff: Cutoff) -> Panel:
    return (context.forward if cutoff == context.cutoff else context.training).at([cutoff])


def _against_fresh(context: GauntletContext, cutoffs: list[Cutoff]) -> Iterator[_Found]:
    """What was reported, against an uncached build: an edited cache entry must not hide."""
    fresh = context.candidate.build(context.star, cutoffs, cached=False)
    for cutoff in cutoffs:
        reported = _reported(context, cutoff)
        for difference in panel_differences(reported, fresh.at([cutoff]), "all"):
            yield {**difference, "cutoff": str(cutoff), "history": "true, uncached"}


def _comparisons(context: GauntletContext, cutoff: Cutoff) -> Iterator[Callable[[], list[_Found]]]:
    dest = context.workdir / "variant"

    def seed(kind: str) -> int:
        return derive_seed(context.seed, "future_invariance", str(cutoff), kind)

    def from_truncated() -> list[_Found]:
        star = truncate(context.star, cutoff, dest)
        return _compare(context, star, cutoff, "features", "truncated")

    def from_poisoned() -> list[_Found]:
        star = poison(context.star, cutoff, dest, seed("features"))
        return _compare(context, star, cutoff, "features", "poisoned")

    def from_poisoned_outcome() -> list[_Found]:
        end = Cutoff(context.candidate.horizon.window(cutoff).end)
        star = poison_after(context.star, end, dest, seed("outcome"))
        return _compare(context, star, cutoff, "outcome", "poisoned after the label window")

    yield from_truncated
    yield from_poisoned
    if context.candidate.horizon.is_complete(cutoff, context.star.last_date):
        yield from_poisoned_outcome


def _compare(
    context: GauntletContext, star: Star, cutoff: Cutoff, part: Part, history: str
) -> list[_Found]:
    reported = _reported(context, cutoff)
    rebuilt = context.candidate.build(star, [cutoff], cached=False)
    found = panel_differences(reported, rebuilt, part)
    if not found and part == "features":
        found = _score_differences(context, reported, rebuilt)
    return [{**d, "cutoff": str(cutoff), "history": history} for d in found]


def _score_differences(context: GauntletContext, reported: Panel, rebuilt: Panel) -> list[_Found]:
    differ = bits_differ(context.model.predict(reported.X), context.model.predict(rebuilt.X))
    if not differ.any():
        return []
    customer = str(reported.rows["customer_id"].iloc[int(differ.argmax())])
    return [{"column": "(score)", "rows": int(differ.sum()), "customer_id": customer}]
