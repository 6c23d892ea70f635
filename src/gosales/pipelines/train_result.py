"""What a training run found, as its command tells it."""

from __future__ import annotations

from dataclasses import dataclass, field

from gosales.pipelines.summary import Summary

TRAINED = "trained"
HEURISTIC = "heuristic"


@dataclass(frozen=True)
class TrainResult:
    """Outcome of a training run.

    Parameters
    ----------
    division, target : str
        Name and key of the target.
    cutoff : str
        The requested cutoff.
    outcome : str
        ``trained``, ``heuristic`` for what is no model, or the reason code of a division that
        can carry neither.
    reason : str
        Why not; of a trained one what could not be measured, or empty.
    run_id : str
        MLflow run.
    version : str or None
        Registered version.
    metrics : dict of str to float
        As logged.
    reused : bool
        Whether an equal run was finished already.
    warnings : tuple of str
        Of the guard of labels and of the fold plan.
    window : str
        What to know of the label window: widened, or narrower than the target's few buyers ask
        for; empty when it is as declared.
    safe : str
        How the SAFE mode was chosen; empty when the configuration says it.
    """

    division: str
    target: str
    cutoff: str
    outcome: str
    reason: str
    run_id: str
    version: str | None
    metrics: dict[str, float] = field(default_factory=dict)
    reused: bool = False
    warnings: tuple[str, ...] = ()
    window: str = ""
    safe: str = ""

    def summary(self) -> Summary:
        """Metrics with intervals, or the named outcome."""
        if self.outcome not in (TRAINED, HEURISTIC):
            return Summary(
                title=f"{self.division} at {self.cutoff}: {self.outcome}",
                notes=(*filter(None, (self.reason, self.window)), f"run {self.run_id}"),
                next_command="gosales ui",
            )
        said = "an equal run is finished already" if self.reused else self.outcome
        rows = tuple(self._row(*line) for line in _LINES if f"{line[1]}" in self.metrics)
        return Summary(
            title=f"{self.division} at {self.cutoff}: {said}, version {self.version}",
            columns=("metric", "split", "population", "model [95 %]", "naive rank"),
            rows=rows,
            notes=(
                *filter(None, (self.safe,)),
                *(f"warning: {w}" for w in (self.window, *self.warnings, self.reason) if w),
                f"run {self.run_id}",
            ),
            next_command=f"gosales gauntlet division={self.target} version={self.version}",
        )

    def _row(self, label: str, key: str, split: str, population: str) -> tuple[str, ...]:
        m = self.metrics
        bounds = f" [{m[f'{key}_lo']:.3f}, {m[f'{key}_hi']:.3f}]" if f"{key}_lo" in m else ""
        head, _, metric = key.partition("_")
        middle, metric = ("ws_", metric[3:]) if metric.startswith("ws_") else ("", metric)
        naive = m.get(f"{head}_{middle}naive_{metric}")
        return (
            label, split, population, f"{m[key]:.3f}{bounds}",
            "–" if naive is None else f"{naive:.3f}",
        )  # fmt: skip


_LINES = (
    ("AUC", "forward_auc", "forward", "all"),
    ("AUC", "forward_ws_auc", "forward", "whitespace"),
    ("lift at 10 %", "forward_lift_at_10pct", "forward", "all"),
    ("Brier", "forward_brier", "forward", "all"),
    ("AUC", "cv_auc", "cv", "all"),
    ("AUC", "cv_ws_auc", "cv", "whitespace"),
    ("optimism gap", "optimism_gap_auc", "cv - forward", "all"),
)
