"""The score command: accounts scored by the verified champion, as of the day asked for."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig

from gosales.core.columns import (
    COHORT,
    CUSTOMER,
    CUTOFF,
    EVER_OWNED,
    IS_OWNER,
    NAIVE_COUNT,
    PROBABILITY,
    REP,
    SEGMENT,
)
from gosales.core.progress import Progress
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.ingest_result import IngestResult
from gosales.data.star import Star
from gosales.labels.known_skus import known_skus
from gosales.labels.membership import membership
from gosales.models.is_model_backed import is_model_backed
from gosales.pipelines.assembly import Assembly, make
from gosales.pipelines.audit_inputs import own_config
from gosales.pipelines.champion_source import with_champion_source
from gosales.pipelines.cutoff_choice import choose_cutoff
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.label_overlap import FORWARD, label_overlap
from gosales.pipelines.purchase_value import purchase_value
from gosales.pipelines.registry_desk import desk_of
from gosales.pipelines.summary import Summary
from gosales.pipelines.table_file import out_path, write_table
from gosales.pipelines.version_parts import require_columns, version_parts
from gosales.pipelines.workspace import Workspace
from gosales.registry.champion import load_champion
from gosales.registry.gates import MODEL_BACKED
from gosales.registry.promotion import PromotionDesk
from gosales.registry.verified_model import VerifiedModel
from gosales.tracking.tracker import RunHandle
from gosales.whitespace.account_facts import FACT_LOOKBACKS, AccountFacts
from gosales.whitespace.expected_value import HALF_YEARS
from gosales.whitespace.reasons import reasons

_KEPT = (CUSTOMER, CUTOFF, SEGMENT, COHORT, "group", IS_OWNER, EVER_OWNED, NAIVE_COUNT, REP)
_NO_MODEL = "ranked by the heuristic: no model stands behind these probabilities"


@dataclass(frozen=True)
class Scored:
    """Scored accounts of one division.

    Parameters
    ----------
    target : str
        Key of the target.
    cutoff : str
        As of which day.
    rows : pandas.DataFrame
        One row per account, best first.
    path : pathlib.Path
        The Parquet file.
    version : str
        The champion.
    notes : tuple of str
        What the reader must know.
    model_backed : bool
        False for the heuristic's.
    """

    target: str
    cutoff: str
    rows: pd.DataFrame
    path: Path
    version: str
    notes: tuple[str, ...] = ()
    model_backed: bool = True

    def summary(self) -> Summary:
        """Counts and the file."""
        p = self.rows[PROBABILITY]
        return Summary(
            title=f"{self.target} as of {self.cutoff}: {len(self.rows):,} accounts scored by "
            f"version {self.version}",
            columns=("what", "value"),
            rows=(
                ("mean probability", f"{p.mean():.3f}"),
                ("highest", f"{p.max():.3f}"),
                ("expected buyers", f"{p.sum():.1f}"),
            ),
            notes=(*self.notes, f"file: {self.path}"),
            next_command=f"gosales rank division={self.target}",
        )


def run(cfg: DictConfig, progress: Progress) -> Scored:
    """Run the command."""
    if cfg.out is not None:
        out_path(cfg.out)
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    desk, target = desk_of(cfg), make(cfg.division).key
    cfg = with_champion_source(cfg, desk, target, space, progress)
    return score_division(cfg, desk, target, space, progress)


def score_division(
    cfg: DictConfig,
    desk: PromotionDesk,
    target: str,
    space: Workspace,
    progress: Progress,
    star: Star | None = None,
) -> Scored:
    """Score with the champion, through the verifying loader and no other way.

    Parameters
    ----------
    cfg : DictConfig
        Gives the day (``cutoff.date``, of a pipeline ``score_cutoff``) and the surroundings.
    desk : PromotionDesk
        Tracker and registry.
    target : str
        Key of the target.
    space : Workspace
        Caches and outputs.
    progress : Progress
        Listener.
    star : Star, optional
        The data, when it is at hand.

    Raises
    ------
    GateClosedError
        If there is no champion, or its evidence does not verify.
    """
    champion = load_champion(desk.models, target)
    version = desk.models.version(champion.name, champion.version)
    with space.scratch("score") as scratch:
        own = own_config(desk, version.run_id, cfg, scratch)
    ingested = None
    if star is None:
        ingested = ingest_star(cfg, space, progress)
        star = ingested.star
    parts = version_parts(Assembly.of(own, star, space), champion)
    cutoff = choose_cutoff(_day(cfg), star, parts.builder.label.horizon)
    overlap = label_overlap(champion.meta, cutoff)
    backed = is_model_backed(champion.model)
    notes = (
        *([] if backed else [_NO_MODEL]),
        *([overlap] if overlap else []),
        *_snapshots(cutoff, star, cfg),
    )
    tags = {
        "division": target,
        "cutoff": str(cutoff),
        "version": champion.version,
        "data.digest": star.digest,
        "evidence.digest": champion.evidence_digest,
        MODEL_BACKED: str(backed).lower(),
        FORWARD: str(not overlap).lower(),
    }
    with desk.tracker.start_run(
        f"{target}·score·v{champion.version}·{cutoff}", "score", tags
    ) as run:
        progress.say(f"{target}: scoring as of {cutoff} with version {champion.version}")
        for note in notes:
            progress.say(f"warning: {note}")
        rows = score_rows(parts, champion, cutoff, cfg, progress)
        path = _path(cfg, space, target, cutoff)
        write_table(rows, path)
        run.log_metrics(
            {"accounts": float(len(rows)), "expected_buyers": float(rows[PROBABILITY].sum())}
        )
        _log_files(run, path, ingested, space)
        run.set_note("\n".join([f"{len(rows):,} accounts scored as of {cutoff}.", *notes]))
    return Scored(target, str(cutoff), rows, path, champion.version, notes, backed)


def _log_files(run: RunHandle, path: Path, ingested: IngestResult | None, space: Workspace) -> None:
    with space.scratch("scores") as folder:
        shutil.copy2(path, folder / f"scores{path.suffix}")
        if ingested is not None:
            ingested.write_report(folder)
        run.log_artifacts(folder)


def score_rows(
    parts: Assembly,
    champion: VerifiedModel,
    cutoff: Cutoff,
    cfg: DictConfig,
    progress: Progress,
) -> pd.DataFrame:
    """Accounts of the roster with probability, ranking signals and reasons, best first.

    They also carry what the eligibility rules ask for, as of the cutoff, where the log can tell.

    Raises
    ------
    DataError
        If the log lacks a column the model was trained on.
    """
    target = parts.target
    panel = parts.builder.build(parts.star, [target], [cutoff], progress)[target.key]
    require_columns(panel, champion)
    probability = champion.model.predict(panel.X)
    rows = panel.rows[[c for c in _KEPT if c in panel.rows]].copy()
    rows[PROBABILITY] = probability
    member = membership([target], known_skus(parts.star, parts.engine))
    lookbacks = [*HALF_YEARS, *FACT_LOOKBACKS]
    view = AsOfView(parts.star, [cutoff], parts.engine, lookbacks, member)
    rows["expected_value"] = probability * purchase_value(
        view, panel, make(cfg.whitespace.expected_value)
    )
    rows = rows.assign(**make(cfg.whitespace.signals).of(panel))
    rows["reasons"] = reasons(
        panel.X,
        panel.specs,
        champion.model.estimator.importance(),
        probability,
        int(cfg.whitespace.n_reasons),
    )
    rows["model_version"] = champion.version
    rows[FORWARD] = not label_overlap(champion.meta, cutoff)
    wanted = [name for name in make(cfg.whitespace.ranker).needs if name not in rows]
    rows = rows.merge(AccountFacts(view, member).frame(wanted), on=CUSTOMER, how="left")
    return rows.sort_values([PROBABILITY, CUSTOMER], ascending=[False, True], ignore_index=True)


def _snapshots(cutoff: Cutoff, star: Star, cfg: DictConfig) -> tuple[str, ...]:
    """What the rules read as of the extraction although the list is of an earlier day."""
    known = star.manifest.attributes
    asked = [n for n in make(cfg.whitespace.ranker).needs if n in known and not known[n].usable]
    if not asked or cutoff.days_until(Cutoff(star.last_date)) <= 0:
        return ()
    return (f"rules read {', '.join(asked)} as of the extraction, not as of {cutoff}",)


def _day(cfg: DictConfig) -> str:
    # A pipeline trains at one day and scores at another.
    return str(cfg.score_cutoff if "score_cutoff" in cfg else cfg.cutoff.date)


def _path(cfg: DictConfig, space: Workspace, target: str, cutoff: Cutoff) -> Path:
    # Of any other command ``out`` names another file, and not one per division.
    if cfg.out is not None and cfg.command == "score":
        return out_path(cfg.out)
    return space.outputs / target / f"scores_{cutoff}.parquet"
