"""One division through the whole path: train, audit, promote, score, rank."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from traceback import format_exception

from omegaconf import DictConfig

from gosales.core.errors import GateClosedError, GoSalesError, InternalError
from gosales.core.refusals import is_refusal
from gosales.data.star import Star
from gosales.pipelines.gauntlet import audit
from gosales.pipelines.promote import promote_version
from gosales.pipelines.rank import rank_division
from gosales.pipelines.registered_subject import RegisteredSubject
from gosales.pipelines.registry_desk import desk_of
from gosales.pipelines.stage_log import StageLog
from gosales.pipelines.train import train_division
from gosales.pipelines.workspace import Workspace
from gosales.tracking.mlflow_tracker import nested_under
from gosales.tracking.model_name import CHAMPION, registered_name

STAGES = 4
INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True)
class DivisionLine:
    """What a pipeline reports about one division.

    Parameters
    ----------
    name, target : str
        Name and key.
    outcome : str
        ``trained``, ``heuristic``, the reason code of a division that can carry neither, or the
        reason code of the error that ended it.
    metrics : dict of str to float
        Of the training run.
    gauntlet : str
        Status of the audit, with the subject of a failure; empty when there was none.
    champion : str
        Version that is champion now; empty when none.
    list_size : int or None
        Accounts on the list; None when there is none.
    notes : tuple of str
        Why a gate is closed, what went wrong.
    failed : bool
        Whether an error ended the division.
    files : tuple of str
        Lists written.
    traceback : str
        Where an error of the package itself happened; empty when there was none.
    """

    name: str
    target: str
    outcome: str
    metrics: dict[str, float] = field(default_factory=dict)
    gauntlet: str = ""
    champion: str = ""
    list_size: int | None = None
    notes: tuple[str, ...] = ()
    failed: bool = False
    files: tuple[str, ...] = ()
    traceback: str = ""


def run_division(cfg: DictConfig, star_path: Path, parent: str, log: StageLog) -> DivisionLine:
    """Take one division as far as its evidence allows.

    Parameters
    ----------
    cfg : DictConfig
        Configuration with this division.
    star_path : pathlib.Path
        The star.
    parent : str
        The pipeline's run.
    log : StageLog
        Where to say how far it is.

    Returns
    -------
    DivisionLine
        An error of one division is told in its line and stops no other, an error of the package
        itself too (outcome ``internal_error``).

    Raises
    ------
    OSError
        If the machine refuses to write or read: the next division would meet the same.
    """
    name = str(cfg.division.name)
    try:
        with nested_under(parent):
            return _run(cfg, star_path, parent, log)
    except InternalError as error:
        return _broken(name, log, error)
    except GoSalesError as error:
        return _ended(name, log, error.reason_code, str(error))
    except Exception as error:
        if is_refusal(error):
            raise
        return _broken(name, log, error)


def _ended(name: str, log: StageLog, outcome: str, said: str, trace: str = "") -> DivisionLine:
    log.say(f"{name}: {said}")
    notes = (f"{name}: {said}",)
    return DivisionLine(name, log.division, outcome, notes=notes, failed=True, traceback=trace)


def _broken(name: str, log: StageLog, error: Exception) -> DivisionLine:
    said = f"internal error, {type(error).__name__}: {error}"
    return _ended(name, log, INTERNAL_ERROR, said, "".join(format_exception(error)))


def _run(cfg: DictConfig, star_path: Path, parent: str, log: StageLog) -> DivisionLine:
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    star = Star.open(star_path)
    desk = desk_of(cfg)
    trained = train_division(cfg, star, space, log, parent)
    log.stage(trained.outcome)
    line = DivisionLine(trained.division, trained.target, trained.outcome, trained.metrics)
    if trained.version is None:
        why = (trained.reason, trained.window)
        return _with(line, notes=tuple(f"{trained.division}: {s}" for s in why if s))
    version = desk.models.version(registered_name(trained.target), trained.version)
    audited = audit(cfg, desk, RegisteredSubject(version), space, log, star)
    log.stage("audited")
    verdict = audited.report.verdict
    about = f" {'+'.join(verdict.failed_subjects)}" if verdict.failed_subjects else ""
    line = _with(line, gauntlet=f"{verdict.status}{about}")
    decision = promote_version(
        cfg, desk, trained.target, trained.version, space, log, star
    ).decision
    log.stage("decided")
    said = (trained.window, trained.reason, *decision.reasons)
    notes = tuple(f"{trained.division}: {reason}" for reason in said if reason)
    champion = desk.models.alias(registered_name(trained.target), CHAMPION) or ""
    line = _with(line, champion=champion, notes=notes)
    if not champion:
        return line
    try:
        ranked = rank_division(cfg, desk, trained.target, space, log, star)
    except GateClosedError as error:
        return _with(line, notes=(*notes, f"{trained.division}: not scored: {error}"))
    log.stage("ranked")
    return _with(line, list_size=len(ranked.ranked.rows), files=(str(ranked.paths["csv"]),))


def _with(line: DivisionLine, **changes: object) -> DivisionLine:
    from dataclasses import replace

    return replace(line, **changes)  # type: ignore[arg-type]
