"""What each way to spend the team's calls would have brought, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import IS_OWNER, LABEL, LABEL_GP
from gosales.core.errors import ConfigError
from gosales.evaluation.bootstrap import CustomerBootstrap, measured
from gosales.evaluation.interval import Interval
from gosales.evaluation.metrics.cal_mae import CalMae
from gosales.evaluation.ratio import ratio
from gosales.evaluation.sample import Sample
from gosales.evaluation.scenario import Scenario
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.panel import Panel

MEASURES: Final = ("realised_gp", "rev_capture", "precision", "capture")
BY_VALUE, BY_CAPTURE = "expected_gp", "capture"
_NEEDS = {
    "realised_gp": "gross profit in the outcome",
    "rev_capture": "positive gross profit in the outcome",
    "precision": "an account on the list",
    "capture": "at least one positive",
}


@dataclass(frozen=True)
class ScenarioGrid:
    """Lists of several sizes and shapes from one ranking by probability.

    Parameters
    ----------
    top_pct : sequence of float
        Shares of all accounts, in per cent.
    accounts_per_rep : sequence of int
        Accounts for each rep; without known reps these cells are left out, and that is said.
    hybrid_pct : sequence of float
        Sizes of the lists that are split over segments.
    hybrid_shares : sequence of mapping
        Splits: level to share.
    hybrid_by : str, default "segment"
        Column of the panel's rows that names the level.
    populations : sequence of str, default ("all", "whitespace")
        Whom the list may hold.
    cal_mae_max : float, default 0.03
        Up to this calibration error scenarios are ranked by expected gross profit, else by
        capture: a promise in money is believed only where promises held.
    n_bins : int, default 10
        Bins of the calibration error.
    """

    top_pct: Sequence[float] = (5, 10, 20)
    accounts_per_rep: Sequence[int] = (10, 25, 50)
    hybrid_pct: Sequence[float] = (10,)
    hybrid_shares: Sequence[Mapping[str, float]] = field(
        default_factory=lambda: ({"warm": 0.7, "cold": 0.3},)
    )
    hybrid_by: str = "segment"
    populations: Sequence[str] = ("all", "whitespace")
    cal_mae_max: float = 0.03
    n_bins: int = 10

    def __post_init__(self) -> None:
        wrong = set(self.populations) - {"all", "owners", "whitespace"}
        if wrong or not self.populations or not self.scenarios or self.cal_mae_max < 0:
            raise ConfigError(
                "the scenario grid is malformed",
                got=f"populations {list(self.populations)}, {len(self.scenarios)} scenarios, "
                f"cal_mae_max={self.cal_mae_max}",
                allowed="populations all, owners, whitespace; at least one scenario; a limit >= 0",
                remedy="set forward.scenarios",
                reason_code="bad_scenario",
            )

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Every cell of the grid, by kind."""
        return (
            *(Scenario("top_percent", float(p)) for p in self.top_pct),
            *(Scenario("per_rep", int(a)) for a in self.accounts_per_rep),
            *(
                Scenario("hybrid", float(p), dict(shares), self.hybrid_by)
                for p in self.hybrid_pct
                for shares in self.hybrid_shares
            ),
        )

    def table(
        self,
        panel: Panel,
        probability: np.ndarray,
        value: np.ndarray,
        bootstrap: CustomerBootstrap,
    ) -> pd.DataFrame:
        """Measure every scenario on every population.

        Parameters
        ----------
        panel : Panel
            Labelled rows of one cutoff.
        probability : numpy.ndarray, shape (len(panel),)
            Of each row, by a model that never saw it.
        value : numpy.ndarray, shape (len(panel),)
            Expected gross profit of each row given a purchase; NaN where unknown.
        bootstrap : CustomerBootstrap
            All cells share its account weights.

        Returns
        -------
        pandas.DataFrame
            One row per population and scenario, the best first: population, rank, scenario, kind,
            size (accounts on the list), expected_gp (NaN where a value is unknown), realised_gp,
            rev_capture, precision and capture, each with _lo and _hi (NaN without), n, n_pos,
            n_pos_accounts, ranked_by, cal_mae, note.

        Notes
        -----
        A list is chosen anew in every replicate. Accounts tied at its edge count by their share:
        the order of rows, or of names, decides nothing.
        """
        _, codes = np.unique(panel.groups.astype(str), return_inverse=True)
        owner = panel.rows[IS_OWNER].to_numpy(dtype=bool)
        masks = {"all": owner | True, "owners": owner, "whitespace": ~owner}
        gp = panel.rows[LABEL_GP].to_numpy(dtype="float64")
        whole = Sample.of(probability, panel.y, gp, codes)
        promised = Sample.of(probability, panel.y, probability * value, codes)
        parts = []
        for population in self.populations:
            mask = masks[population]
            side = _Side(
                panel.rows[mask].reset_index(drop=True),
                whole.take(mask),
                promised.take(mask),
                bool(np.isfinite(value[mask]).all()),
            )
            if len(side.rows):
                parts.append(self._population(population, side, bootstrap))
        return pd.concat(parts, ignore_index=True)

    def _population(
        self, population: str, side: _Side, bootstrap: CustomerBootstrap
    ) -> pd.DataFrame:
        whole = side.sample
        error = float(measured(WeightedRanking.once(whole), [CalMae(self.n_bins)])["cal_mae"][0])
        rows: list[dict[str, Any]] = []
        for column in dict.fromkeys(s.column for s in self.scenarios):
            cells = [s for s in self.scenarios if s.column == column]
            if column is not None and not _known(side.rows, column):
                rows += [_left_out(s, f"the log names no {column}") for s in cells]
                continue
            levels, at = _strata(side.rows, column)
            strata = [whole.take(at == i) for i in range(len(levels))]
            once = np.ones((1, whole.n_groups), dtype=np.int64)
            point = _cells(cells, strata, levels, once)
            promised = [side.promised.take(at == i) for i in range(len(levels))]
            money = _cells(cells, promised, levels, once)["realised_gp"]
            draws = _drawn(cells, strata, levels, bootstrap)
            for i, scenario in enumerate(cells):
                row: dict[str, Any] = {"scenario": scenario.name, "kind": scenario.kind}
                row["expected_gp"] = money[0, i] if side.is_valued else np.nan
                row["size"] = point["size"][0, i]
                rows.append(row | _bounded(i, point, draws, whole, bootstrap))
        table = pd.DataFrame(rows).assign(population=population, cal_mae=error, n=len(whole))
        silent = int((side.rows[LABEL_GP].isna() & (side.rows[LABEL] == 1.0)).sum())
        if silent:
            said = f"gross profit of {silent} buyers is unknown and counts as 0"
            table["note"] = [f"{note}; {said}" if note else said for note in table["note"]]
        counts = {"n_pos": int(whole.y.sum()), "n_pos_accounts": whole.n_positive_groups}
        return self._ranked(table.assign(**counts), error)

    def _ranked(self, table: pd.DataFrame, error: float) -> pd.DataFrame:
        # A comparison with NaN is False: an unknown error is no small one.
        believed = error <= self.cal_mae_max and bool(
            table.loc[table["size"].notna(), "expected_gp"].notna().all()
        )
        by = BY_VALUE if believed else BY_CAPTURE
        table = table.sort_values(by, ascending=False, kind="stable", ignore_index=True)
        rank = pd.Series(np.arange(1, len(table) + 1), dtype="Int64")
        table.insert(0, "rank", rank.mask(table[by].isna()))
        bounds = [f"{m}{end}" for m in MEASURES for end in ("", "_lo", "_hi")]
        head = ["population", "rank", "scenario", "kind", "size", "expected_gp", *bounds]
        tail = ["n", "n_pos", "n_pos_accounts", "ranked_by", "cal_mae", "note"]
        return table.assign(ranked_by=by)[[*head, *tail]]


