"""Statistic: knowing less must not rank better."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.fresh_panel import fresh_panel
from gosales.gauntlet.judged_rows import positive_accounts
from gosales.gauntlet.shift_measure import AS_OF, RULES, ShiftMeasure, ShiftTable

# The worst that any cell says is what the grid says.
_ORDER: Final = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.WARN, Outcome.PASS)


class ShiftGrid:
    """Change of AUC and lift when the model is given the features of some days earlier.

    *as_of*: features as of cutoff - d, same customers, same label window. Information only
    shrinks, so the metric must not improve. *cutoff*: features and label window both move; it
    shows how the score does on other days and decides nothing, because honest months differ.

    Parameters
    ----------
    shifts_days : sequence of int, default (7, 14, 28, 56)
        Days d.
    rule : {"interval", "point"}, default "interval"
        ``interval``: an improvement whose interval lies above eps fails; one above eps that is
        not proven to be warns, and so does a lesser one whose interval lies above 0. A lesser one
        whose interval holds 0 is what chance alone gives in half of all cells, and passes.
        ``point``: an improvement above eps fails, any other warns. Both are reported; this one
        decides.
    eps_auc : float, default 0.01
        Improvement of AUC from which on an alarm is due.
    eps_lift : float, default 0.25
        The same of the lift of the first tenth of the list.
    replicates : int, default 1000
        Resamples of the customers.
    min_positive_accounts : int, default 40
        Fewer among the customers of both days: INCONCLUSIVE.
    max_examples : int, default 20
        Customers named per failing cell.

    Raises
    ------
    ConfigError
        If a shift, the rule or an eps is out of range.

    Notes
    -----
    ``improvement(d) = metric(d) - metric(0)`` over the customers on the roster of both days,
    with a paired interval from resampled accounts, wide enough that those of all cells that decide
    hold together with 95 % (Bonferroni). The model that ships is rescored and not
    fitted anew: it is that very model whose use of late information is asked about, a refit at
    every d would cost a training run each, and the noise of two fits would widen the interval of
    their difference. Stale features are no harm to the question: they can only lower metric(d).
    The price is said on the card: a model that leans on a leak scores worse on stale features,
    so the grid is nearly blind to look-ahead, which `event_proximity` and `future_invariance` see.

    The rows are the forward rows; where these hold too few buyers or no labels, the rows of the
    newest validation cutoff join them, each scored by the model of its fold. All shifted features
    come from one uncached pass.
    """

    name = "shift_grid"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        shifts_days: Sequence[int] = (7, 14, 28, 56),
        rule: str = "interval",
        eps_auc: float = 0.01,
        eps_lift: float = 0.25,
        replicates: int = 1000,
        min_positive_accounts: int = 40,
        max_examples: int = 20,
    ) -> None:
        self.shifts_days = [int(d) for d in shifts_days]
        self.rule = rule
        self.eps_auc = eps_auc
        self.eps_lift = eps_lift
        self.replicates = replicates
        self.min_positive_accounts = min_positive_accounts
        self.max_examples = max_examples
        self._refuse_out_of_range()

    def _refuse_out_of_range(self) -> None:
        ordered = self.shifts_days == sorted(set(self.shifts_days))
        sane = ordered and min(self.shifts_days, default=0) >= 1 and self.rule in RULES
        sane = sane and all(0 <= e < math.inf for e in (self.eps_auc, self.eps_lift))
        if not sane:
            raise ConfigError(
                "the shift grid is malformed",
                got=f"shifts_days={self.shifts_days}, rule={self.rule!r}, "
                f"eps_auc={self.eps_auc}, eps_lift={self.eps_lift}",
                allowed=f"increasing days >= 1, rule one of {', '.join(RULES)}, finite eps >= 0",
                remedy="mend conf/gauntlet/check/shift_grid.yaml",
                reason_code="bad_limits",
            )

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when older features rank clearly better; INCONCLUSIVE with too few buyers."""
        enough, measure = self.min_positive_accounts, self._measure
        positives = measure.positives(context)
        if positives < enough:
            reason = f"{positives} positive accounts, {enough} needed"
            few: dict[str, Any] = {"positive_accounts": positives}
            return finding_of(self, Outcome.INCONCLUSIVE, reason, few)
        table = measure.table(context, fresh_panel(context, self.fresh_cutoffs(context)))
        judging = [c for c in table.cells if c["mode"] == AS_OF]
        verdicts = {rule: _worst([c[rule] for c in judging]) for rule in RULES}
        values = {
            "rows": sum(len(part.panel) for part in table.parts),
            "positive_accounts": positive_accounts([part.panel for part in table.parts]),
            "cutoffs": [str(part.cutoff) for part in table.parts],
            "splits": [part.split for part in table.parts],
            "grid": table.grid,
            **{f"{rule}_rule": str(verdict) for rule, verdict in verdicts.items()},
            "grid_digest": table.digest,
        }
        reason = _reason(judging, self.rule, verdicts)
        offenders = [c for c in judging if c[self.rule] == Outcome.FAIL]
        figure = _figure(table)
        return finding_of(self, verdicts[self.rule], reason, values, offenders, figure)

    def fresh_cutoffs(self, context: GauntletContext) -> list[Cutoff]:
        """The days whose features may be asked for."""
        return self._measure.fresh_cutoffs(context)

    @property
    def _measure(self) -> ShiftMeasure:
        return ShiftMeasure(
            tuple(self.shifts_days),
            self.eps_auc,
            self.eps_lift,
            self.replicates,
            self.min_positive_accounts,
            self.max_examples,
        )


