"""Proof: features and roster do not depend on anything after the cutoff."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER
from gosales.core.errors import ConfigError
from gosales.core.seeds import derive_seed
from gosales.core.timeline import Cutoff
from gosales.data.renamed_star import RenamedStar
from gosales.data.retold_star import SAME_CALENDAR_DAYS, SAME_EASTER_DAYS
from gosales.data.star import Star
from gosales.data.star_variant import poison, poison_after, truncate, truncate_after
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.fresh_panel import fresh_panel
from gosales.gauntlet.model_digest import model_digests
from gosales.gauntlet.order_difference import OrderLimits
from gosales.gauntlet.panel_difference import (
    OUTCOME_COLUMNS,
    Part,
    bits_differ,
    panel_differences,
)
from gosales.gauntlet.retold_histories import Retelling, RetoldHistories
from gosales.gauntlet.sealed_process import OutsideReadError, SealedProcess

_Found = dict[str, Any]
_CALENDARS: Final = (Retelling(days=-SAME_CALENDAR_DAYS), Retelling(days=SAME_EASTER_DAYS))
_PARTS: Final[tuple[Part, ...]] = ("features", "outcome")
_LEAST_ORDER: Final = {"dates": 0.999, "money": 0.98, "scores": 0.98}
_MOST_MONEY: Final = 10_000.0  # more would not fit where amounts are kept


class FutureInvariance:
    """Rebuilds every cutoff from histories without a future and with a false one.

    For each training cutoff and the forward cutoff the panel is built anew, without any cache,
    from the true star, from the star truncated at the cutoff and from a star whose every later
    fact is poisoned and whose accounts and invoices have other names; for each labelled cutoff
    also from stars truncated and poisoned after the end of its label window. Rosters, features and
    the model's scores (labels for the last two) must equal the reported ones to the last bit. So
    must the fitted state of transforms, estimator and calibrator, when the model is fitted anew on
    the panels of those histories, where no log is within reach.

    Two more histories ask whether a column is a table of answers, looked up by a date or an
    amount. With the whole log 28 years earlier, where days of the week, months and leap years fall
    alike, and with all money 1 % more, each column must leave the order (of categories, the
    grouping) of a cutoff's accounts much as it was: a feature may know distances in time, the
    season and sizes, but what hangs on a date or an amount itself finds nothing there. A column
    that loses its order is looked at once more, and told only if it loses it again: 152 years
    later, where Easter falls alike too, and in money 101 times as much, where round amounts are
    round and cents are the same. In the money of 1 % more the scores must keep their order as well,
    so that a transform or an estimator that holds such a table is told.

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
    money_factors : sequence of float, default (1.01, 101.0)
        How many times as much money; a column is told if it loses its order in each.
    least_order : mapping of str to float, optional
        Least rank correlation of old and new, by ``dates``, ``money`` and ``scores``.
    least_grouping : float, default 0.9
        Least share of accounts outside the most frequent category that stay together.
    left_out : float, default 0.01
        Share of the accounts of a cutoff that may move as they will.
    least_left_out : int, default 3
        As many at least.

    Raises
    ------
    ConfigError
        If a factor or a limit is out of range.

    Notes
    -----
    Truncation and poisoning are a proof: identical inputs must give identical bits, so there they
    raise no false alarm. The retold histories rest on limits. They call a column of honest code a
    leak that compares with a date written into the code (a list of prices by date belongs into the
    log), and see no table whose key is neither a date nor an amount, such as the days between
    two orders.
    """

    name = "future_invariance"
    subject = Subject.LEAK
    is_proof = True

    def __init__(
        self,
        max_examples: int = 20,
        *,
        stop_at_first: bool = False,
        money_factors: Sequence[float] = (1.01, 101.0),
        least_order: Mapping[str, float] = _LEAST_ORDER,
        least_grouping: float = 0.9,
        left_out: float = 0.01,
        least_left_out: int = 3,
    ) -> None:
        self.max_examples = max_examples
        self.stop_at_first = stop_at_first
        self.money_factors = [float(f) for f in money_factors]
        self.least_order = {str(k): float(v) for k, v in least_order.items()}
        self.least_grouping = least_grouping
        self.left_out = left_out
        self.least_left_out = least_left_out
        shares = [*self.least_order.values(), least_grouping, 1.0 - left_out]
        if (
            not self.money_factors
            or not all(0.0 < f < _MOST_MONEY and f != 1.0 for f in self.money_factors)
            or set(self.least_order) != set(_LEAST_ORDER)
            or not all(0.0 < share <= 1.0 for share in shares)
            or least_left_out < 0
        ):
            raise ConfigError(
                "the limits of retold histories are malformed",
                got=f"money_factors={self.money_factors}, least_order={self.least_order}, "
                f"least_grouping={least_grouping}, left_out={left_out}, "
                f"least_left_out={least_left_out}",
                allowed="factors above 0, below 10,000, not 1; least_order of dates, money and "
                "scores and least_grouping above 0, at most 1; left_out from 0, below 1; counts",
                remedy="mend conf/gauntlet/check/future_invariance.yaml",
                reason_code="bad_limits",
            )

    def run(self, context: GauntletContext) -> Finding:
        """Rebuild and compare; FAIL on the first differing bit, naming where."""
        cutoffs = sorted({*context.training.cutoffs, context.cutoff})
        if not len(context.training) or not len(context.forward):
            return finding_of(self, Outcome.INCONCLUSIVE, "a panel has no rows to rebuild", {})
        # The candidate is handed over before it is asked for anything here.
        with SealedProcess.of(context.packed, context.workdir / "sealed") as process:
            if not np.isfinite(context.model.predict(context.forward.X)).all():
                reason = "the model gives scores that are no numbers: nothing to compare"
                return finding_of(self, Outcome.INCONCLUSIVE, reason, {})
            rebuilds = _Rebuilds(context, process, cutoffs)
            found = list(_against_fresh(context, cutoffs))
            for comparison in chain(rebuilds.comparisons(), self.retold(rebuilds.retold)):
                if found and self.stop_at_first:
                    break
                found += comparison()
            values: dict[str, Any] = {"refits": rebuilds.refits}
            values |= {"fenced_by_kernel": process.by_kernel, "by_child": process.by_child}
        builds = 1 + rebuilds.builds + rebuilds.retold.builds
        return self._judge(context, found, {"cutoffs": len(cutoffs), "rebuilds": builds, **values})

    def retold(self, histories: RetoldHistories) -> Iterator[Callable[[], list[_Found]]]:
        """The comparisons with another calendar and other money, to be asked one by one."""
        moneys = [Retelling(factor=f) for f in self.money_factors]
        dates, money, scores = (self._limits(kind) for kind in ("dates", "money", "scores"))
        yield lambda: histories.differences("28 years earlier", _CALENDARS, dates)
        yield lambda: histories.differences("other money", moneys, money, scores)

    def _limits(self, kind: str) -> OrderLimits:
        least = self.least_order[kind]
        return OrderLimits(least, self.least_grouping, self.left_out, self.least_left_out)

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
            reason += "reported panels: bit by bit, in order in retold histories"
            return finding_of(self, Outcome.PASS, reason, values, figure=_figure(context, found))
        first = found[0]
        reason = (
            f"{len(found)} differences; first: {first['column']} at {first['cutoff']} changes in "
            f"{first['rows']} rows when rebuilt from the {first['history']} history"
        )
        if "why" in first:
            what = "a fit" if first["column"] == "(fit)" else "a build"
            reason = f"{what} reads outside the star it is given: {first['why']}"
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
        "no_interval": "bits are equal, and orders kept, or not: none is estimated",
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
    cutoffs: list[Cutoff]
    builds: int = 0
    refits: int = 0
    same: dict[tuple[Cutoff, str], Panel] = field(default_factory=dict)  # by cutoff and part
    renamed: RenamedStar = field(init=False)
    retold: RetoldHistories = field(init=False)

    def __post_init__(self) -> None:
        # Outside of the fresh process's reach: there, the later facts are still true.
        dest = self.context.workdir / "renamed"
        self.renamed = RenamedStar.of(self.context.star, dest, self._seed("names", ""))
        reported = {cutoff: _reported(self.context, cutoff) for cutoff in self.cutoffs}
        self.retold = RetoldHistories(self.process, self.context.star, reported, self.context.model)

    def comparisons(self) -> Iterator[Callable[[], list[_Found]]]:
        horizon, last = self.context.candidate.horizon, self.context.star.last_date
        for cutoff in self.cutoffs:
            yield lambda at=cutoff: self._from_truncated(at)  # type: ignore[misc]
            yield lambda at=cutoff: self._from_poisoned(at)  # type: ignore[misc]
            if horizon.is_complete(cutoff, last):
                yield lambda at=cutoff: self._from_truncated_outcome(at)  # type: ignore[misc]
                yield lambda at=cutoff: self._from_poisoned_outcome(at)  # type: ignore[misc]
        yield self._from_fit

    def _from_truncated(self, cutoff: Cutoff) -> list[_Found]:
        star = truncate(self.context.star, cutoff, self._dest)
        return self._compare(star, cutoff, "features", "truncated")

    def _from_poisoned(self, cutoff: Cutoff) -> list[_Found]:
        seed = self._seed("features", str(cutoff))
        star = poison(self.renamed.star, cutoff, self._dest, seed)
        return self._compare(star, cutoff, "features", "poisoned, renamed", self.renamed.true_names)

    def _from_truncated_outcome(self, cutoff: Cutoff) -> list[_Found]:
        star = truncate_after(self.context.star, self._window_end(cutoff), self._dest)
        return self._compare(star, cutoff, "outcome", "truncated after the label window")

    def _from_poisoned_outcome(self, cutoff: Cutoff) -> list[_Found]:
        end = self._window_end(cutoff)
        seed = self._seed("outcome", str(cutoff))
        star = poison_after(self.context.star, end, self._dest, seed)
        return self._compare(star, cutoff, "outcome", "poisoned after the label window")

    def _from_fit(self) -> list[_Found]:
        """The model that ships, from panels that no true future went into."""
        context = self.context
        cutoffs = [c for c in context.training.cutoffs if {(c, p) for p in _PARTS} <= {*self.same}]
        if len(cutoffs) < len(context.training.cutoffs):
            return []  # a panel differs, and is told
        panel = _assembled(context.training, cutoffs, self.same)
        self.refits += 1
        told = {
            "rows": len(panel),
            "cutoff": str(cutoffs[-1]),
            "history": "refitted without a future",
        }
        try:
            model, _ = self.process.fit(panel, panel.X.iloc[:0])
        except OutsideReadError as error:
            return [{"column": "(fit)", "why": error.got, **told}]
        found, wanted = model_digests(model), model_digests(context.model)
        return [{"column": f"({p})", **told} for p in found if found[p] != wanted[p]]

    def _window_end(self, cutoff: Cutoff) -> Cutoff:
        return Cutoff(self.context.candidate.horizon.window(cutoff).end)

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
        self.builds += 1
        try:
            rebuilt = self.process.build(star, [cutoff], outcomes=part == "outcome")
        except OutsideReadError as error:
            found: list[_Found] = [{"column": "(build)", "rows": len(reported), "why": error.got}]
        else:
            rebuilt = rebuilt if true_names is None else _under_true_names(rebuilt, true_names)
            found = panel_differences(reported, rebuilt, part)
            if not found and part == "features":
                found = _score_differences(self.context, reported, rebuilt)
            if not found:
                self.same[cutoff, part] = rebuilt
        finally:
            shutil.rmtree(self._dest, ignore_errors=True)
        return [{**d, "cutoff": str(cutoff), "history": history} for d in found]


def _assembled(
    training: Panel, cutoffs: list[Cutoff], rebuilt: Mapping[tuple[Cutoff, str], Panel]
) -> Panel:
    """The training panel: what is known from one history of each cutoff, labels from another."""
    rows, parts = [], [rebuilt[cutoff, "features"] for cutoff in cutoffs]
    for cutoff, part in zip(cutoffs, parts, strict=True):
        later = rebuilt[cutoff, "outcome"].rows
        rows.append(part.rows.assign(**{str(c): later[c] for c in later if c in OUTCOME_COLUMNS}))
    return replace(
        training,
        rows=pd.concat(rows, ignore_index=True)[list(training.rows)],
        X=pd.concat([p.X for p in parts], ignore_index=True),
        provenance=pd.concat([p.provenance for p in parts], ignore_index=True),
    )


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