@dataclass(frozen=True)
class _Side:
    """Rows of one population, their outcomes, and what they were expected to bring."""

    rows: pd.DataFrame
    sample: Sample
    promised: Sample
    is_valued: bool


def _known(rows: pd.DataFrame, column: str) -> bool:
    return column in rows and bool(rows[column].notna().any())


def _strata(rows: pd.DataFrame, column: str | None) -> tuple[list[str], np.ndarray]:
    """Names of the strata, and the stratum of each row; an unknown level is one too."""
    if column is None:
        return [""], np.zeros(len(rows), dtype="int64")
    levels, at = np.unique(rows[column].fillna("").astype(str), return_inverse=True)
    return [str(level) for level in levels], at


def _cells(
    cells: list[Scenario], strata: list[Sample], levels: list[str], counts: np.ndarray
) -> dict[str, np.ndarray]:
    """Measures of every scenario in every replicate, each of shape (B, cells)."""
    rankings = [WeightedRanking(s, counts) for s in strata]
    totals = np.stack([r.total for r in rankings])
    quota = np.stack([s.quota(totals, levels) for s in cells], axis=2)
    sums = {
        q: np.sum([r.top(q, m) for r, m in zip(rankings, quota, strict=True)], axis=0)
        for q in ("y", "gp", "gain")
    }
    size = quota.sum(axis=0)
    positives = np.sum([r.positives for r in rankings], axis=0)
    gain = np.sum([r.cumulated("gain")[:, -1] for r in rankings], axis=0)
    known = any(len(s.events["gp"].rows) for s in strata)
    return {
        "size": size,
        "realised_gp": sums["gp"] if known else np.full_like(size, np.nan),
        "rev_capture": ratio(sums["gain"], gain[:, None]),
        "precision": ratio(sums["y"], size),
        "capture": ratio(sums["y"], positives[:, None]),
    }


def _drawn(
    cells: list[Scenario], strata: list[Sample], levels: list[str], bootstrap: CustomerBootstrap
) -> dict[str, np.ndarray]:
    chunks = [
        _cells(cells, strata, levels, counts)
        for counts in bootstrap.counts(strata[0].n_groups, "scenarios")
    ]
    return {name: np.concatenate([c[name] for c in chunks]) for name in MEASURES}


def _bounded(
    i: int,
    point: dict[str, np.ndarray],
    draws: dict[str, np.ndarray],
    sample: Sample,
    bootstrap: CustomerBootstrap,
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    notes = []
    for name in MEASURES:
        value = float(point[name][0, i])
        found = Interval(None, note=f"{name} undefined: needs {_NEEDS[name]}")
        if np.isfinite(value):
            found = bootstrap.interval(value, draws[name][:, i], sample.n_positive_groups)
        cells = (found.value, found.lo, found.hi)
        out |= {
            f"{name}{end}": np.nan if v is None else v
            for end, v in zip(("", "_lo", "_hi"), cells, strict=True)
        }
        notes.append(found.note)
    return out | {"note": "; ".join(dict.fromkeys(n for n in notes if n))}


def _left_out(scenario: Scenario, why: str) -> dict[str, Any]:
    blank = {f"{m}{end}": np.nan for m in MEASURES for end in ("", "_lo", "_hi")}
    row = {"scenario": scenario.name, "kind": scenario.kind, "size": np.nan}
    return {**row, "expected_gp": np.nan, **blank, "note": why}
