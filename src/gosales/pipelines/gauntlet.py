"""The gauntlet command: audit the very version that would ship."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from gosales.core.errors import TrackingError
from gosales.core.progress import Progress
from gosales.data.star import Star
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding_shelf import FindingShelf
from gosales.gauntlet.report import GauntletReport
from gosales.gauntlet.runner import run_gauntlet
from gosales.pipelines.assembly import make
from gosales.pipelines.audit_inputs import AuditInputs, rebuild
from gosales.pipelines.audit_policy import audit_policy
from gosales.pipelines.audited_card import audited_card
from gosales.pipelines.finding_files import AT_THE_TOP, finding_json, write_finding
from gosales.pipelines.registry_desk import desk_of, tracker_of
from gosales.pipelines.run_key import run_key
from gosales.pipelines.summary import Summary
from gosales.pipelines.training import Prepared
from gosales.pipelines.workspace import Workspace
from gosales.registry.evidence import REPORT_FILE, sign
from gosales.registry.evidence_record import record_evidence
from gosales.registry.promotion import PromotionDesk
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.tracking.code_version import code_digest
from gosales.tracking.forward_looks import forward_looks, look_tags
from gosales.tracking.mlflow_run import MlflowRun
from gosales.tracking.model_name import registered_name
from gosales.tracking.model_registry import MlflowModelRegistry, ModelVersion


@dataclass(frozen=True)
class Audited:
    """Outcome of an audit.

    Parameters
    ----------
    version : ModelVersion
        What was audited.
    report : GauntletReport
        What was found.
    run_id : str
        The audit's run.
    reused : bool
        Whether an equal audit was finished already.
    taken : tuple of str
        Checks whose findings an earlier audit of the same had finished.
    """

    version: ModelVersion
    report: GauntletReport
    run_id: str
    reused: bool = False
    taken: tuple[str, ...] = ()

    def summary(self) -> Summary:
        """One row per check; closed unless the verdict is PASS."""
        verdict = self.report.verdict
        target = self.report.target
        about = f" ({' and '.join(verdict.failed_subjects)})" if verdict.failed_subjects else ""
        rows = tuple(
            (
                f.name,
                "proof" if f.is_proof else "statistic",
                str(f.subject),
                str(f.outcome),
                f"{f.seconds:.1f}",
            )
            for f in self.report.findings
        )
        said = [
            f"{f.outcome} {f.name}: {f.reason}"
            for f in self.report.findings
            if str(f.outcome) not in ("PASS", "NOT_APPLICABLE")
        ]
        closing = dict.fromkeys(reason.partition(":")[0] for reason in verdict.reasons)
        number = self.version.version
        opens = f"gosales promote division={target} version={number}"
        return Summary(
            title=f"gauntlet of {self.version.name} version {number}: {verdict.status}{about}",
            columns=("check", "kind", "about", "outcome", "seconds"),
            rows=rows,
            notes=(*said, *self._resumed, f"run {self.run_id}"),
            next_command=opens if self.report.passed else "gosales ui",
            closed=""
            if self.report.passed
            else f"the verdict is {verdict.status}{about}: {', '.join(closing)}",
        )

    @property
    def _resumed(self) -> tuple[str, ...]:
        names = ", ".join(self.taken)
        return (f"{len(self.taken)} findings were found before: {names}",) if self.taken else ()


def run(cfg: DictConfig, progress: Progress) -> Audited:
    """Run the command on ``version``, or on the newest version of the division.

    Raises
    ------
    TrackingError
        If the division has no version.
    IntegrityError
        If the version cannot be rebuilt as it was trained.
    """
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    desk = desk_of(cfg)
    version = choose_version(desk, make(cfg.division).key, cfg.version)
    return audit(cfg, desk, version, space, progress)


def choose_version(desk: PromotionDesk, target: str, number: object) -> ModelVersion:
    """A numbered version, or the newest.

    Raises
    ------
    TrackingError
        If there is none.
    """
    name = registered_name(target)
    if number is not None:
        return desk.models.version(name, str(number))
    versions = desk.models.versions(name)
    if not versions:
        raise TrackingError(
            f"{name} has no version",
            got="nothing registered",
            allowed="a version that `gosales train` registered",
            remedy=f"gosales train division={target}",
            reason_code="no_version",
        )
    return versions[0]


def audit(
    cfg: DictConfig,
    desk: PromotionDesk,
    version: ModelVersion,
    space: Workspace,
    progress: Progress,
    star: Star | None = None,
) -> Audited:
    """Audit a version and bind the evidence to it; an equal finished audit is reused.

    Parameters
    ----------
    cfg : DictConfig
        Gives the policy and the surroundings.
    desk : PromotionDesk
        Tracker and registry.
    version : ModelVersion
        What to audit.
    space : Workspace
        Caches and scratch space.
    progress : Progress
        Listener.
    star : Star, optional
        The data, when it is at hand.
    """
    policy = audit_policy(cfg, version)
    key = run_key("gauntlet", version.name, version.version, policy.digest, code_digest())
    found = None if cfg.force else desk.tracker.find_finished(key)
    if found is not None and version.tags.get("evidence.run_id") == found:
        with space.scratch("report") as folder:
            text = desk.models.download(found, REPORT_FILE, folder).read_text(encoding="utf-8")
        return Audited(version, GauntletReport.from_json(text), found, reused=True)
    inputs = rebuild(desk, version, cfg, space, progress, star)
    # force asks for new findings: nothing is taken, everything is kept.
    shelf = FindingShelf(space.findings, code_digest(), sign, takes=not cfg.force)
    prepared = inputs.prepared
    tags = {
        "division": prepared.candidate.target.key,
        "cutoff": str(prepared.cutoff),
        "version": version.version,
        "policy.digest": policy.digest,
        "data.digest": prepared.star.digest,
        "recipe.digest": prepared.candidate.recipe_digest,
        "run.key": key,
        **look_tags(_looked(prepared)),
    }
    name = f"{prepared.candidate.target.key}·gauntlet·v{version.version}·{prepared.cutoff}"
    with (
        desk.tracker.start_run(name, "gauntlet", tags, version.run_id) as handle,
        space.scratch("gauntlet") as folder,
    ):
        context = _context(inputs, cfg, folder / "work", progress)
        recipe = prepared.candidate.recipe_digest
        report = run_gauntlet(context, policy.checks, policy, recipe_digest=recipe, shelf=shelf)
        _write(report, prepared.candidate.target.name, folder / "gauntlet")
        handle.log_artifacts(folder / "gauntlet", "gauntlet")
        for finding in (f for f in report.findings if f.name in AT_THE_TOP):
            handle.log_text(finding_json(finding), f"{finding.name}.json")
        handle.log_metrics({f"seconds_{f.name}": f.seconds for f in report.findings})
        handle.set_tags({**report.tags(), **look_tags([*_looked(prepared), *_months(report)])})
        looks = forward_looks(tracker_of(cfg), prepared.candidate.target.key)
        said = looks.sentence(str(prepared.cutoff))
        card = audited_card(desk, inputs, report, folder / "card", said)
        handle.log_text(card, "model_card.md")
        handle.set_note(card)
        record_evidence(desk.models, handle, version.name, version.version, report)
        _describe(desk, version, card, str(report.verdict.status))
    return Audited(version, report, handle.id, taken=tuple(shelf.taken))


def _looked(prepared: Prepared) -> list[str]:
    return [str(prepared.cutoff)] if len(prepared.forward.labelled()) else []


def _months(report: GauntletReport) -> list[str]:
    """Further months whose outcomes a check looked at."""
    found = report.finding("prequential")
    return [str(month) for month in found.values.get("months", ())] if found else []


def _context(
    inputs: AuditInputs, cfg: DictConfig, work: Path, progress: Progress
) -> GauntletContext:
    prepared = inputs.prepared
    work.mkdir(parents=True, exist_ok=True)
    return GauntletContext(
        candidate=prepared.candidate,
        star=prepared.star,
        cutoff=prepared.cutoff,
        training=prepared.training,
        forward=prepared.forward,
        plan=inputs.plan,
        model=inputs.model,
        engine=prepared.candidate.builder.engine,
        workdir=work,
        # The version's own: who audits must not try seeds until one passes.
        seed=int(inputs.cfg.seed),
        n_jobs=int(cfg.n_jobs),
        progress=progress,
        parcel=prepared.parcel,
        oof=inputs.oof,
    )


def _write(report: GauntletReport, division: str, folder: Path) -> None:
    about = FigureAbout(division, report.cutoff, "cv")
    for finding in report.findings:
        write_finding(finding, about, folder)
    report.table().to_csv(folder / "findings.csv", index=False)


def _describe(desk: PromotionDesk, version: ModelVersion, card: str, status: str) -> None:
    """Show the audited card where the unaudited one stood: at the version and at its run."""
    if isinstance(desk.models, MlflowModelRegistry):
        desk.models.set_description(version.name, version.version, card)
        trained = MlflowRun(desk.models.tracker.client, version.run_id)
        trained.set_note(card)
        trained.set_tags({"gauntlet.status": status})
