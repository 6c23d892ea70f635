"""The gauntlet command: audit the very version that would ship, or a candidate that is none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from gosales.core.errors import ConfigError, DegenerateError
from gosales.core.progress import Progress
from gosales.data.star import Star
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding_shelf import FindingShelf
from gosales.gauntlet.report import GauntletReport
from gosales.gauntlet.runner import run_gauntlet
from gosales.pipelines.assembly import make
from gosales.pipelines.audit_inputs import AuditInputs, rebuild
from gosales.pipelines.audit_policy import audit_policy
from gosales.pipelines.audit_subject import AuditSubject
from gosales.pipelines.audited_card import audited_card
from gosales.pipelines.command_line import AGAIN, training_line
from gosales.pipelines.division_choice import division_words
from gosales.pipelines.finding_files import AT_THE_TOP, finding_json, write_finding
from gosales.pipelines.fresh_candidate import FreshCandidate
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.registered_subject import RegisteredSubject
from gosales.pipelines.registry_desk import desk_of, tracker_of
from gosales.pipelines.run_key import run_key
from gosales.pipelines.summary import Summary
from gosales.pipelines.train import train_division
from gosales.pipelines.train_result import HEURISTIC, TRAINED
from gosales.pipelines.training import Prepared
from gosales.pipelines.version_choice import choose_version
from gosales.pipelines.workspace import Workspace
from gosales.registry.evidence import REPORT_FILE, sign
from gosales.registry.promotion import PromotionDesk
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.tracking.code_version import code_digest
from gosales.tracking.forward_looks import forward_looks, look_tags
from gosales.tracking.mlflow_run import MlflowRun
from gosales.tracking.model_registry import MlflowModelRegistry


@dataclass(frozen=True)
class Audited:
    """Outcome of an audit.

    Parameters
    ----------
    subject : AuditSubject
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

    subject: AuditSubject
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
        return Summary(
            title=f"gauntlet of {self.subject.title}: {verdict.status}{about}",
            columns=("check", "kind", "about", "outcome", "seconds"),
            rows=rows,
            notes=(*said, *self._resumed, *self.subject.notes(target), f"run {self.run_id}"),
            next_command=self.subject.next_command(target) if self.report.passed else "gosales ui",
            closed=""
            if self.report.passed
            else f"the verdict is {verdict.status}{about}: {', '.join(closing)}",
        )

    @property
    def _resumed(self) -> tuple[str, ...]:
        names = ", ".join(self.taken)
        return (f"{len(self.taken)} findings were found before: {names}",) if self.taken else ()


def run(cfg: DictConfig, progress: Progress) -> Audited:
    """Run the command on a version, on the one of a training run, or on a fresh candidate.

    Raises
    ------
    ConfigError
        If more than one of them is named.
    TrackingError
        If the division or the run has no version.
    DegenerateError
        If no candidate can be trained.
    IntegrityError
        If what is audited cannot be rebuilt as it was trained.
    """
    asked = {key: cfg[key] for key in ("version", "run", "fresh")}
    named = [
        f"{key}={str(value).lower()}" for key, value in asked.items() if value not in (None, False)
    ]
    if len(named) > 1:
        raise ConfigError(
            "an audit is about one candidate",
            got=" ".join(named),
            allowed="one of version=<number>, run=<id> and fresh=true, or none of them",
            remedy="leave the others out",
            reason_code="several_subjects",
        )
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    desk = desk_of(cfg)
    if cfg.fresh:
        star = ingest_star(cfg, space, progress).star
        return audit(cfg, desk, _fresh(cfg, desk, star, space, progress), space, progress, star)
    version = choose_version(desk, make(cfg.division).key, cfg.version, cfg.run)
    return audit(cfg, desk, RegisteredSubject(version), space, progress)


def _fresh(
    cfg: DictConfig, desk: PromotionDesk, star: Star, space: Workspace, progress: Progress
) -> FreshCandidate:
    """Train the configured candidate and register nothing; a finished equal one is reused."""
    own = cfg.copy()
    again = training_line(division_words(cfg.division))
    if again is not None:
        OmegaConf.update(own, AGAIN, again, force_add=True)
    trained = train_division(own, star, space, progress, registers=False)
    if trained.outcome not in (TRAINED, HEURISTIC):
        raise DegenerateError(
            f"{trained.division} gives no candidate to audit",
            got=f"{trained.outcome}: {trained.reason}",
            allowed="a division that a model or the heuristic can be trained for",
            remedy="its training run says more: gosales ui",
            reason_code=trained.outcome,
        )
    tags = desk.models.tracker.run_data(trained.run_id).data.tags  # type: ignore[attr-defined]
    return FreshCandidate(trained.run_id, tags)


def audit(
    cfg: DictConfig,
    desk: PromotionDesk,
    subject: AuditSubject,
    space: Workspace,
    progress: Progress,
    star: Star | None = None,
) -> Audited:
    """Audit a candidate and bind what is found to it; an equal finished audit is reused.

    Parameters
    ----------
    cfg : DictConfig
        Gives the policy and the surroundings.
    desk : PromotionDesk
        Tracker and registry.
    subject : AuditSubject
        What to audit.
    space : Workspace
        Caches and scratch space.
    progress : Progress
        Listener.
    star : Star, optional
        The data, when it is at hand.
    """
    policy = audit_policy(cfg, subject)
    key = run_key("gauntlet", *subject.key, policy.digest, code_digest())
    found = None if cfg.force else desk.tracker.find_finished(key)
    if found is not None and subject.stands(found):
        with space.scratch("report") as folder:
            text = desk.models.download(found, REPORT_FILE, folder).read_text(encoding="utf-8")
        return Audited(subject, GauntletReport.from_json(text), found, reused=True)
    inputs = rebuild(desk, subject, cfg, space, progress, star)
    # force asks for new findings: nothing is taken, everything is kept.
    shelf = FindingShelf(space.findings, code_digest(), sign, takes=not cfg.force)
    prepared = inputs.prepared
    tags = {
        "division": prepared.candidate.target.key,
        "cutoff": str(prepared.cutoff),
        **subject.facts,
        "policy.digest": policy.digest,
        "data.digest": prepared.star.digest,
        "recipe.digest": prepared.candidate.recipe_digest,
        "run.key": key,
        **look_tags(_looked(prepared)),
    }
    name = f"{prepared.candidate.target.key}·gauntlet·{subject.mark}·{prepared.cutoff}"
    with (
        desk.tracker.start_run(name, "gauntlet", tags, subject.run_id) as handle,
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
        subject.conclude(desk, handle, report, card)
        _describe(desk, subject.run_id, card, str(report.verdict.status))
    return Audited(subject, report, handle.id, taken=tuple(shelf.taken))


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


def _describe(desk: PromotionDesk, run_id: str, card: str, status: str) -> None:
    """Show the audited card where the unaudited one stood, at the training run."""
    if isinstance(desk.models, MlflowModelRegistry):
        trained = MlflowRun(desk.models.tracker.client, run_id)
        trained.set_note(card)
        trained.set_tags({"gauntlet.status": status})
