"""Drift of scores, features and money between what was trained on and what is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError
from gosales.evaluation.ks import ks
from gosales.evaluation.psi import level_counts, number_counts, psi
from gosales.features.spec import FeatureSpec

COLUMNS: Final = (
    "kind", "name", "psi", "psi_noise", "ks", "n_reference", "n_current", "missing_reference",
    "missing_current", "status", "note",
)  # fmt: skip
# Asymptotic 95 % point of the statistic times sqrt(nm / (n + m)).
_KS_95: Final = 1.358
OK, WATCH, ALERT, INSUFFICIENT = "ok", "watch", "alert", "insufficient"


@dataclass(frozen=True)
class DriftWatch:
    """Limits of drift.

    Parameters
    ----------
    n_bins : int, default 10
        Quantile bins of the reference.
    smoothing : float, default 0.5
        Added to every bin (`psi`).
    psi_watch, psi_alert : float, default 0.1 and 0.25
        From these on a distribution is worth a look, or has shifted.
    ks_watch, ks_alert : float, default 0.12 and 0.2
        Likewise.
    min_rows : int, default 100
        Fewer on either side: insufficient, and no status.
    min_buyers : int, default 40
        Fewer: money is not compared.

    Raises
    ------
    ConfigError
        If limits are out of order or range.
    """

    n_bins: int = 10
    smoothing: float = 0.5
    psi_watch: float = 0.1
    psi_alert: float = 0.25
    ks_watch: float = 0.12
    ks_alert: float = 0.2
    min_rows: int = 100
    min_buyers: int = 40

    def __post_init__(self) -> None:
        ordered = 0 < self.psi_watch <= self.psi_alert and 0 < self.ks_watch <= self.ks_alert <= 1
        if not ordered or self.n_bins < 2 or self.smoothing <= 0 or self.min_rows < 1:
            raise ConfigError(
                "the limits of drift are malformed",
                got=f"psi {self.psi_watch}, {self.psi_alert}; ks {self.ks_watch}, {self.ks_alert}; "
                f"n_bins={self.n_bins}, smoothing={self.smoothing}, min_rows={self.min_rows}",
                allowed="watch not above alert, ks up to 1, n_bins >= 2, smoothing above 0",
                remedy="set forward.drift",
                reason_code="bad_drift",
            )

    def scores(
        self,
        reference: np.ndarray,
        current: np.ndarray,
        name: str = "probability",
        *,
        same_model: bool = True,
    ) -> pd.DataFrame:
        """One row: probabilities of earlier rows against those judged now.

        Parameters
        ----------
        reference, current : numpy.ndarray, shapes (n,) and (m,)
            Probabilities of rows that the models had not seen.
        name : str, default "probability"
            What the row is called.
        same_model : bool, default True
            Whether one model gave both; if not, what differs may be the models, and nothing
            alerts.
        """
        row = self._number("score", name, reference, current)
        if not same_model and row["status"] == ALERT:
            row |= {"status": WATCH, "note": "models of the folds against the one that ships"}
        return _frame([row])

    def features(
        self, specs: Sequence[FeatureSpec], reference: pd.DataFrame, current: pd.DataFrame
    ) -> pd.DataFrame:
        """One row per column, the farthest first.

        Parameters
        ----------
        specs : sequence of FeatureSpec
            Says which columns are numbers.
        reference, current : pandas.DataFrame
            Training rows and the rows judged, with those columns.
        """
        rows = [self._feature(s, reference[s.name], current[s.name]) for s in specs]
        return _frame(rows).sort_values("psi", ascending=False, ignore_index=True, kind="stable")

    def money(self, expected: np.ndarray, realised: np.ndarray, buyers: int) -> pd.DataFrame:
        """One row: where the money was expected against where it came from.

        Parameters
        ----------
        expected : numpy.ndarray, shape (n,)
            Expected gross profit of each row in the label window.
        realised : numpy.ndarray, shape (n,)
            Gross profit of the same rows in the same window; NaN where unknown.
        buyers : int
            Accounts that bought.

        Notes
        -----
        Rows are binned by expected gross profit. An account's realised gross profit is mostly 0
        and its expectation never is, so their distributions over accounts differ by nature; what
        can be compared is the share of all money in each bin, expected and realised, losses as 0.
        Shares count for as many observations as the money is worth, ``(sum g)^2 / sum g^2``: one
        large deal is one observation, however much it brought.
        """
        known = np.isfinite(expected) & np.isfinite(realised)
        gain = np.maximum(realised[known], 0.0)
        row = self._row("value", "gross profit by decile of expected gross profit", known, known)
        if buyers < self.min_buyers:
            return _frame([{**row, "status": INSUFFICIENT, "note": f"{buyers} buyers"}])
        if not gain.sum() > 0.0 or not expected[known].sum() > 0.0:
            return _frame([{**row, "status": INSUFFICIENT, "note": "no gross profit to compare"}])
        place = _place(expected[known], self.n_bins)
        sums = [np.bincount(place, weights=v) for v in (expected[known], gain)]
        worth = float(gain.sum() ** 2 / (gain**2).sum())
        shares = [worth * s / s.sum() for s in sums]
        found = psi(shares[0], shares[1], self.smoothing)
        noise = (len(shares[0]) - 1) / worth
        return _frame([self._judged({**row, "psi": found, "psi_noise": noise})])

    def _feature(self, spec: FeatureSpec, a: pd.Series, b: pd.Series) -> dict[str, Any]:
        if spec.dtype != "number":
            return self._levels(spec.name, *(side.to_numpy(dtype=object) for side in (a, b)))
        row = self._number("feature", spec.name, *(s.to_numpy("float64") for s in (a, b)))
        if spec.of_attribute and row["status"] == ALERT:
            # Every account of a level has the level's value: a small step moves all of them.
            return {**row, "status": WATCH, "note": "one value per level, which moves in steps"}
        return row

    def _number(self, kind: str, name: str, a: np.ndarray, b: np.ndarray) -> dict[str, Any]:
        row = self._row(kind, name, ~np.isnan(a), ~np.isnan(b))
        counts = number_counts(a, b, self.n_bins)
        return self._judged({**row, **self._psi(*counts), "ks": ks(a, b)})

    def _levels(self, name: str, a: np.ndarray, b: np.ndarray) -> dict[str, Any]:
        row = self._row("feature", name, ~pd.isna(a), ~pd.isna(b))
        return self._judged({**row, **self._psi(*level_counts(a, b))})

    def _psi(self, a: np.ndarray, b: np.ndarray) -> dict[str, float]:
        found = psi(a, b, self.smoothing)
        if np.isnan(found):
            return {"psi": found, "psi_noise": found}
        return {"psi": found, "psi_noise": (len(a) - 1) * (1 / a.sum() + 1 / b.sum())}

    def _row(self, kind: str, name: str, a: np.ndarray, b: np.ndarray) -> dict[str, Any]:
        row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
        row |= {"kind": kind, "name": name, "note": ""}
        row |= {"n_reference": len(a), "n_current": len(b)}
        for side, known in (("missing_reference", a), ("missing_current", b)):
            row[side] = float((~known).mean()) if len(known) else np.nan
        return row

    def _judged(self, row: dict[str, Any]) -> dict[str, Any]:
        fewest = min(row["n_reference"], row["n_current"])
        if fewest < self.min_rows and row["kind"] != "value":
            return {**row, "status": INSUFFICIENT, "note": f"{fewest} rows"}
        # Samples of one distribution differ too: a limit below what they reach says nothing.
        by_chance = _KS_95 * np.sqrt(1 / row["n_reference"] + 1 / row["n_current"])
        for status, most_psi, most_ks in (
            (ALERT, self.psi_alert, self.ks_alert),
            (WATCH, self.psi_watch, self.ks_watch),
        ):
            far = row["psi"] >= max(most_psi, 2 * row["psi_noise"])
            if far or row["ks"] >= max(most_ks, by_chance):
                return {**row, "status": status}
        return {**row, "status": OK}


def _place(values: np.ndarray, n_bins: int) -> np.ndarray:
    edges = np.unique(np.quantile(values, np.arange(1, n_bins) / n_bins))
    return np.searchsorted(edges, values, side="left")


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = ("psi", "psi_noise", "ks", "missing_reference", "missing_current")
    return frame.astype(dict.fromkeys(numbers, "float64"))
