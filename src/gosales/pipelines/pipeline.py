"""The pipeline command: every division through the whole path, side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from gosales.core.progress import Progress
from gosales.core.slug import slug
from gosales.data.star import Star
from gosales.pipelines.assembly import Assembly, make
from gosales.pipelines.command_line import AGAIN, training_line
from gosales.pipelines.division_choice import choose_divisions, division_words
from gosales.pipelines.division_run import STAGES, DivisionLine, run_division
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.registry_desk import tracker_of
from gosales.pipelines.stage_log import StageLog, StageReader
from gosales.pipelines.summary import Summary
from gosales.pipelines.train_result import HEURISTIC, TRAINED
from gosales.pipelines.workspace import Workspace
from gosales.tracking.reconcile import reconcile

_POLL_SECONDS = 0.3
# Outcomes that leave a version.
_MADE = (TRAINED, HEURISTIC)
TRACEBACKS = "internal_errors"
_NOTE_LETTERS = 240


@dataclass(frozen=True)
class PipelineResult:
    """One line per division.

    Parameters
    ----------
    lines : tuple of DivisionLine
        In the order asked for.
    run_id : str
        The parent run.
    strict : bool
        Whether a closed gate makes the command fail.
    """

    lines: tuple[DivisionLine, ...]
    run_id: str
    strict: bool

    def table(self) -> pd.DataFrame:
        """The table that ends the command."""
        return pd.DataFrame([dict(zip(_COLUMNS, _row(line), strict=True)) for line in self.lines])

    def summary(self) -> Summary:
        """Division, AUC with intervals, gauntlet, champion and list size."""
        notes = [note for line in self.lines for note in line.notes]
        lists = [f for line in self.lines for f in line.files]
        said = "AUC with 95 % intervals; forward: months no model saw; ws: whitespace accounts."
        broken = [line.name for line in self.lines if line.traceback]
        closed = [
            line.name
            for line in self.lines
            if line.failed or (line.outcome in _MADE and line.gauntlet != "PASS")
        ]
        return Summary(
            title=f"{len(self.lines)} divisions, run {self.run_id}",
            columns=_COLUMNS,
            rows=tuple(_row(line) for line in self.lines),
            notes=(said, *map(_brief, notes), *(f"list: {path}" for path in lists)),
            next_command="gosales ui",
            closed=f"closed: {', '.join(closed)}" if self.strict and closed else "",
            broken=f"{', '.join(broken)}: see {TRACEBACKS}/ of run {self.run_id}" if broken else "",
        )


_COLUMNS = (
    "division", "outcome", "CV AUC", "forward AUC", "ws AUC", "gauntlet", "champion", "list",
)  # fmt: skip


def _row(line: DivisionLine) -> tuple[str, ...]:
    return (
        line.name,
        line.outcome,
        _bounded(line.metrics, "cv_auc"),
        _bounded(line.metrics, "forward_auc"),
        _bounded(line.metrics, "forward_ws_auc"),
        line.gauntlet or "–",
        f"v{line.champion}" if line.champion else "none",
        "–" if line.list_size is None else str(line.list_size),
    )


def _brief(note: str) -> str:
    """A reason may name every fold; below a table two lines of it are enough."""
    return shorten(note, _NOTE_LETTERS, placeholder=" ... (in full above, and in its run)")


def _bounded(metrics: dict[str, float], key: str) -> str:
    if key not in metrics:
        return "–"
    if f"{key}_lo" not in metrics:
        return f"{metrics[key]:.3f}"
    lo, hi = (f"{metrics[f'{key}_{end}']:.2f}".lstrip("0") for end in ("lo", "hi"))
    return f"{metrics[key]:.3f} {lo}–{hi}"


def run(cfg: DictConfig, progress: Progress) -> PipelineResult:
    """Run the command."""
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    ingested = ingest_star(cfg, space, progress)
    star = ingested.star
    engine = make(cfg.engine)
    chosen = choose_divisions(list(cfg.divisions), star, engine)
    tracker = tracker_of(cfg)
    for dead in reconcile(tracker):
        progress.say(f"ended as KILLED: {dead.name} ({dead.reason})")
    tags = {"divisions": ", ".join(key for key, _ in chosen), "data.digest": star.digest}
    with tracker.start_run(f"pipeline·{star.manifest.source}", "pipeline", tags) as handle:
        with space.scratch("ingest") as folder:
            ingested.write_report(folder)
            handle.log_artifacts(folder)
        _features(cfg, star, space, chosen, progress)
        lines = _divisions(cfg, star, space, chosen, handle.id, progress)
        result = PipelineResult(tuple(lines), handle.id, bool(cfg.strict))
        table = result.table()
        handle.log_text(table.to_csv(index=False), "pipeline.csv")
        handle.set_note(_markdown(table, lines))
        for line in lines:
            if line.traceback:
                handle.log_text(line.traceback, f"{TRACEBACKS}/{slug(line.name)}.txt")
        done = [line for line in lines if line.outcome in _MADE]
        handle.log_metrics(
            {
                "divisions": float(len(lines)),
                "trained": float(len(done)),
                "heuristics": float(sum(line.outcome == HEURISTIC for line in lines)),
                "champions": float(sum(bool(line.champion) for line in lines)),
                "internal_errors": float(sum(bool(line.traceback) for line in lines)),
            }
        )
    return result


def _features(
    cfg: DictConfig,
    star: Star,
    space: Workspace,
    chosen: Sequence[tuple[str, DictConfig]],
    progress: Progress,
) -> None:
    """Fill the feature cache for all divisions in one pass, so that workers only read it."""
    from gosales.core.errors import DegenerateError

    parts = Assembly.of(cfg, star, space)
    targets = [make(node) for _, node in chosen]
    cutoff = parts.cutoff()
    try:
        train_at = parts.candidate(targets[0], cutoff).training_cutoffs(star)
    except DegenerateError as error:
        progress.say(f"no shared feature pass: {error}")
        return
    newest = parts.cutoff(str(cfg.score_cutoff))
    wanted = sorted({*train_at, cutoff, newest})
    progress.say(f"features of {len(targets)} divisions at {len(wanted)} cutoffs, in one pass")
    parts.builder.build(star, targets, wanted, progress)


def _divisions(
    cfg: DictConfig,
    star: Star,
    space: Workspace,
    chosen: Sequence[tuple[str, DictConfig]],
    parent: str,
    progress: Progress,
) -> list[DivisionLine]:
    from joblib import Parallel, delayed

    with space.scratch("stages") as folder:
        jobs = []
        for key, node in chosen:
            # Divisions run side by side, so each keeps to one process.
            own = cfg.copy()
            own.n_jobs = 1 if len(chosen) > 1 else cfg.n_jobs
            own.division = node
            again = training_line(division_words(node))
            if again is not None:
                OmegaConf.update(own, AGAIN, again, force_add=True)
            log = StageLog(folder / f"{key}.jsonl", str(node["name"]))
            jobs.append(delayed(run_division)(own, star.path, parent, log))
        progress.start("divisions: train, audit, decide, rank", STAGES * len(jobs))
        with _following(folder, progress):
            workers = min(int(cfg.n_jobs), len(jobs))
            found: list[DivisionLine] = list(Parallel(n_jobs=workers)(jobs))
    return found


@contextmanager
def _following(folder: Path, progress: Progress) -> Iterator[None]:
    reader, stop = StageReader(folder), threading.Event()

    def tell() -> None:
        for line in reader.fresh():
            if line["kind"] == "milestone":
                progress.advance()
                progress.say(f"{line['division']}: {line['text']}")
            elif line["kind"] == "note":
                progress.say(line["text"])

    def follow() -> None:
        while not stop.wait(_POLL_SECONDS):
            tell()

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        tell()


def _markdown(table: pd.DataFrame, lines: Sequence[DivisionLine]) -> str:
    from gosales.reporting.markdown_table import markdown_table

    body = markdown_table(list(table.columns), table.to_numpy().tolist())
    notes = "\n".join(f"- {note}" for line in lines for note in line.notes)
    return f"{body}\n\n{notes}\n"
