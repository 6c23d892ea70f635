"""A model registry in memory, real bundles on disk, and a policy of two checks."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gosales.core.errors import TrackingError
from gosales.core.timeline import Lookback
from gosales.features.spec import FeatureSpec
from gosales.gauntlet.check import Check
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.model_digest import model_digests
from gosales.gauntlet.policy import Policy
from gosales.gauntlet.report import GauntletReport
from gosales.gauntlet.verdict import Verdict
from gosales.models.bundle import write_bundle
from gosales.models.calibrators.none import Identity
from gosales.models.estimators.heuristic import FittedHeuristic
from gosales.models.estimators.logreg import FittedLogReg
from gosales.models.fitted_model import FittedModel
from gosales.registry.comparison import Comparison
from gosales.registry.evidence import KEY_ENV
from gosales.registry.evidence_record import record_evidence
from gosales.registry.promotion import PromotionDesk
from gosales.tracking.model_registry import ModelVersion

NAME = "gosales.printers"
SPEC = FeatureSpec("rfm", "tx_count", "all", Lookback(months=12), "purchases in 12 months")


@dataclass
class FakeRun:
    """Keeps artifacts as files."""

    id: str
    folder: Path
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    note: str = ""
    status: str = "RUNNING"

    def log_params(self, config: Mapping[str, Any]) -> None: ...

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        self.metrics.update(metrics)

    def log_text(self, text: str, path: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")

    def log_artifacts(self, folder: Path, under: str | None = None) -> None: ...

    def log_dataset(self, *args: Any, **kwargs: Any) -> None: ...

    def set_tags(self, tags: Mapping[str, str]) -> None:
        self.tags.update(tags)

    def set_note(self, markdown: str) -> None:
        self.note = markdown

    def register_bundle(
        self,
        bundle_dir: Path,
        name: str,
        example: pd.DataFrame,
        description: str,
        tags: Mapping[str, str],
        code_paths: Sequence[Path] | None = None,
    ) -> str:
        raise NotImplementedError


class FakeTracker:
    """Runs as folders."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runs: dict[str, FakeRun] = {}
        self._ids = (f"run{i}" for i in itertools.count())

    @contextmanager
    def start_run(
        self,
        name: str,
        kind: str,
        tags: Mapping[str, str] | None = None,
        parent_id: str | None = None,
    ) -> Iterator[FakeRun]:
        run_id = next(self._ids)
        run = FakeRun(run_id, self.root / run_id, {"kind": kind, **(tags or {})})
        self.runs[run_id] = run
        try:
            yield run
        except BaseException:
            run.status = "FAILED"
            raise
        run.status = "FINISHED"

    def find_finished(self, run_key: str) -> str | None:
        return None


class FakeRegistry:
    """Aliases, tags and packages; ``sabotage`` lets a test break the next alias write."""

    def __init__(self, tracker: FakeTracker, root: Path) -> None:
        self.tracker, self.root = tracker, root
        self.entries: dict[str, dict[str, ModelVersion]] = {}
        self.aliases: dict[tuple[str, str], str] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.sabotage: Callable[[str, str | None], None] | None = None

    def package(self, name: str, version: str) -> Path:
        return self.root / name / version

    def names(self) -> list[str]:
        return sorted(self.entries)

    def exists(self, name: str) -> bool:
        return name in self.entries

    def versions(self, name: str) -> list[ModelVersion]:
        return sorted(self.entries.get(name, {}).values(), key=lambda v: -int(v.version))

    def version(self, name: str, version: str) -> ModelVersion:
        if version not in self.entries.get(name, {}):
            raise TrackingError("no such version", got=version)
        return self.entries[name][version]

    def alias(self, name: str, alias: str) -> str | None:
        return self.aliases.get((name, alias))

    def set_alias(self, name: str, alias: str, version: str | None) -> None:
        if self.sabotage is not None:
            self.sabotage(alias, version)
        if version is None:
            self.aliases.pop((name, alias), None)
        else:
            self.aliases[name, alias] = version

    def model_tags(self, name: str) -> dict[str, str]:
        return dict(self.tags.get(name, {}))

    def set_model_tag(self, name: str, key: str, value: str | None) -> None:
        tags = self.tags.setdefault(name, {})
        if value is None:
            tags.pop(key, None)
        else:
            tags[key] = value

    def set_version_tags(self, name: str, version: str, tags: Mapping[str, str | None]) -> None:
        for key, value in tags.items():
            if value is None:
                self.entries[name][version].tags.pop(key, None)
            else:
                self.entries[name][version].tags[key] = value

    def lock(self, name: str) -> Any:
        return nullcontext()

    def download_package(self, name: str, version: str, folder: Path) -> Path:
        return Path(shutil.copytree(self.package(name, version), folder, dirs_exist_ok=True))

    def download(self, run_id: str, path: str, folder: Path) -> Path:
        source = self.tracker.root / run_id / path
        if not source.is_file():
            raise TrackingError("no such artifact", got=f"{run_id}/{path}")
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(source, folder / path))


