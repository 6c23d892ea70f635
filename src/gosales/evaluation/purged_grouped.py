"""Folds that are disjoint in accounts and purged in days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.errors import ConfigError, DegenerateError, InternalError
from gosales.core.seeds import derive_seed, stable_buckets
from gosales.core.timeline import Cutoff, Horizon
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.features.panel import Panel

PURGED = "purged_grouped"
GROUPED = "grouped"
_ALL = "all"


@dataclass(frozen=True)
class PurgedGroupedSplitter:
    """Validates each later cutoff by customers and months the model has not seen.

    Two axes at once. *Time*: a row at cutoff ``c`` may train for validation cutoff ``t`` only if
    ``c + buffer + horizon + purge_days <= t``. *Accounts*: those of the validation rows are in no
    training row of the fold, at any cutoff.

    Parameters
    ----------
    n_folds : int, default 5
        Customer folds, by a stable hash of the account.
    purge_days : int, default 45
        Days between the end of a training label window and a validation cutoff.
    seed : int, default 7
        Root seed of the assignment.
    horizon_months, buffer_days : int, default 6 and 0
        Label window.
    min_history_months : int, default 12
        Least log before a training cutoff that makes purged folds possible.
    inner_folds : int, default 3
        Customer folds inside a training part (calibration).
    log_start : str, optional
        First day of the log (ISO); without it history counts as enough.
    one_class_sides : bool, default False
        Whether a side of a fold may have one class: for an estimator whose order does not come
        from the labels. The panel that is planned as a whole needs both even then.

    Raises
    ------
    ConfigError
        If a parameter is out of range.

    Notes
    -----
    Where no pair of cutoffs is far enough apart, or history is too short, the plan falls back to
    account-disjoint folds over all cutoffs (scheme ``grouped``) with a warning, never silently.

    Examples
    --------
    Four cutoffs, three months apart, horizon of six months, purge of 45 days: only the last can
    be validated, and only the first may train for it.

    >>> import pandas as pd
    >>> cutoffs = ["2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31"]
    >>> rows = pd.DataFrame(
    ...     [(f"c{i:02d}", c, f"c{i:02d}", float(i % 2)) for c in cutoffs for i in range(40)],
    ...     columns=["customer_id", "cutoff", "group", "y"],
    ... )
    >>> panel = Panel("printers", rows, pd.DataFrame(index=rows.index), (), pd.DataFrame())
    >>> plan = PurgedGroupedSplitter(n_folds=2).plan(panel)
    >>> for fold in plan.folds:
    ...     train, valid = panel.take(fold.train), panel.take(fold.valid)
    ...     print(fold.name, [str(c) for c in train.cutoffs], len(train), len(valid))
    2023-12-31/0 ['2023-03-31'] 19 21
    2023-12-31/1 ['2023-03-31'] 21 19
    """

    n_folds: int = 5
    purge_days: int = 45
    seed: int = 7
    horizon_months: int = 6
    buffer_days: int = 0
    min_history_months: int = 12
    inner_folds: int = 3
    log_start: str | None = None
    one_class_sides: bool = False

    def __post_init__(self) -> None:
        few = min(self.n_folds, self.inner_folds) < 2
        if few or self.purge_days < 0 or self.min_history_months < 0:
            raise ConfigError(
                "the splitter is malformed",
                got=f"n_folds={self.n_folds}, inner_folds={self.inner_folds}, "
                f"purge_days={self.purge_days}, min_history_months={self.min_history_months}",
                allowed="folds >= 2, days and months >= 0",
                remedy="mend cv.splitter",
                reason_code="bad_splitter",
            )

    @property
    def horizon(self) -> Horizon:
        """Label window of every row."""
        return Horizon(self.horizon_months, self.buffer_days)

    def for_log(self, first: Cutoff) -> Self:
        """The same splitter, knowing where the log begins."""
        return replace(self, log_start=str(first))

    def plan(self, panel: Panel) -> FoldPlan:
        """The folds that are reported.

        Raises
        ------
        DegenerateError
            If a side of a fold is empty or has one class; all such folds are named.
        """
        pairs, why = self._pairs(panel)
        folds = self._folds(panel, pairs, self.n_folds, "folds")
        self._refuse(panel, folds, both_sides=True)
        return self._described(panel, folds, pairs, why, self.n_folds)

    def inner_plan(self, panel: Panel) -> FoldPlan:
        """The folds inside a training part, from which its calibrator learns.

        Raises
        ------
        DegenerateError
            If a side is empty or a training side has one class. A validation side may: its
            predictions are pooled with the others.
        """
        pairs, why = self._pairs(panel)
        folds = self._folds(panel, pairs, self.inner_folds, "inner folds")
        self._refuse(panel, folds, both_sides=False)
        return self._described(panel, folds, pairs, why, self.inner_folds)

    def _pairs(self, panel: Panel) -> tuple[dict[Cutoff, list[Cutoff]], str]:
        """Training cutoffs by validation cutoff; empty, with the reason, where none is usable."""
        if np.isnan(panel.y).any():
            raise InternalError(
                "folds need labelled rows",
                got=f"{int(np.isnan(panel.y).sum())} rows without a label",
                remedy="split panel.labelled()",
            )
        cutoffs = panel.cutoffs
        near = {
            t: [c for c in cutoffs if self.horizon.usable_for(c, t, self.purge_days)]
            for t in cutoffs
        }
        if not any(near.values()):
            return {}, (
                f"no two of {len(cutoffs)} training cutoffs are a label window of "
                f"{self.horizon_months} months and {self.purge_days} days apart"
            )
        pairs = {t: cs for t, cs in near.items() if any(map(self._has_history, cs))}
        if not pairs:
            return {}, (
                f"fewer than {self.min_history_months} months of log (from {self.log_start}) "
                "before every usable training cutoff"
            )
        return pairs, ""

    def _has_history(self, cutoff: Cutoff) -> bool:
        if self.log_start is None:
            return True
        first = Cutoff.parse(self.log_start).plus_months(self.min_history_months)
        return first.days_until(cutoff) >= 0

    def _folds(
        self, panel: Panel, pairs: dict[Cutoff, list[Cutoff]], n: int, purpose: str
    ) -> tuple[Fold, ...]:
        bucket = stable_buckets([str(g) for g in panel.groups], n, derive_seed(self.seed, purpose))
        at = panel.rows[CUTOFF].to_numpy(dtype=object).astype(str)
        spans = [
            (str(t), np.isin(at, [str(c) for c in cs]), at == str(t)) for t, cs in pairs.items()
        ] or [(_ALL, np.ones(len(at), dtype=bool), np.ones(len(at), dtype=bool))]
        return tuple(
            Fold(
                name=f"{name}/{k}",
                train=np.flatnonzero(earlier & (bucket != k)),
                valid=np.flatnonzero(now & (bucket == k)),
            )
            for name, earlier, now in spans
            for k in range(n)
        )

    def _refuse(self, panel: Panel, folds: tuple[Fold, ...], both_sides: bool) -> None:
        """Name every fold that cannot be fitted or judged."""
        y = panel.y
        # Inside a fold's training part there may be no buyer at all; in the whole panel not.
        excused = self.one_class_sides and (not both_sides or 0 < y.sum() < len(y))
        problems = []
        for fold in folds:
            for side, rows in (("training", fold.train), ("validation", fold.valid)):
                judged = not excused and (both_sides or side == "training")
                if not len(rows) or (judged and _one_class(panel, rows)):
                    positives = int(y[rows].sum())
                    problems.append(
                        f"{fold.name} {side}: {positives} positives of {len(rows)} rows"
                    )
        if problems:
            raise DegenerateError(
                "folds cannot be fitted or judged",
                got="; ".join(problems),
                allowed="both classes on every side",
                remedy="a wider target, a longer label.horizon_months, a later cutoff, or fewer "
                "folds (cv.splitter.n_folds, cv.splitter.inner_folds)",
                reason_code="one_class_fold" if 0 < y.sum() < len(y) else "one_class",
            )

    def _described(
        self,
        panel: Panel,
        folds: tuple[Fold, ...],
        pairs: dict[Cutoff, list[Cutoff]],
        why: str,
        n: int,
    ) -> FoldPlan:
        warnings = [f"group-only folds: {why}; label windows overlap in time"] if why else []
        bare = [f.name for f in folds for side in (f.train, f.valid) if _one_class(panel, side)]
        if bare and self.one_class_sides:
            named = ", ".join(dict.fromkeys(bare))
            warnings.append(f"one class on a side of folds {named}: ranked, hardly measured")
        scheme = GROUPED if why else PURGED
        manifest: dict[str, Any] = {
            "scheme": scheme,
            "seed": self.seed,
            "n_folds": n,
            "purge_days": self.purge_days,
            "horizon_months": self.horizon_months,
            "buffer_days": self.buffer_days,
            "min_history_months": self.min_history_months,
            "log_start": self.log_start,
            "training_cutoffs_of": {str(t): [str(c) for c in cs] for t, cs in pairs.items()},
            "warnings": warnings,
            "folds": [_counts(panel, fold) for fold in folds],
        }
        return FoldPlan(folds, scheme, tuple(warnings), manifest)


def _counts(panel: Panel, fold: Fold) -> dict[str, Any]:
    out: dict[str, Any] = {"name": fold.name}
    customers = panel.rows[CUSTOMER].to_numpy(dtype=object).astype(str)
    for side, rows in (("train", fold.train), ("valid", fold.valid)):
        out[f"{side}_rows"] = len(rows)
        out[f"{side}_customers"] = len(np.unique(customers[rows]))
        out[f"{side}_positives"] = int(panel.y[rows].sum())
    return out


def _one_class(panel: Panel, rows: np.ndarray) -> bool:
    return int(panel.y[rows].sum()) in (0, len(rows))
