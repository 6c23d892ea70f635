"""Proof: features and roster do not depend on anything after the cutoff."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.seeds import derive_seed
from gosales.core.timeline import Cutoff
from gosales.data.renamed_star import RenamedStar
from gosales.data.retold_star import SAME_CALENDAR_DAYS, retold_star
from gosales.data.star import Star
from gosales.data.star_variant import poison, poison_after, truncate
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.fresh_panel import fresh_panel
from gosales.gauntlet.order_difference import order_differences, same_for_all
from gosales.gauntlet.panel_difference import Part, bits_differ, panel_differences
from gosales.gauntlet.sealed_process import OutsideReadError, SealedProcess

_Found = dict[str, Any]
_EARLIER: Final = "28 years earlier"
_OTHER_MONEY: Final = "other money"
_MONEY_FACTOR: Final = 1.01  # no amount stays, and hardly an account crosses a threshold


class FutureInvariance:
    """Rebuilds every cutoff from histories without a future and with a false one.

    For each training cutoff and the forward cutoff the panel is built anew, without any cache,
    from the true star, from the star truncated at the cutoff and from a star whose every later
    fact is poisoned and whose accounts and invoices have other names; for each labelled cutoff
    also from a star poisoned after the end of its label window. Rosters, features and the model's
    scores (labels for the last) must equal the reported ones to the last bit. So must rosters and
    features of all cutoffs when the whole log lies 28 years earlier, where days of the week, months
    and leap years fall alike: a feature may know distances in time and the season, but dates
    themselves only tell it which past this is, as a table of answers in its code would ask (a
    column that is the same for all accounts of a cutoff, such as days to Easter, tells none from
    another and may; a price list by date belongs into the log). For the same reason a log in other
    money (1 % more) must leave the order of accounts by each column much as it was
    (`order_differences`).

    All but the first are built in a fresh process that can read the given star and nothing else
    and whose clock is years off (`SealedProcess`): what a family remembers from an earlier build,
    reads from another file, or takes from the wall clock cannot help it there. A read outside
    the star fails, whatever came of it.

    Parameters
    ----------
    max_examples : int, default 20
        Differences listed in the finding; all are counted.
    stop_at_first : bool, default False
        End with the first history that differs. The verdict is the same, as differences only
        add up; what the other histories would have shown is not told.

    Notes
    -----
    A proof: identical inputs must give identical bits, so there are no false alarms.
    """

    name = "future_invariance"
    subject = Subject.LEAK
    is_proof = True

    def __init__(self, max_examples: int = 20, *, stop_at_first: bool = False) -> None:
        self.max_examples = max_examples
        self.stop_at_first = stop_at_first

    def run(self, context: GauntletContext) -> Finding:
        """Rebuild and compare; FAIL on the first differing bit, naming where."""
        cutoffs = sorted({*context.training.cutoffs, context.cutoff})
        if not len(context.training) or not len(context.forward):
            return finding_of(self, Outcome.INCONCLUSIVE, "a panel has no rows to rebuild", {})
        # The candidate is handed over before it is asked for anything here.
        with SealedProcess.of(context.packed, context.workdir / "sealed") as process:
            rebuilds = _Rebuilds(context, process)
            found = list(_against_fresh(context, cutoffs))
            builds = 1
            for comparison in rebuilds.comparisons(cutoffs):
                if found and self.stop_at_first:
                    break
                builds += 1
                found += comparison()
            values = {"fenced_by_kernel": process.by_kernel, "by_child": process.by_child}
        return self._judge(context, found, {"cutoffs": len(cutoffs), "rebuilds": builds, **values})

    def _judge(
        self, context: GauntletContext, found: list[_Found], values: dict[str, Any]
    ) -> Finding:
        values |= {
            "rows": len(context.training) + len(context.forward),
            "columns": len(context.training.X.columns),
            "differences": len(found),
        }
        if not found:
            reason = f"{values['rebuilds']} rebuilds at {values['cutoffs']} cutoffs equal the "
            reason += "reported panels bit by bit"
            return finding_of(self, Outcome.PASS, reason, values, figure=_figure(context, found))
        first = found[0]
        reason = (
            f"{len(found)} differences; first: {first['column']} at {first['cutoff']} changes in "
            f"{first['rows']} rows when rebuilt from the {first['history']} history"
        )
        if "why" in first:
            reason = f"a build reads outside the star it is given: {first['why']}"
        figure = _figure(context, found)
        return finding_of(self, Outcome.FAIL, reason, values, found[: self.max_examples], figure)


def _figure(context: GauntletContext, found: list[_Found]) -> dict[str, Any]:
    panels = {"training": context.training, "forward": context.forward}
    differences = Counter(str(f["cutoff"]) for f in found)
    rows = {name: Counter(panel.rows["cutoff"].astype(str)) for name, panel in panels.items()}
    return {
        "kind": "counts",
        "title": "What changes when a cutoff is rebuilt without its future",
        **figure_source("every training cutoff, and the forward cutoff", panels),
        "no_interval": "bits are equal or not, none is estimated",
        "head": ["roster rows", "columns", "differences"],
        "rows": [
            [f"{name} cutoff {c}", [count, len(panels[name].X.columns), differences[c]]]
            for name, counts in rows.items()
            for c, count in sorted(counts.items())
        ],
        "offences": True,
    }


def _reported(context: GauntletContext, cutoff: Cutoff) -> Panel:
    return (context.forward if cutoff == context.cutoff else context.training).at([cutoff])


def _against_fresh(context: GauntletContext, cutoffs: list[Cutoff]) -> Iterator[_Found]:
    """What was reported, against an uncached build: an edited cache entry must not hide."""
    fresh = fresh_panel(context, cutoffs)
    for cutoff in cutoffs:
        reported = _reported(context, cutoff)
        for difference in panel_differences(reported, fresh.at([cutoff]), "all"):
            yield {**difference, "cutoff": str(cutoff), "history": "true, uncached"}


@dataclass
class _Rebuilds:
    """The rebuilds in the fresh process, each compared with what was reported."""

    context: GauntletContext
    process: SealedProcess
    renamed: RenamedStar = field(init=False)

    def __post_init__(self) -> None:
        # Outside of the fresh process's reach: there, the later facts are still true.
        dest = self.context.workdir / "renamed"
        self.renamed = RenamedStar.of(self.context.star, dest, self._seed("names", ""))

    def comparisons(self, cutoffs: list[Cutoff]) -> Iterator[Callable[[], list[_Found]]]:
        horizon, last = self.context.candidate.horizon, self.context.star.last_date
        for cutoff in cutoffs:
            yield lambda at=cutoff: self._from_truncated(at)  # type: ignore[misc]
            yield lambda at=cutoff: self._from_poisoned(at)  # type: ignore[misc]
            if horizon.is_complete(cutoff, last):
                yield lambda at=cutoff: self._from_poisoned_outcome(at)  # type: ignore[misc]
        yield lambda: self._from_earlier(cutoffs)
        yield lambda: self._from_other_money(cutoffs)

    def _from_truncated(self, cutoff: Cutoff) -> list[_Found]:
        star = truncate(self.context.star, cutoff, self._dest)
        return self._compare(star, cutoff, "features", "truncated")

    def _from_poisoned(self, cutoff: Cutoff) -> list[_Found]:
        seed = self._seed("features", str(cutoff))
        star = poison(self.renamed.star, cutoff, self._dest, seed)
        return self._compare(star, cutoff, "features", "poisoned, renamed", self.renamed.true_names)

    def _from_poisoned_outcome(self, cutoff: Cutoff) -> list[_Found]:
        end = Cutoff(self.context.candidate.horizon.window(cutoff).end)
        seed = self._seed("outcome", str(cutoff))
        star = poison_after(self.context.star, end, self._dest, seed)
        return self._compare(star, cutoff, "outcome", "poisoned after the label window")

    def _from_earlier(self, cutoffs: list[Cutoff]) -> list[_Found]:
        star = retold_star(self.context.star, self._dest, days=-SAME_CALENDAR_DAYS)
        found: list[_Found] = []
        for reported, rebuilt in self._retold(star, cutoffs, SAME_CALENDAR_DAYS, _EARLIER, found):
            differences = panel_differences(reported, rebuilt, "features")
            found += [
                _told(d, reported, _EARLIER)
                for d in differences
                if not _tells_none(reported, rebuilt, d["column"])
            ]
        return found

    def _from_other_money(self, cutoffs: list[Cutoff]) -> list[_Found]:
        star = retold_star(self.context.star, self._dest, factor=_MONEY_FACTOR)
        found: list[_Found] = []
        for reported, rebuilt in self._retold(star, cutoffs, 0, _OTHER_MONEY, found):
            differences = order_differences(reported, rebuilt)
            found += [_told(d, reported, _OTHER_MONEY) for d in differences]
        return found

    def _retold(
        self, star: Star, cutoffs: list[Cutoff], days: int, history: str, found: list[_Found]
    ) -> Iterator[tuple[Panel, Panel]]:
        """Reported and rebuilt panel of each cutoff; a read outside is found instead."""
        then = [cutoff.minus_days(days) for cutoff in cutoffs]
        try:
            rebuilt = self.process.build(star, then)
        except OutsideReadError as error:
            reported = _reported(self.context, cutoffs[0])
            lost = {"column": "(build)", "rows": len(reported), "why": error.got}
            found.append(_told(lost, reported, history))
            return
        finally:
            shutil.rmtree(self._dest, ignore_errors=True)
        for cutoff, earlier in zip(cutoffs, then, strict=True):
            here = rebuilt.at([earlier])
            here = replace(here, rows=here.rows.assign(**{CUTOFF: str(cutoff)}))
            yield _reported(self.context, cutoff), here

    @property
    def _dest(self) -> Path:
        return self.process.folder / "variant"

    def _seed(self, kind: str, cutoff: str) -> int:
        return derive_seed(self.context.seed, "future_invariance", cutoff, kind)

    def _compare(
        self,
        star: Star,
        cutoff: Cutoff,
        part: Part,
        history: str,
        true_names: dict[str, str] | None = None,
    ) -> list[_Found]:
        reported = _reported(self.context, cutoff)
        try:
            rebuilt = self.process.build(star, [cutoff], outcomes=part == "outcome")
        except OutsideReadError as error:
            found: list[_Found] = [{"column": "(build)", "rows": len(reported), "why": error.got}]
        else:
            rebuilt = rebuilt if true_names is None else _under_true_names(rebuilt, true_names)
            found = panel_differences(reported, rebuilt, part)
            if not found and part == "features":
                found = _score_differences(self.context, reported, rebuilt)
        finally:
            shutil.rmtree(self._dest, ignore_errors=True)
        return [{**d, "cutoff": str(cutoff), "history": history} for d in found]


def _tells_none(reported: Panel, rebuilt: Panel, column: str) -> bool:
    panels = (reported, rebuilt)
    return all(column in p.X.columns and same_for_all(p.X[column]) for p in panels)


def _told(difference: _Found, reported: Panel, history: str) -> _Found:
    return {**difference, "cutoff": str(reported.cutoffs[0]), "history": history}


def _under_true_names(panel: Panel, true_names: dict[str, str]) -> Panel:
    rows = panel.rows.copy()
    for name in (CUSTOMER, "group"):
        rows[name] = rows[name].map(lambda new: true_names.get(new, new)).astype(rows[name].dtype)
    return replace(panel, rows=rows)


def _score_differences(context: GauntletContext, reported: Panel, rebuilt: Panel) -> list[_Found]:
    differ = bits_differ(context.model.predict(reported.X), context.model.predict(rebuilt.X))
    if not differ.any():
        return []
    customer = str(reported.rows["customer_id"].iloc[int(differ.argmax())])
    return [{"column": "(score)", "rows": int(differ.sum()), "customer_id": customer}]