class PlainCheck:
    """A check that is only there to be required."""

    def __init__(self, name: str = "x", is_proof: bool = False, limit: float = 0.01) -> None:
        self.name, self.is_proof, self.limit = name, is_proof, limit
        self.subject = Subject.LEAK

    def run(self, context: object) -> Finding:
        raise NotImplementedError


def make_model(slope: float) -> FittedModel:
    estimator = FittedLogReg((SPEC.name,), (0.0,), (1.0,), (slope,), -1.0, False, True)
    return FittedModel((SPEC,), (), estimator, Identity())


@dataclass
class House:
    """Everything a test of promotion needs, with verbs."""

    tracker: FakeTracker
    models: FakeRegistry
    policy: Policy
    desk: PromotionDesk

    def train(
        self, slope: float = 1.0, cv_auc: float = 0.7, model: FittedModel | None = None
    ) -> str:
        versions = self.models.entries.setdefault(NAME, {})
        version = str(len(versions) + 1)
        package = self.models.package(NAME, version)
        meta = dict.fromkeys(("target", "membership", "cutoff", "horizon", "measure", "digests"), 1)
        write_bundle(model or make_model(slope), package / "artifacts" / "bundle", meta)
        (package / "code" / "gosales").mkdir(parents=True)
        (package / "code" / "gosales" / "__init__.py").write_text("x = 1\n")
        (package / "MLmodel").write_text(
            "flavors: {python_function: {artifacts: {bundle: {path: artifacts/bundle}}}}\n"
        )
        versions[version] = ModelVersion(
            NAME,
            version,
            f"train{version}",
            {"model_backed": str(model is None).lower()},
            {"cv_auc": cv_auc},
        )
        return version

    def report(
        self,
        slope: float = 1.0,
        *,
        policy: Policy | None = None,
        model: FittedModel | None = None,
        **outcomes: str,
    ) -> Any:
        policy = policy or self.policy
        said = dict.fromkeys(policy.checks, "PASS") | outcomes
        findings = tuple(
            Finding(
                name,
                Subject.LEAK,
                Outcome(outcome),
                "because",
                values={"p": 0.01},
                is_proof=name == "group_overlap",
            )
            for name, outcome in said.items()
        )
        digests = dict.fromkeys(("data", "recipe", "training", "forward", "plan"), "d" * 64)
        digests["model"] = model_digests(model or make_model(slope))["model"]
        digests["policy"] = policy.digest
        verdict = Verdict.of(findings, policy)
        return GauntletReport("printers", "2024-12-31", 7, verdict, findings, digests)

    def audit(self, version: str, report: Any) -> str:
        with self.tracker.start_run("audit", "gauntlet") as run:
            record_evidence(self.models, run, NAME, version, report)
        return run.id

    def passing(self, slope: float = 1.0, cv_auc: float = 0.7) -> str:
        version = self.train(slope, cv_auc)
        self.audit(version, self.report(slope))
        return version


def make_heuristic() -> FittedModel:
    estimator = FittedHeuristic((SPEC.name,), (0.0,), (1.0,), (1.0,), -1.0)
    return FittedModel((SPEC,), (), estimator, Identity())


def make_policy(limit: float = 0.01) -> Policy:
    checks: dict[str, Check] = {
        "group_overlap": PlainCheck("group_overlap", True),
        "permutation": PlainCheck("permutation", False, limit),
    }
    return Policy(checks, ["group_overlap", "permutation"])


def better(*_: Any, lo: float = 0.001) -> Comparison:
    return Comparison("auc", 0.76, 0.75, lo, 0.02, 80, "2024-12-31")


@pytest.fixture()
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.delenv(KEY_ENV, raising=False)
    tracker = FakeTracker(tmp_path / "runs")
    models = FakeRegistry(tracker, tmp_path / "models")
    return House(tracker, models, make_policy(), PromotionDesk(tracker, models))


@pytest.fixture()
def proofs() -> Policy:
    return Policy({"group_overlap": PlainCheck("group_overlap", True)}, ["group_overlap"])


@pytest.fixture()
def heuristic() -> FittedModel:
    return make_heuristic()


@pytest.fixture()
def relaxed_policy() -> Policy:
    return make_policy(limit=0.5)


@pytest.fixture()
def compare() -> Callable[..., Comparison]:
    return better
