"""The selftest command: planted leaks and clean worlds through the audit, as a matrix."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from gosales.core.progress import Progress
from gosales.gauntlet.policy import Policy
from gosales.gauntlet.zoo.cell import AuditedCell, Cell
from gosales.gauntlet.zoo.detection_matrix import ANY, DetectionMatrix
from gosales.gauntlet.zoo.strength import Strength
from gosales.pipelines.assembly import make
from gosales.pipelines.registry_desk import tracker_of
from gosales.pipelines.selftest_cell import cell_file, run_cells
from gosales.pipelines.selftest_plan import SelftestPlan
from gosales.pipelines.summary import Summary
from gosales.pipelines.workspace import Workspace
from gosales.reporting.figures.detection_heatmap import detection_heatmap
from gosales.reporting.selftest_report import seconds_table, selftest_report, selftest_table

_LEAST_SHOWN = (Strength.STRONG, Strength.WEAK)


@dataclass(frozen=True)
class SelfTested:
    """Outcome of a self-test.

    Parameters
    ----------
    matrix : DetectionMatrix
        What catches what.
    misses : tuple of str
        Targets that are missed.
    folder : pathlib.Path
        Where the matrix lies as JSON, CSV, Markdown and heatmap.
    cells : tuple of AuditedCell
        What was audited.
    run_id : str
        MLflow run.
    """

    matrix: DetectionMatrix
    misses: tuple[str, ...]
    folder: Path
    cells: tuple[AuditedCell, ...]
    run_id: str

    def summary(self) -> Summary:
        """One row per leak and strength; closed when a target is missed."""
        rows = tuple(
            (leak, str(strength), str(rates[ANY]), _caught_by(rates, self.matrix.checks))
            for (leak, strength), rates in self.matrix.detected.items()
            if strength in _LEAST_SHOWN
        )
        notes = [
            f"{strength} worlds: " + ", ".join(f"{name} {rate}" for name, rate in rates.items())
            for strength, rates in self.matrix.verdicts.items()
        ]
        notes += [f"missed: {line}" for line in self.misses]
        notes += [f"left out: {line}" for line in self.matrix.degenerate]
        seconds = sum(c.seconds for c in self.cells) / max(len(self.cells), 1)
        return Summary(
            title=f"self-test: {len(self.cells)} cells, {seconds:.1f} seconds each",
            columns=("leak", "strength", "caught, with 95 % interval", "by"),
            rows=rows,
            notes=(*notes, f"matrix: {self.folder / 'matrix.md'}", f"run {self.run_id}"),
            next_command="gosales ui",
            closed=f"{len(self.misses)} targets are missed" if self.misses else "",
        )


def _caught_by(rates: object, checks: tuple[str, ...]) -> str:
    assert isinstance(rates, dict)
    return ", ".join(f"{c} {rates[c].hits}/{rates[c].n}" for c in checks if rates[c].hits)


def run(cfg: DictConfig, progress: Progress) -> SelfTested:
    """Run the command.

    Raises
    ------
    ConfigError
        If the self-test cannot be planned.
    """
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    plan = SelftestPlan.of(cfg)
    policy: Policy = make(cfg.gauntlet)
    tags = {"division": make(cfg.division).key, "policy.digest": policy.digest}
    n_seeds, n_clean = plan.options["n_seeds"], plan.options["n_clean"]
    name = f"selftest·{len(plan.leaks)} leaks·{n_seeds} seeds·{n_clean} clean worlds"
    with tracker_of(cfg).start_run(name, "selftest", tags) as handle:
        planned = list(plan.cells())
        wanted = planned
        if plan.options["finished_only"]:
            wanted = [cell for cell in planned if cell_file(cfg, plan, cell).is_file()]
        cells = tuple(_by_leak(_audited(cfg, wanted, progress), list(plan.leaks)))
        matrix = DetectionMatrix.of(cells, list(plan.checks), list(plan.rules))
        misses = (*matrix.misses(plan.targets), *_not_run(planned, matrix))
        folder = space.outputs / "selftest"
        _write(matrix, misses, cells, folder)
        config = OmegaConf.to_container(cfg.selftest, resolve=True)
        handle.log_params({"selftest": config, "seed": cfg.seed})
        handle.log_artifacts(folder, "selftest")
        handle.log_metrics(_metrics(matrix, misses, cells))
        handle.set_tags({"selftest.status": "FAIL" if misses else "PASS"})
        handle.set_note((folder / "matrix.md").read_text(encoding="utf-8"))
    return SelfTested(matrix, misses, folder, cells, handle.id)


def _audited(cfg: DictConfig, cells: list[Cell], progress: Progress) -> Iterator[AuditedCell]:
    """Every cell in order, worlds in parallel by process."""
    from joblib import Parallel, delayed

    def world(cell: Cell) -> tuple[int, bool]:
        return cell.seed, cell.strength is Strength.CLEAN

    batches = [list(batch) for _, batch in groupby(cells, key=world)]
    progress.start("self-test: cells", len(cells))
    jobs = min(int(cfg.n_jobs), len(batches)) or 1
    # One process per world at a time: each fits with one thread.
    inner = OmegaConf.to_yaml(OmegaConf.merge(cfg, {"n_jobs": 1}))
    if jobs == 1:
        for cell in cells:
            yield from run_cells(inner, [cell])
            progress.advance()
        return
    parallel = Parallel(n_jobs=jobs, backend="loky", return_as="generator")
    for found in parallel(delayed(run_cells)(inner, batch) for batch in batches):
        yield from found
        progress.advance(len(found))


def _not_run(planned: list[Cell], matrix: DetectionMatrix) -> list[str]:
    """A planned row without a single cell on file: what was not measured is not met."""
    rows = dict.fromkeys((c.leak, c.strength) for c in planned if c.strength in _LEAST_SHOWN)
    return [f"{leak}, {s}: not run" for leak, s in rows if (leak, s) not in matrix.detected]


def _by_leak(cells: Iterable[AuditedCell], leaks: list[str]) -> list[AuditedCell]:
    """The strengths of a leak side by side, however the cells were run; clean worlds last."""
    place = {name: i for i, name in enumerate(leaks)}
    strength = list(Strength)
    return sorted(
        cells,
        key=lambda c: (place.get(c.cell.leak, len(leaks)), strength.index(c.cell.strength)),
    )


def _write(
    matrix: DetectionMatrix, misses: tuple[str, ...], cells: tuple[AuditedCell, ...], folder: Path
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {**matrix.to_json(), "misses": list(misses)}
    texts = {
        "matrix.json": json.dumps(told, indent=1),
        "cells.json": json.dumps([c.to_json() for c in cells], indent=1),
        "matrix.md": selftest_report(matrix, misses, cells),
    }
    for name, text in texts.items():
        (folder / name).write_text(text + "\n", encoding="utf-8")
    selftest_table(matrix).to_csv(folder / "matrix.csv", index=False)
    seconds_table(cells).to_csv(folder / "seconds.csv", index=False)
    detection_heatmap(matrix, folder / "matrix.png")


def _metrics(
    matrix: DetectionMatrix, misses: tuple[str, ...], cells: tuple[AuditedCell, ...]
) -> dict[str, float]:
    found = {"missed_targets": float(len(misses)), "cells": float(len(cells))}
    for (leak, strength), rates in matrix.detected.items():
        share = rates[ANY].share
        if share is not None:
            found[f"detected_{strength}_{leak}"] = share
    for strength, verdicts in matrix.verdicts.items():
        for name, rate in verdicts.items():
            if rate.share is not None:
                found[f"{strength}_{name.replace(' ', '_')}"] = rate.share
    return found
