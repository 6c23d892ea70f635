"""Which calibrator a division gets: by positive accounts, then by out-of-fold loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gosales.core.blas import one_blas_thread
from gosales.core.errors import ConfigError
from gosales.core.seeds import stable_buckets
from gosales.models.calibration_choice import CalibrationChoice
from gosales.models.calibration_rows import CalibrationRows
from gosales.models.calibrator import Calibrator
from gosales.models.cross_fit import CrossFit

_NEEDED = ("none", "intercept", "platt")
_ISOTONIC = "isotonic"


@dataclass(frozen=True)
class CalibrationRule:
    """Choice of a calibrator from out-of-fold predictions.

    Parameters
    ----------
    candidates : mapping of str to Calibrator
        By name; ``none``, ``intercept`` and ``platt`` must be among them. Order breaks ties.
    force : str, optional
        Name of the candidate to use whatever the data says; one class alone still gives ``none``.
    intercept_below : int, default 30
        Fewer positive accounts: intercept only.
    platt_below : int, default 100
        Fewer positive accounts (and not fewer than ``intercept_below``): Platt.
    sparse_isotonic_threshold_pos : int, default 1000
        Positive accounts from which isotonic may compete, and then only with a win out of time.
    folds : int, default 5
        Parts of the cross-fitted loss.

    Notes
    -----
    Positives are counted in accounts because rows of one account repeat the same evidence. From
    ``platt_below`` on, the candidate with the least cross-fitted log loss is chosen; isotonic
    must also have the least loss at the newest cutoff when fitted on the earlier ones, because
    its steps follow noise (excess log loss x 10^4 at 200 positives: Platt 5.7, beta 4.4,
    isotonic 66; METHODS 6).

    References
    ----------
    Kull, Silva Filho, Flach (2017), "Beta calibration".
    """

    candidates: Mapping[str, Calibrator]
    force: str | None = None
    intercept_below: int = 30
    platt_below: int = 100
    sparse_isotonic_threshold_pos: int = 1000
    folds: int = 5

    def __post_init__(self) -> None:
        problems = [f"no candidate named {n}" for n in _NEEDED if n not in self.candidates]
        if self.force is not None and self.force not in self.candidates:
            problems.append(f"force={self.force!r} is not a candidate")
        bounds = (self.intercept_below, self.platt_below, self.sparse_isotonic_threshold_pos)
        if min(bounds) < 0 or list(bounds) != sorted(bounds):
            problems.append(f"the counts of positives do not rise: {bounds}")
        if self.folds < 2:
            problems.append(f"folds={self.folds}")
        if problems:
            raise ConfigError(
                "the calibration rule is malformed",
                got="; ".join(problems),
                allowed=f"candidates among {', '.join(self.candidates)}; rising counts; folds >= 2",
                remedy="mend conf/calibration",
                reason_code="bad_calibration_rule",
            )

    def choose(
        self,
        p: np.ndarray,
        y: np.ndarray,
        groups: np.ndarray,
        seed: int,
        *,
        weights: np.ndarray | None = None,
        cutoffs: np.ndarray | None = None,
    ) -> CalibrationChoice:
        """Choose and fit a calibrator.

        Parameters
        ----------
        p : numpy.ndarray, shape (n,)
            Raw probabilities, each predicted out of fold.
        y : numpy.ndarray, shape (n,)
            Labels, 0 or 1.
        groups : numpy.ndarray of str, shape (n,)
            Account of each row.
        seed : int
            Decides the parts of the cross-fit.
        weights : numpy.ndarray, optional
            Row weights.
        cutoffs : numpy.ndarray of str, optional
            Cutoff of each row (ISO text); without it isotonic cannot win out of time.

        Returns
        -------
        CalibrationChoice
            Never fails for lack of data: one class gives ``none`` with the reason.
        """
        rows = CalibrationRows.of(p, y, weights)
        n = len(np.unique(np.asarray(groups)[(rows.y == 1.0) & (rows.weights > 0)].astype(str)))
        if not rows.has_two_classes:
            reason = f"none: {n} positive accounts among {len(rows.p)} rows give one class only"
            return self._choice("none", rows, {}, reason, n)
        parts = stable_buckets([str(g) for g in groups], self.folds, seed)
        fit = CrossFit(rows, parts, None if cutoffs is None else np.asarray(cutoffs).astype(str))
        with one_blas_thread():
            measured = {name: fit.loss(c) for name, c in self.candidates.items()}
            losses = {name: loss for name, loss in measured.items() if loss is not None}
            name, reason = self._pick(n, losses, fit)
        if self.force is not None:
            reason = f"{self.force}: set by configuration; the rule would give {reason}"
            name = self.force
        return self._choice(name, rows, losses, reason, n)

    def _choice(
        self, name: str, rows: CalibrationRows, losses: dict[str, float], reason: str, n: int
    ) -> CalibrationChoice:
        with one_blas_thread():
            fitted = self.candidates[name].fit(rows.p, rows.y, rows.weights)
        return CalibrationChoice(name, fitted, losses, reason, n)

    def _pick(self, n: int, losses: dict[str, float], fit: CrossFit) -> tuple[str, str]:
        if n < self.intercept_below:
            return (
                "intercept",
                f"intercept: {n} positive accounts, fewer than {self.intercept_below}",
            )
        if n < self.platt_below:
            return "platt", (
                f"platt: {n} positive accounts, from {self.intercept_below} "
                f"to below {self.platt_below}"
            )
        rivals = [c for c in losses if c not in ("none", "intercept", _ISOTONIC)] or ["platt"]
        aside = ""
        if _ISOTONIC in losses:
            aside = self._isotonic_excluded(n, rivals, fit)
            rivals += [] if aside else [_ISOTONIC]
        best = min(rivals, key=lambda c: losses.get(c, np.inf))
        told = ", ".join(f"{c} {losses[c]:.5f}" for c in rivals if c in losses)
        reason = f"{best}: {n} positive accounts; least cross-fitted log loss ({told})"
        return best, reason + (f"; {aside}" if aside else "")

    def _isotonic_excluded(self, n: int, rivals: list[str], fit: CrossFit) -> str:
        if n < self.sparse_isotonic_threshold_pos:
            return f"isotonic needs {self.sparse_isotonic_threshold_pos} positive accounts"
        later = {c: fit.later_loss(self.candidates[c]) for c in (*rivals, _ISOTONIC)}
        known = [loss for c in rivals if (loss := later[c]) is not None]
        own = later[_ISOTONIC]
        if own is None or not known:
            return "isotonic could not be tried out of time"
        return "" if own < min(known) else "isotonic does not win out of time"
