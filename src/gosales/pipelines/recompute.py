"""The recompute command: every figure a training run shows, from its own files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from gosales.core.errors import ConfigError
from gosales.core.progress import Progress
from gosales.models.fitted_model import FittedModel
from gosales.pipelines.figure import Figure, Judgement
from gosales.pipelines.fresh_candidate import BUNDLE
from gosales.pipelines.recomputation import Recomputation
from gosales.pipelines.registry_desk import desk_of
from gosales.pipelines.run_figures import METRICS, RunFigures
from gosales.pipelines.summary import Summary
from gosales.pipelines.table_file import out_path, write_table
from gosales.pipelines.workspace import Workspace
from gosales.registry.promotion import PromotionDesk
from gosales.registry.verified_model import read_verified_bundle
from gosales.tracking.manifest import CONFIG
from gosales.tracking.model_name import registered_name
from gosales.tracking.model_registry import bundle_of

_WIDE = 70


@dataclass(frozen=True)
class Recomputed:
    """What was compared.

    Parameters
    ----------
    run_id : str
        The training run.
    figures : tuple of Figure
        Every figure it shows.
    path : pathlib.Path
        The whole table.
    """

    run_id: str
    figures: tuple[Figure, ...]
    path: Path

    def summary(self) -> Summary:
        """MLflow's metrics and whatever is not the same; of the rest the count."""
        shown = [f for f in self.figures if f.where == METRICS or f.closes]
        bad = [f for f in self.figures if f.closes]
        silent = [f for f in self.figures if f.judgement is Judgement.NOT_JUDGED]
        return Summary(
            title=f"run {self.run_id}: {len(self.figures):,} figures recomputed from its files, "
            f"{len(bad):,} not confirmed, {len(silent):,} not judged",
            columns=("where", "figure", "logged", "recomputed", "verdict"),
            rows=tuple(_row(f) for f in shown),
            notes=(
                *_counts(self.figures),
                *(f"not judged, an audit's own: {_cut(f.logged)}" for f in silent),
                f"every figure: {self.path}",
            ),
            closed=_closed(bad),
        )


def _row(figure: Figure) -> tuple[str, ...]:
    cells = (figure.where, figure.name, figure.logged, figure.recomputed, str(figure.judgement))
    return tuple(map(_cut, cells))


def _cut(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"


def _counts(figures: tuple[Figure, ...]) -> tuple[str, ...]:
    places = dict.fromkeys(f.where for f in figures)
    counted = Counter((f.where, f.judgement) for f in figures)
    return tuple(
        f"{where}: "
        + ", ".join(f"{counted[where, j]:,} {j}" for j in Judgement if counted[where, j])
        for where in places
    )


def _closed(bad: list[Figure]) -> str:
    if not bad:
        return ""
    by = Counter(f.judgement for f in bad)
    return "; ".join(
        f"{by[kind]:,} figures {said}"
        for kind, said in (
            (Judgement.DIFFERS, "are not what the run's files give"),
            (Judgement.NO_ARTIFACT, "have nothing to recompute them from"),
        )
        if by[kind]
    )


def run(cfg: DictConfig, progress: Progress) -> Recomputed:
    """Run the command.

    Raises
    ------
    TrackingError
        If the store has no such run.
    ConfigError
        If the run is no finished training run.
    """
    named = None if cfg.out is None else out_path(cfg.out)
    space, desk = Workspace.make(cfg.paths.work, cfg.paths.outputs), desk_of(cfg)
    run_id = str(cfg.run)
    data = desk.models.tracker.run_data(run_id).data  # type: ignore[attr-defined]
    _require_trained(run_id, data.tags)
    with space.scratch("recompute") as folder:
        progress.say(f"download the files of {run_id}")
        files = desk.models.download(run_id, "", folder / "run")
        again = Recomputation(
            folder=files,
            cfg=_config(files / CONFIG),
            read_model=lambda: _model(desk, data.tags, files, folder / "model"),
            window=data.tags["label.window"],
        )
        progress.say("measure its figures again")
        note = data.tags.get("mlflow.note.content", "")
        audited = "gauntlet.status" in data.tags
        figures = RunFigures(again, data.metrics, note, audited, float(cfg.tolerance)).found()
    path = named or space.outputs / "recompute" / f"{run_id}.csv"
    write_table(pd.DataFrame([_plain(f) for f in figures]), path)
    return Recomputed(run_id, figures, path)


def _plain(figure: Figure) -> dict[str, str]:
    return {
        "where": figure.where,
        "figure": figure.name,
        "logged": figure.logged,
        "recomputed": figure.recomputed,
        "verdict": str(figure.judgement),
    }


def _model(desk: PromotionDesk, tags: dict[str, str], files: Path, folder: Path) -> FittedModel:
    if "version" not in tags:
        return read_verified_bundle(files / BUNDLE)[0]
    name = registered_name(tags["division"])
    package = desk.models.download_package(name, tags["version"], folder)
    return read_verified_bundle(bundle_of(package))[0]


def _config(path: Path) -> DictConfig:
    found = OmegaConf.load(path)
    if not isinstance(found, DictConfig):
        raise ConfigError("the configuration of a run is not a mapping", got=path.name)
    return found


def _require_trained(run_id: str, tags: dict[str, Any]) -> None:
    kind, outcome = tags.get("kind", "none"), tags.get("outcome", "none")
    if (kind, outcome) != ("train", "trained"):
        raise ConfigError(
            "the run shows no figures of a trained candidate",
            got=f"run={run_id}: kind {kind}, outcome {outcome}",
            allowed="a finished run of gosales train whose outcome is trained",
            remedy="gosales runs lists them; their ids stand in the summary of gosales train",
            reason_code="not_a_training_run",
        )
