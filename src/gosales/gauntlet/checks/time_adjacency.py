"""Report: which columns look just before the cutoff, and which of them are the newest order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, ORDER_DATE
from gosales.core.seeds import derive_seed
from gosales.data.as_of import AsOfView
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.features.panel import Panel
from gosales.features.safe import SafePolicy
from gosales.features.spec import FeatureSpec
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of

_REPLICATES: Final = 300  # account weights of the figure's intervals; nothing is decided by them


class TimeAdjacency:
    """Lists the columns whose window touches the days before the cutoff.

    Beside each stands its rank correlation with the days since the account's newest order, and
    whether to let SAFE drop it. A column that restates the newest order lives on what happened
    last, however long its declared window is.

    Parameters
    ----------
    near_days : int, default 60
        A window that ends less than this before the cutoff touches it.
    min_correlation : float, default 0.8
        Absolute rank correlation from which on a column that SAFE would drop is recommended for
        dropping.
    restates : float, default 0.95
        From here on a column restates the newest order: a WARN, whatever SAFE says of it.
    top : int, default 20
        Columns listed.

    Notes
    -----
    Training rows of accounts that ordered before; Spearman's correlation, null values left out.
    The newest order is read from the as-of view at each row's cutoff, for any product.
    """

    name = "time_adjacency"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        near_days: int = 60,
        min_correlation: float = 0.8,
        restates: float = 0.95,
        top: int = 20,
    ) -> None:
        self.near_days = near_days
        self.min_correlation = min_correlation
        self.restates = restates
        self.top = top

    def run(self, context: GauntletContext) -> Finding:
        """WARN when a used column restates the newest order; a report otherwise."""
        panel = context.training
        near = [s for s in panel.specs if self._touches(s)]
        values: dict[str, Any] = {"columns": len(panel.specs), "near_columns": len(near)}
        if not len(panel) or not near:
            reason = f"no column's window ends within {self.near_days} days of the cutoff"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, values)
        since = _days_since_order(context, panel)
        rows = sorted(self._rows(panel, near, since), key=lambda r: -abs(r["correlation"]))
        drop = [r["column"] for r in rows if r["advice"]]
        restating = [r["column"] for r in rows if abs(r["correlation"]) >= self.restates]
        values |= {"rows": int((~np.isnan(since)).sum()), "drop": drop, "restating": restating}
        text = f"{len(near)} of {len(panel.specs)} columns touch the last {self.near_days} days; "
        text += f"{len(drop)} of them should be dropped under SAFE"
        if restating:
            text += f"; {len(restating)} restate the newest order, first {restating[0]}"
        outcome = Outcome.WARN if restating else Outcome.PASS
        figure = _figure(rows[: self.top], panel, since, derive_seed(context.seed, self.name))
        return finding_of(self, outcome, text, values, rows[: self.top], figure)

    def _touches(self, spec: FeatureSpec) -> bool:
        return spec.lookback is not None and spec.lookback.lag_days < self.near_days

    def _rows(
        self, panel: Panel, near: list[FeatureSpec], since: np.ndarray
    ) -> Iterator[dict[str, Any]]:
        days = pd.Series(since)
        dropped = {d.spec.name: d.reason for d in SafePolicy("on").decide(near) if not d.keep}
        for spec in (s for s in near if s.dtype == "number"):
            column = panel.X[spec.name]
            found = column.corr(days, method="spearman") if column.nunique() > 1 else 0.0
            rho = float(np.nan_to_num(found))
            advised = spec.name in dropped and abs(rho) >= self.min_correlation
            yield {
                "column": spec.name,
                "family": spec.family,
                "window": str(spec.lookback),
                "correlation": rho,
                "advice": f"drop: {dropped[spec.name]}" if advised else "",
            }


def _days_since_order(context: GauntletContext, panel: Panel) -> np.ndarray:
    """Days from the newest order known at each row's cutoff to it; NaN without any."""
    lines = AsOfView(context.star, panel.cutoffs, context.engine).purchases()
    newest = context.engine.run(
        lines.group_by([CUSTOMER, CUTOFF]).aggregate(**{ORDER_DATE: lines[ORDER_DATE].max()})
    )
    newest[CUTOFF] = pd.to_datetime(newest[CUTOFF]).dt.strftime("%Y-%m-%d")
    newest[CUSTOMER] = newest[CUSTOMER].astype(str)
    rows = (
        panel.rows[[CUSTOMER, CUTOFF]].astype(str).merge(newest, on=[CUSTOMER, CUTOFF], how="left")
    )
    gap = pd.to_datetime(rows[CUTOFF]) - pd.to_datetime(rows[ORDER_DATE])
    return gap.dt.days.to_numpy(dtype="float64", na_value=np.nan)


def _figure(
    rows: list[dict[str, Any]], panel: Panel, since: np.ndarray, seed: int
) -> dict[str, Any]:
    ordered = np.flatnonzero(~np.isnan(since))
    drawn = Panel.without_features(panel.rows).take(ordered)
    bootstrap = CustomerBootstrap(replicates=_REPLICATES, seed=seed)
    names = [r["column"] for r in rows]
    X = panel.X[names].iloc[ordered]
    return {
        "kind": "bars",
        "title": "Rank correlation of near columns with the days since the newest order",
        **figure_source(
            "training panel", {"": drawn}, "accounts on the roster that ordered before the cutoff"
        ),
        "interval": "95 % account bootstrap, ranks as they are",
        "order": names,
        "series": {r["column"]: r["correlation"] for r in rows},
        "bounds": _bounds(X, since[ordered], drawn.groups, bootstrap),
        "x": "Spearman's correlation",
    }


def _bounds(
    X: pd.DataFrame, days: np.ndarray, groups: np.ndarray, bootstrap: CustomerBootstrap
) -> dict[str, list[float | None]]:
    """Interval of each column's correlation, all from one set of account weights."""
    account, names = pd.factorize(groups)
    weights = np.concatenate(list(bootstrap.counts(len(names), "time_adjacency"))).astype(float)
    out = {}
    for name in (n for n in X if X[n].nunique() > 1):
        known = X[name].notna().to_numpy()
        pair = (X[name].to_numpy(dtype="float64")[known], days[known])
        a, b = (pd.Series(v).rank(pct=True).to_numpy() for v in pair)
        sums = [
            np.bincount(account[known], weights=v, minlength=len(names))
            for v in (np.ones(len(a)), a, b, a * a, b * b, a * b)
        ]
        n, a1, b1, a2, b2, ab = (weights @ np.stack(sums, axis=1)).T
        spread = np.sqrt(np.clip((n * a2 - a1 * a1) * (n * b2 - b1 * b1), 0.0, None))
        draws = np.divide(n * ab - a1 * b1, spread, out=np.full(len(n), np.nan), where=spread > 0)
        found = bootstrap.interval(float(np.corrcoef(a, b)[0, 1]), draws, len(names))
        if found.has_bounds:
            out[str(name)] = [found.lo, found.hi]
    return out
