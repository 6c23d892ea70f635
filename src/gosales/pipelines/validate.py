"""The validate command: a frozen version on months it never learned from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from gosales.core.digests import digest_json
from gosales.core.progress import Progress
from gosales.data.ingest_result import IngestResult
from gosales.data.star import Star
from gosales.data.star_integrity import require_unchanged
from gosales.evaluation.interval_widths import interval_widths
from gosales.pipelines.assembly import Assembly, make
from gosales.pipelines.audit_inputs import own_config
from gosales.pipelines.frozen_version import frozen_version
from gosales.pipelines.headline import headline
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.registry_desk import desk_of, tracker_of
from gosales.pipelines.run_key import run_key
from gosales.pipelines.segment_summary import write_segment_summary
from gosales.pipelines.summary import Summary
from gosales.pipelines.validation import Validation, judge
from gosales.pipelines.validation_cutoffs import ValidationCutoffs, validation_cutoffs
from gosales.pipelines.validation_files import write_validation_files
from gosales.pipelines.validation_inputs import validation_inputs
from gosales.pipelines.validation_summary import validation_note, validation_summary
from gosales.pipelines.version_parts import version_parts
from gosales.pipelines.version_source import with_version_source
from gosales.pipelines.workspace import Workspace
from gosales.registry.promotion import PromotionDesk
from gosales.registry.verified_model import VerifiedModel
from gosales.tracking.code_version import code_digest
from gosales.tracking.forward_looks import forward_looks, look_tags
from gosales.tracking.manifest import write_manifest
from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.run_search import search_runs
from gosales.tracking.tracker import RunHandle

SUMMARY = "validation.json"
_BUYERS = "forward_n_pos_accounts"
_MEASURED = ("forward", "validation", "label_guard")


@dataclass(frozen=True)
class Validated:
    """Outcome of a validation.

    Parameters
    ----------
    version : str
        What was judged.
    cutoff : str
        At which day.
    run_id : str
        The validation's run.
    said : Summary
        What it tells.
    reused : bool
        Whether an equal validation was finished already.
    """

    version: str
    cutoff: str
    run_id: str
    said: Summary
    reused: bool = False

    def summary(self) -> Summary:
        """Metrics now and when trained; closed when both guards fired."""
        again = ": an equal run is finished already" if self.reused else ""
        notes = (*self.said.notes, f"run {self.run_id}")
        return replace(self.said, title=f"{self.said.title}{again}", notes=notes)


def run(cfg: DictConfig, progress: Progress) -> Validated:
    """Run the command on ``version``, or on the champion.

    Raises
    ------
    GateClosedError
        If the version's evidence does not verify, or there is no champion.
    ConfigError
        If the version learned from the months asked for.
    IntegrityError
        If the star's files are not those that were ingested.
    """
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    desk, target = desk_of(cfg), make(cfg.division).key
    model = frozen_version(cfg, desk, target)
    version = desk.models.version(model.name, model.version)
    cfg = with_version_source(cfg, desk, version, space, progress)
    ingested = ingest_star(cfg, space, progress)
    return validate_version(cfg, desk, model, space, progress, ingested)


def validate_version(
    cfg: DictConfig,
    desk: PromotionDesk,
    model: VerifiedModel,
    space: Workspace,
    progress: Progress,
    ingested: IngestResult,
) -> Validated:
    """Judge a verified version on a log; an equal finished validation is reused.

    Parameters
    ----------
    cfg : DictConfig
        Gives the day (``cutoff.date``), what is measured and the surroundings.
    desk : PromotionDesk
        Tracker and registry.
    model : VerifiedModel
        The frozen version.
    space : Workspace
        Caches and outputs.
    progress : Progress
        Listener.
    ingested : IngestResult
        The log.
    """
    star, tracker = ingested.star, tracker_of(cfg)
    require_unchanged(star)
    version = desk.models.version(model.name, model.version)
    with space.scratch("validate") as scratch:
        own = own_config(desk, version.run_id, cfg, scratch)
    parts = version_parts(Assembly.of(own, star, space), model)
    when = validation_cutoffs(
        str(cfg.cutoff.date), model, star, parts.splitter.purge_days, make(cfg.forward.months)
    )
    key = _key(cfg, model, star, when)
    found = None if cfg.force else tracker.find_finished(key)
    if found is not None:
        return _reused(desk, space, found, model, when)
    target = parts.target
    tags = {
        "division": target.key,
        "division.name": target.name,
        "cutoff": str(when.judged),
        "version": model.version,
        "data.digest": star.digest,
        "evidence.digest": model.evidence_digest,
        "run.key": key,
        **look_tags(map(str, when.months)),
    }
    name = f"{target.key}·validate·v{model.version}·{when.judged}"
    with (
        tracker.start_run(name, "validate", tags, version.run_id) as handle,
        space.scratch("validate") as folder,
    ):
        progress.say(f"{target.name}: version {model.version} at {len(when.months)} months")
        judged = judge(cfg, validation_inputs(cfg, desk, parts, model, when, progress))
        metrics = _metrics(judged, list(cfg.validation.logged_sizes))
        widths = _widths(tracker, target.key, metrics)
        looks = forward_looks(tracker, target.key)
        said = validation_summary(judged, version.metrics, looks, widths, target.key)
        write_validation_files(judged, widths, cfg, target.name, folder)
        (folder / SUMMARY).write_text(json.dumps(asdict(said), indent=2, ensure_ascii=False) + "\n",
                                      encoding="utf-8")  # fmt: skip
        ingested.write_report(folder)
        write_segment_summary(tracker, judged.segments, handle.id, target.key, space, folder)
        _log(handle, judged, metrics)
        handle.set_note(validation_note(judged, said))
        facts = {"data_digest": star.digest, "cutoff": str(when.judged), "version": model.version}
        write_manifest(folder, handle.id, "validate", facts)
        handle.log_artifacts(folder)
    return Validated(model.version, str(when.judged), handle.id, said)


def _key(cfg: DictConfig, model: VerifiedModel, star: Star, when: ValidationCutoffs) -> str:
    plain = {k: OmegaConf.to_container(cfg[k], resolve=True) for k in _MEASURED}
    value = OmegaConf.to_container(cfg.whitespace.expected_value, resolve=True)
    measured = digest_json({**plain, "expected_value": value})
    content = (model.evidence_digest, star.digest, str(when.judged), measured, code_digest())
    return run_key("validate", model.name, model.version, *content)


def _reused(
    desk: PromotionDesk,
    space: Workspace,
    run_id: str,
    model: VerifiedModel,
    when: ValidationCutoffs,
) -> Validated:
    with space.scratch("validated") as folder:
        text = desk.models.download(run_id, SUMMARY, folder).read_text(encoding="utf-8")
    body = json.loads(text)
    said = Summary(
        **{
            **body,
            "columns": tuple(body["columns"]),
            "rows": tuple(map(tuple, body["rows"])),
            "notes": tuple(body["notes"]),
        }
    )
    return Validated(model.version, str(when.judged), run_id, said, reused=True)


def _metrics(found: Validation, sizes: list[str]) -> dict[str, float]:
    metrics = {} if found.table is None else headline(found.table.scalars("forward"), sizes)
    for kind in ("score", "value"):
        # Of two rows of scores the last compares the model with itself.
        known = found.drift.loc[(found.drift["kind"] == kind) & found.drift["psi"].notna(), "psi"]
        if len(known):
            metrics[f"psi_{kind}"] = float(known.iloc[-1])
    metrics["drift_alerts"] = float((found.drift["status"] == "alert").sum())
    metrics["paradoxes"] = float(len(found.paradoxes))
    return metrics


def _widths(tracker: MlflowTracker, division: str, metrics: dict[str, float]) -> pd.DataFrame:
    """Against the newest finished validation that had labels; empty when there is none."""
    runs = search_runs(tracker, {"kind": "validate", "division": division}, finished=True)
    before: dict[str, float] = next(
        (dict(r.data.metrics) for r in runs if _BUYERS in r.data.metrics), {}
    )
    return interval_widths(metrics, before, _BUYERS)


def _log(handle: RunHandle, found: Validation, metrics: dict[str, float]) -> None:
    handle.log_metrics(metrics)
    if found.months is not None:
        table = found.months.months
        table = table[table["value"].notna()]
        for days, rows in table.groupby("days_ahead"):
            values = {f"prequential_{r['metric']}": float(r["value"]) for _, r in rows.iterrows()}
            handle.log_metrics(values, step=int(str(days)))
    handle.set_tags(
        {
            "guards": found.guard_status,
            "prequential": "paradox" if len(found.paradoxes) else "ok",
            **{f"guard.{name}": said for name, said in found.guards.items()},
        }
    )
