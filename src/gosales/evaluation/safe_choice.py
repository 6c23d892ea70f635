"""Whether a target's model does better with or without what happened just before the cutoff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.progress import Progress, SilentProgress
from gosales.data.star import Star
from gosales.evaluation.bootstrap import CustomerBootstrap, measured
from gosales.evaluation.cross_validation import cross_validate
from gosales.evaluation.interval import Interval
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.paired_difference import paired_difference
from gosales.evaluation.panel_samples import MODEL, panel_samples
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.panel import Panel
from gosales.features.safe import SafePolicy
from gosales.features.safe_auto import SafeAuto

_MODES = ("on", "off")
_KEYS = ["customer_id", "cutoff", "group", "is_owner", "naive_count", "y", "label_gp"]


@dataclass(frozen=True)
class SafeChoice:
    """The policy in force, and the cross-validation that chose it.

    Parameters
    ----------
    policy : SafePolicy
        Mode ``on`` or ``off``.
    safe_auc, full_auc : float
        AUC of the out-of-fold rows, all accounts, with SAFE columns and with all columns.
    gain : Interval
        SAFE minus full, paired by account.
    min_gain_auc : float
        The least gain that chooses SAFE.
    held_out : pandas.DataFrame
        The out-of-fold rows: their keys and outcomes, and ``on`` and ``off``, the probability
        with SAFE columns and with all.
    """

    policy: SafePolicy
    safe_auc: float
    full_auc: float
    gain: Interval
    min_gain_auc: float
    held_out: pd.DataFrame = field(repr=False, compare=False)

    @classmethod
    def of(
        cls,
        held_out: pd.DataFrame,
        policy: Callable[[str], SafePolicy],
        min_gain_auc: float,
        bootstrap: CustomerBootstrap,
    ) -> Self:
        """The choice that some out-of-fold rows make.

        Parameters
        ----------
        held_out : pandas.DataFrame
            As of the attribute: customer_id, cutoff, group, is_owner, naive_count, y, label_gp,
            and a probability per mode.
        policy : callable
            Gives the policy of a mode.
        min_gain_auc : float
            The least gain that chooses SAFE.
        bootstrap : CustomerBootstrap
            Interval of the difference; the choice is by its value.
        """
        panel = Panel.without_features(held_out)
        scores = {mode: held_out[mode].to_numpy(dtype="float64") for mode in _MODES}
        auc = {mode: _auc(panel, s) for mode, s in scores.items()}
        sides = ((panel, scores["on"]), (panel, scores["off"]))
        gain = paired_difference(*sides, [Auc()], bootstrap, "safe_choice")["auc"]
        chosen = "on" if auc["on"] - auc["off"] >= min_gain_auc else "off"
        return cls(policy(chosen), auc["on"], auc["off"], gain, min_gain_auc, held_out)

    @property
    def rows(self) -> int:
        """Out-of-fold rows."""
        return len(self.held_out)

    @property
    def grounds(self) -> dict[str, object]:
        """The choice and what it rests on, as plain values."""
        return {
            "chosen": self.policy.mode,
            "cv_auc_safe": self.safe_auc,
            "cv_auc_full": self.full_auc,
            "gain": asdict(self.gain),
            "min_gain_auc": self.min_gain_auc,
            "out_of_fold_rows": self.rows,
        }

    @property
    def sentence(self) -> str:
        """What was chosen and why, for people."""
        bounds = f" [{self.gain.lo:+.4f}, {self.gain.hi:+.4f}]" if self.gain.has_bounds else ""
        reached = "reaches" if self.policy.mode == "on" else "does not reach"
        return (
            f"SAFE mode {self.policy.mode}, chosen by auto: AUC on purged CV is "
            f"{self.safe_auc:.4f} with SAFE columns and {self.full_auc:.4f} with all; the gain of "
            f"{self.safe_auc - self.full_auc:+.4f}{bounds} {reached} {self.min_gain_auc:g} "
            f"({self.rows:,} out-of-fold rows, all accounts)"
        )


def choose_safe(
    candidate: StandardCandidate,
    auto: SafeAuto,
    star: Star,
    bootstrap: CustomerBootstrap,
    progress: Progress | None = None,
) -> SafeChoice:
    """Cross-validate a candidate with and without the SAFE policy.

    Parameters
    ----------
    candidate : StandardCandidate
        Its builder's own policy does not matter.
    auto : SafeAuto
        The policies to compare, and the least gain.
    star : Star
        The data.
    bootstrap : CustomerBootstrap
        Interval of the difference; the choice is by its value.
    progress : Progress, optional
        Advanced once per fold and policy.

    Returns
    -------
    SafeChoice

    Raises
    ------
    DegenerateError
        If the log is too short or the labels cannot carry a model.

    Notes
    -----
    SAFE is chosen when ``AUC(SAFE) - AUC(full) >= min_gain_auc`` on the folds that training will
    report, of the training cutoffs alone: rows at the requested cutoff are not even built. The
    reported cross-validation of the chosen policy is then the better of two, by at most the
    noise between them; the forward figures have had no part in it.
    """
    listener = progress or SilentProgress()
    train_at = candidate.training_cutoffs(star)
    found: list[pd.DataFrame] = []
    for mode in _MODES:
        builder = replace(candidate.builder, safe=auto.policy(mode))
        mine = replace(candidate, builder=builder)
        panel = mine.build(star, train_at).labelled()
        plan = mine.plan(panel)
        listener.start(f"{candidate.target.name}: SAFE {mode} on purged CV", len(plan.folds))
        cv = cross_validate(mine, panel, plan, listener)
        rows = panel.take(cv.rows).rows[_KEYS]
        found.append(rows.assign(**{mode: cv.predictions}))
    on = [CUSTOMER, CUTOFF]
    held_out = found[0].merge(found[1][[*on, "off"]], on=on, validate="one_to_one")
    return SafeChoice.of(held_out, auto.policy, auto.min_gain_auc, bootstrap)


def _auc(panel: Panel, scores: np.ndarray) -> float:
    sample = panel_samples(panel, scores)["all", MODEL]
    return float(measured(WeightedRanking.once(sample), [Auc()])["auc"][0])
