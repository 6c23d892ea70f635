"""The rank command: from scored accounts to the list a rep works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.data.star import Star
from gosales.pipelines.assembly import make
from gosales.pipelines.champion_source import with_champion_source
from gosales.pipelines.registry_desk import desk_of
from gosales.pipelines.score import Scored, score_division
from gosales.pipelines.summary import Summary
from gosales.pipelines.table_file import out_path
from gosales.pipelines.workspace import Workspace
from gosales.registry.gates import MODEL_BACKED
from gosales.registry.promotion import PromotionDesk
from gosales.whitespace.export import export_list
from gosales.whitespace.ranked_list import RankedList
from gosales.whitespace.ranker import Ranker

_SHOWN = 10
_NO_DRIVER = "no single driver stands out"


@dataclass(frozen=True)
class Ranked:
    """A call list and its files.

    Parameters
    ----------
    scored : Scored
        Where it came from.
    ranked : RankedList
        The list.
    paths : dict of str to pathlib.Path
        By kind, parquet and csv.
    """

    scored: Scored
    ranked: RankedList
    paths: dict[str, Path]

    def summary(self) -> Summary:
        """The first accounts and how the list came about."""
        rows = tuple(
            (
                str(r.rank), str(r.customer_id), f"{r.probability:.3f}",
                f"{r.expected_value:,.0f}", str(r.reasons) or _NO_DRIVER,
            )
            for r in self.ranked.rows.head(_SHOWN).itertuples()
        )  # fmt: skip
        dropped = ", ".join(f"{k} {n:,}" for k, n in self.ranked.dropped.items()) or "none"
        weights = ", ".join(f"{k} {w:.2f}" for k, w in self.ranked.weights.items() if w > 0)
        return Summary(
            title=f"{self.ranked.target} as of {self.scored.cutoff}: {len(self.ranked.rows):,} of "
            f"{self.ranked.n_eligible:,} eligible accounts, "
            f"{self.ranked.expected_wins:.1f} expected wins"
            f"{'' if self.scored.model_backed else ', by the heuristic (no model)'}",
            columns=("rank", "account", "probability", "expected value", "why"),
            rows=rows,
            notes=(
                *self.scored.notes,
                f"dropped: {dropped}; signals: {weights}; checksum {self.ranked.checksum[:16]}",
                *(f"rule {k} is not applied: {why}" for k, why in self.ranked.skipped.items()),
                f"list: {self.paths['csv']}",
            ),
            next_command="gosales ui",
        )


def run(cfg: DictConfig, progress: Progress) -> Ranked:
    """Run the command."""
    if cfg.out is not None:
        out_path(cfg.out)
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    desk, target = desk_of(cfg), make(cfg.division).key
    cfg = with_champion_source(cfg, desk, target, space, progress)
    return rank_division(cfg, desk, target, space, progress)


def rank_division(
    cfg: DictConfig,
    desk: PromotionDesk,
    target: str,
    space: Workspace,
    progress: Progress,
    star: Star | None = None,
) -> Ranked:
    """Score with the verified champion, then rank.

    Parameters
    ----------
    cfg : DictConfig
        Gives the ranking and the surroundings.
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
    """
    scored = score_division(cfg, desk, target, space, progress, star)
    ranker: Ranker = make(cfg.whitespace.ranker)
    ranked = ranker.rank(scored.rows, target)
    paths = export_list(ranked, *_place(cfg, space, scored))
    tags = {
        "division": target,
        "cutoff": scored.cutoff,
        "version": scored.version,
        "list.checksum": ranked.checksum,
        MODEL_BACKED: str(scored.model_backed).lower(),
    }
    name = f"{target}·rank·v{scored.version}·{scored.cutoff}"
    with desk.tracker.start_run(name, "rank", tags) as run, space.scratch("rank") as folder:
        export_list(ranked, folder / "list")
        run.log_artifacts(folder / "list")
        run.log_metrics(
            {
                "list_size": float(len(ranked.rows)),
                "eligible": float(ranked.n_eligible),
                "expected_wins": ranked.expected_wins,
                **{f"dropped_{rule}": float(n) for rule, n in ranked.dropped.items()},
            }
        )
        run.set_note(Ranked(scored, ranked, paths).summary().title)
    return Ranked(scored, ranked, paths)


def _place(cfg: DictConfig, space: Workspace, scored: Scored) -> tuple[Path, str]:
    """Folder and stem of the list's three files; ``out`` names one of them."""
    if cfg.out is not None and cfg.command == "rank":
        path = out_path(cfg.out)
        return path.parent, path.stem
    return space.outputs / scored.target, f"whitespace_{scored.cutoff}"