def _worst(outcomes: Sequence[Outcome]) -> Outcome:
    return min(outcomes, key=_ORDER.index)


def _reason(cells: list[dict[str, Any]], rule: str, verdicts: dict[str, Outcome]) -> str:
    other = next(r for r in RULES if r != rule)
    beside = f"the {other} rule says {verdicts[other]}"
    if verdicts[rule] is Outcome.INCONCLUSIVE:
        note = next(c["note"] for c in cells if c[rule] == Outcome.INCONCLUSIVE)
        return f"at some shift there is no interval ({note}); {beside}"
    # Of the cells that say what the grid says, the one that gains most.
    telling = [c for c in cells if c[rule] == verdicts[rule]]
    worst = max(telling, key=lambda c: c["improvement"] / (c["eps"] or 1.0))
    said = f"{worst['metric']} changes by {worst['improvement']:+.3f}{_bounds(worst)} with "
    said += f"features of {worst['days']} days earlier"
    return f"at worst {said} (eps {worst['eps']:g}); {beside}"


def _bounds(cell: dict[str, Any]) -> str:
    return "" if cell["lo"] is None else f" [{cell['lo']:+.3f}, {cell['hi']:+.3f}]"


def _figure(table: ShiftTable) -> dict[str, Any]:
    names = {"forward": "forward", "cv": "out-of-fold"}
    where = " and ".join(f"{names[p.split]} rows of {p.cutoff}" for p in table.parts)
    population = "customers on the roster of the cutoff and of every earlier day shown"
    panels: dict[str, dict[str, Any]] = {}
    for cell in table.grid:
        panel = panels.setdefault(
            cell["metric"], {"name": f"change of {cell['metric']}", "limit": cell["eps"]}
        )
        moves = "features" if cell["mode"] == AS_OF else "features and outcome"
        point = {key: cell[key] for key in ("lo", "hi")}
        point |= {"label": f"{moves}, {cell['days']} d earlier", "value": cell["improvement"]}
        panel.setdefault("points", []).append(point)
    return {
        "kind": "differences",
        "title": "Change of the metric when the model knows less",
        **figure_source(where, {names[p.split]: p.panel for p in table.parts}, population),
        "interval": "95 % for all together, from resampled customers",
        "panels": list(panels.values()),
    }
