"""One cell of the self-test, in whatever process: world, leak, audit, and its file."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from time import perf_counter

from omegaconf import DictConfig, OmegaConf

from gosales.core.digests import digest_json
from gosales.core.errors import DegenerateError
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.limits import limits_of
from gosales.gauntlet.zoo.audited_specimen import audited, specimen_context
from gosales.gauntlet.zoo.cell import AuditedCell, Cell, Said
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.gauntlet.zoo.strength import Strength
from gosales.pipelines.assembly import config_digest
from gosales.pipelines.selftest_habitat import selftest_habitat
from gosales.pipelines.selftest_plan import SelftestPlan
from gosales.pipelines.workspace import Workspace
from gosales.tracking.code_version import PACKAGE, code_digest

CELLS = "selftest"
# What decides a cell; pipelines and reports may change and leave it as it is.
_ROOMS = ("core", "data", "labels", "features", "models", "evaluation", "gauntlet")


def cell_file(cfg: DictConfig, plan: SelftestPlan, cell: Cell) -> Path:
    """Where a cell's result is kept: under the digest of everything that decides it."""
    checks, rules = plan.checks_of(cell), plan.rules
    limits = {n: [str(type(c)), limits_of(c)] for n, c in {**checks, **rules}.items()}
    leak = plan.leaks.get(cell.leak)
    told = [config_digest(cfg), _science(), asdict(cell), limits, str(type(leak)), str(leak)]
    return Path(cfg.paths.work) / CELLS / f"{digest_json(told)[:32]}.json"


def run_cells(config: str, cells: list[Cell]) -> list[AuditedCell]:
    """Audit the cells of one world one after the other; what is on file is not repeated.

    A cell in which a check crashed is told and not kept.

    Parameters
    ----------
    config : str
        The composed configuration as YAML (it crosses process borders).
    cells : list of Cell
        Of one world.
    """
    cfg = OmegaConf.create(config)
    assert isinstance(cfg, DictConfig)
    plan = SelftestPlan.of(cfg)
    return [_kept(cfg, plan, cell) for cell in cells]


@cache
def _science() -> list[str]:
    return [code_digest(PACKAGE / room) for room in _ROOMS]


def _kept(cfg: DictConfig, plan: SelftestPlan, cell: Cell) -> AuditedCell:
    file = cell_file(cfg, plan, cell)
    if file.is_file():
        return AuditedCell.from_json(json.loads(file.read_text(encoding="utf-8")))
    found = _audit(cfg, plan, cell)
    if found.has(Outcome.ERROR):
        return found  # a crash, or a query that was interrupted, is no result to go on from
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(f".{digest_json(str(cell))[:8]}.tmp")
    temporary.write_text(json.dumps(found.to_json(), indent=1) + "\n", encoding="utf-8")
    temporary.replace(file)
    return found


def _audit(cfg: DictConfig, plan: SelftestPlan, cell: Cell) -> AuditedCell:
    started = perf_counter()
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    degenerate, checks, rules = "", {}, {}
    with space.scratch("selftest") as folder:
        try:
            world = json.dumps(dict(cell.world))
            habitat = selftest_habitat(OmegaConf.to_yaml(cfg), cell.seed, world)
            specimen = _specimen(plan, cell, habitat, folder)
            context = specimen_context(
                specimen, habitat.cutoff, habitat.engine, folder / "audit", cell.seed
            )
        except DegenerateError as error:
            degenerate = str(error)
        else:
            checks = audited(context, plan.checks_of(cell))
            rules = audited(context, plan.rules)
    return AuditedCell(
        cell,
        {name: Said.of(finding) for name, finding in checks.items()},
        {name: Said.of(finding) for name, finding in rules.items()},
        round(perf_counter() - started, 2),
        degenerate,
    )


def _specimen(plan: SelftestPlan, cell: Cell, habitat: Habitat, folder: Path) -> Specimen:
    if cell.strength is Strength.CLEAN:
        return Specimen(habitat.candidate, habitat.star)
    leak = plan.leaks[cell.leak]
    return leak.plant(replace(habitat, workdir=folder), cell.strength.amount_of(leak))
