"""The train command: one candidate fitted, evaluated, logged and registered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from gosales.core.errors import DegenerateError
from gosales.core.progress import Progress
from gosales.data.ingest_result import IngestResult
from gosales.data.star import Star
from gosales.evaluation.window_choice import WindowChoice
from gosales.models.is_model_backed import is_model_backed
from gosales.pipelines.assembly import Assembly, config_digest
from gosales.pipelines.card_inputs import card_facts, card_subject, waiver_tags
from gosales.pipelines.command_line import command_line
from gosales.pipelines.fallback import STANDS_IN_FOR, fallback_config
from gosales.pipelines.fresh_candidate import BUNDLE
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.label_evidence import LABEL_AUDIT
from gosales.pipelines.label_table import guard_warnings, label_table
from gosales.pipelines.label_window import label_window
from gosales.pipelines.registration import keep_bundle, register, training_digests
from gosales.pipelines.registry_desk import tracker_of
from gosales.pipelines.run_key import run_key
from gosales.pipelines.run_metrics import run_metrics
from gosales.pipelines.safe_record import SAFE_NOTE, record_safe
from gosales.pipelines.train_result import HEURISTIC, TRAINED, TrainResult
from gosales.pipelines.training import Prepared, Trained, prepare, train
from gosales.pipelines.training_artifacts import write_training_artifacts
from gosales.pipelines.window_record import WINDOW_NOTE, window_facts, window_tags
from gosales.pipelines.workspace import Workspace
from gosales.registry.gates import MODEL_BACKED
from gosales.reporting.label_summary import LABEL_COLUMNS, label_summary
from gosales.reporting.markdown_table import markdown_table, plain_text
from gosales.tracking.code_version import code_digest
from gosales.tracking.forward_looks import forward_looks, look_tags
from gosales.tracking.manifest import write_config, write_manifest
from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.run_log import RunLog
from gosales.tracking.tracker import RunHandle


def run(cfg: DictConfig, progress: Progress) -> TrainResult:
    """Run the command: a finished run with the same content key is reused, not repeated.

    Raises
    ------
    InputError
        If data or configuration are wrong.
    """
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    ingested = ingest_star(cfg, space, progress)
    return train_division(cfg, ingested.star, space, progress, ingested=ingested)


def train_division(
    cfg: DictConfig,
    star: Star,
    space: Workspace,
    progress: Progress,
    parent: str | None = None,
    ingested: IngestResult | None = None,
    registers: bool = True,
) -> TrainResult:
    """Train the configured division on a star that is already there.

    Parameters
    ----------
    cfg : DictConfig
        Composed configuration.
    star : Star
        The data.
    space : Workspace
        Caches and scratch space.
    progress : Progress
        Listener.
    parent : str, optional
        Parent run.
    ingested : IngestResult, optional
        How the star came about, where this run read the log: its books are logged.
    registers : bool, default True
        False: the bundle stays in the run, and no version is made of it.

    Notes
    -----
    Where ``fallback`` says so, a division that no model can be trained for is trained again as the
    heuristic, in a run of its own.
    """
    found = _train_once(cfg, star, space, progress, parent, ingested, registers)
    instead = fallback_config(cfg, found.outcome)
    if instead is None:
        return found
    progress.say(f"{found.division}: {instead[STANDS_IN_FOR]}; the heuristic serves instead")
    return _train_once(instead, star, space, progress, parent, None, registers)


def _train_once(
    cfg: DictConfig,
    star: Star,
    space: Workspace,
    progress: Progress,
    parent: str | None,
    ingested: IngestResult | None,
    registers: bool,
) -> TrainResult:
    tracker = tracker_of(cfg)
    parts = Assembly.of(cfg, star, space)
    content = (star.digest, config_digest(cfg), code_digest())
    # A run that leaves no version does not stand in for one that does.
    key = run_key("train" if registers else "fresh", *content)
    found = None if cfg.force else tracker.find_finished(key)
    if found is not None:
        return _reused(tracker, found)
    window = label_window(parts, progress)
    target, cutoff = parts.target, window.cutoff
    safe, estimator = str(cfg.safe_mode.mode), str(cfg.estimator.name)
    tags = {
        "division": target.key,
        "division.name": target.name,
        "cutoff": str(cutoff),
        "safe_mode": safe,
        "estimator": estimator,
        "data.digest": star.digest,
        "config.digest": config_digest(cfg),
        "run.key": key,
        **window_tags(window),
    }
    name = f"{target.key}·{cutoff}·{safe}·{estimator}"
    with (
        tracker.start_run(name, "train", tags, parent) as handle,
        space.scratch("train") as folder,
    ):
        log = RunLog(folder / "logs.jsonl", handle.id, progress)
        plain = OmegaConf.to_container(cfg, resolve=True)
        assert isinstance(plain, dict)
        handle.log_params({str(k): v for k, v in plain.items()})
        handle.log_params({"label_window": window_facts(window)})
        write_config(folder, {str(k): v for k, v in plain.items()})
        if ingested is not None:
            ingested.write_report(folder)
        desk = _Desk(parts, window, handle, tracker, folder, log, registers)
        try:
            result = _train_logged(desk)
        except DegenerateError as error:
            result = _named_outcome(desk, error)
            log.say(f"{target.name}: {error.reason_code}: {error}")
        facts = {"data_digest": star.digest, "cutoff": str(cutoff), "seed": int(cfg.seed)}
        write_manifest(folder, handle.id, "train", facts)
        handle.log_artifacts(folder)
    return result


@dataclass(frozen=True)
class _Desk:
    """What one open training run works with."""

    parts: Assembly
    window: WindowChoice
    handle: RunHandle
    tracker: MlflowTracker
    folder: Path
    log: RunLog
    registers: bool


def _train_logged(desk: _Desk) -> TrainResult:
    parts, handle, folder, log = desk.parts, desk.handle, desk.folder, desk.log
    if desk.window.sentence:
        log.say(f"{parts.target.name}: {desk.window.sentence}")
    # Written first: a division that cannot carry a model has its labels told all the same.
    labels = label_table(parts, desk.window, log)
    labels.write(folder)
    suspect = guard_warnings(labels.table)
    for warning in suspect:
        log.say(f"warning: {warning}")
    prepared = prepare(parts, log, desk.window)
    _log_datasets(prepared, handle)
    if len(prepared.forward.labelled()):
        handle.set_tags(look_tags([str(prepared.cutoff)]))
    digests = training_digests(parts, prepared)
    handle.set_tags({**{f"{k}.digest": v for k, v in digests.items()}, **waiver_tags(prepared)})
    if prepared.safe is not None:
        log.say(f"{parts.target.name}: {prepared.safe.sentence}")
        record_safe(prepared.safe, parts.cfg, handle, folder)
    trained = train(prepared, parts.cfg, log)
    subject = card_subject(prepared, parts.cfg, digests, command_line(parts.cfg, "train"))
    looks = forward_looks(desk.tracker, prepared.candidate.target.key)
    said = looks.sentence(str(prepared.cutoff))
    facts = card_facts(trained, subject, labels.table, looks=said)
    write_training_artifacts(trained, facts, looks, folder)
    metrics = run_metrics(trained, list(parts.cfg.validation.logged_sizes))
    handle.log_metrics(metrics)
    card = (folder / "model_card.md").read_text(encoding="utf-8")
    handle.set_note(card)
    unmeasured = _unmeasured(prepared)
    backed = is_model_backed(trained.nested.model)
    handle.set_tags({"outcome": TRAINED, MODEL_BACKED: str(backed).lower()})
    why = str(parts.cfg.get(STANDS_IN_FOR, ""))
    reason = "; ".join(filter(None, (why, unmeasured)))
    if reason:
        handle.set_tags({"outcome.reason": reason})
    version = _version(desk, trained, card)
    target = prepared.candidate.target
    return TrainResult(
        division=target.name,
        target=target.key,
        cutoff=str(prepared.cutoff),
        outcome=TRAINED if backed else HEURISTIC,
        reason=reason,
        run_id=handle.id,
        version=version,
        metrics=metrics,
        warnings=(*suspect, *trained.plan.warnings),
        window=desk.window.sentence,
        safe="" if prepared.safe is None else prepared.safe.sentence,
    )


def _version(desk: _Desk, trained: Trained, card: str) -> str | None:
    if desk.registers:
        return register(desk.parts, trained, desk.handle, desk.tracker, card)
    keep_bundle(desk.parts, trained, desk.folder / BUNDLE)
    return None


def _unmeasured(prepared: Prepared) -> str:
    forward = prepared.forward.labelled()
    positives = int((forward.y == 1.0).sum())
    if not len(forward):
        return f"forward_unlabelled: the label window after {prepared.cutoff} is not complete"
    if positives in (0, len(forward)):
        return (
            f"forward_one_class: {positives} of {len(forward)} forward rows at {prepared.cutoff} "
            "are positive, so no forward ranking can be measured"
        )
    return ""


def _log_datasets(prepared: Prepared, handle: RunHandle) -> None:
    source = prepared.star.manifest.source
    for context, panel in (("training", prepared.training), ("forward", prepared.forward)):
        profile = {
            "rows": len(panel),
            "accounts": len(set(panel.groups)),
            "positives": int((panel.y == 1.0).sum()),
            "cutoffs": ", ".join(map(str, panel.cutoffs)),
        }
        schema = {s.name: "double" if s.dtype == "number" else "string" for s in panel.specs}
        name = f"{panel.target}_{context}"
        handle.log_dataset(name, panel.digest[:32], source, context, schema, profile)


def _named_outcome(desk: _Desk, error: DegenerateError) -> TrainResult:
    name = desk.parts.target.name
    desk.handle.set_tags({"outcome": error.reason_code, "outcome.reason": str(error)})
    note = f"**{plain_text(name)}: {error.reason_code}.** {plain_text(error)}\n"
    audit = desk.folder / LABEL_AUDIT
    if audit.is_file():
        rows = label_summary(pd.read_csv(audit))
        note += f"\n## Labels\n\n{markdown_table(LABEL_COLUMNS, rows)}\n"
    desk.handle.set_note(note)
    return TrainResult(
        division=name,
        target=desk.parts.target.key,
        cutoff=str(desk.window.cutoff),
        outcome=error.reason_code,
        reason=str(error),
        run_id=desk.handle.id,
        version=None,
        window=desk.window.sentence,
    )


def _reused(tracker: MlflowTracker, run_id: str) -> TrainResult:
    data = tracker.run_data(run_id).data
    tags = data.tags
    return TrainResult(
        division=tags["division.name"],
        target=tags["division"],
        cutoff=tags["cutoff"],
        outcome=HEURISTIC if tags.get(MODEL_BACKED) == "false" else tags["outcome"],
        reason=tags.get("outcome.reason", ""),
        run_id=run_id,
        version=tags.get("version"),
        metrics=dict(data.metrics),
        reused=True,
        window=tags.get(WINDOW_NOTE, ""),
        safe=tags.get(SAFE_NOTE, ""),
    )
