"""From a composed configuration to the objects it names: the only place that instantiates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from gosales.core.digests import digest_json
from gosales.core.errors import ConfigError, GoSalesError
from gosales.core.progress import Progress, SilentProgress
from gosales.core.timeline import Cutoff
from gosales.data.engine import Engine
from gosales.data.star import Star
from gosales.evaluation.fold import Splitter
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.evaluation.training_cutoffs import TrainingCutoffs
from gosales.features.families.profile import Profile
from gosales.features.panel_builder import PanelBuilder
from gosales.features.safe import SafePolicy
from gosales.features.store import FeatureStore
from gosales.labels.label_spec import LabelSpec
from gosales.labels.target import Target
from gosales.models.recipe import Recipe
from gosales.pipelines.cutoff_choice import choose_cutoff
from gosales.pipelines.workspace import Workspace

# Keys that say where and how fast a run works, not what it computes.
_NOT_CONTENT = frozenset(
    {"command", "again", "out", "paths", "n_jobs", "force", "tracking", "engine", "divisions",
     "strict", "score_cutoff", "version", "run_id", "catalog", "labels", "reconcile", "limit",
     "host", "port",
     "promotion", "whitespace", "gauntlet", "selftest", "run", "tolerance", "fallback", "fresh"}
)  # fmt: skip


def make(node: Any) -> Any:
    """Instantiate one node of the configuration.

    Raises
    ------
    ConfigError
        If the class cannot be imported or refuses its arguments.
    """
    from hydra.errors import InstantiationException

    try:
        return instantiate(node, _convert_="all")
    except InstantiationException as error:
        cause = error.__cause__
        if isinstance(cause, GoSalesError):
            raise cause from error
        raise ConfigError(
            "a part of the configuration cannot be built",
            got=f"{node.get('_target_') if isinstance(node, DictConfig) else node}: "
            f"{cause or error}",
            allowed="the parameters its class takes, each of its type",
            remedy="correct its values; --cfg job shows them as composed",
            reason_code="bad_part",
        ) from error


def make_all(node: Any) -> dict[str, Any]:
    """Instantiate a mapping of nodes, keeping its order; null entries are switched off."""
    return {str(k): make(node[k]) for k in (node or {}) if node[k] is not None}


def config_digest(cfg: DictConfig) -> str:
    """Digest of everything in the configuration that decides what a training run computes."""
    plain = OmegaConf.to_container(cfg, resolve=True)
    if not isinstance(plain, dict):
        raise ConfigError("the configuration is not a mapping", got=type(plain).__name__)
    return digest_json({k: v for k, v in plain.items() if k not in _NOT_CONTENT})


@dataclass(frozen=True)
class Assembly:
    """The parts of one project at one star.

    Parameters
    ----------
    cfg : DictConfig
        The composed configuration.
    star : Star
        The data.
    engine : Engine
        Where expressions run.
    builder : PanelBuilder
        Builds panels of any target.
    space : Workspace
        Caches and scratch space.
    """

    cfg: DictConfig
    star: Star
    engine: Engine
    builder: PanelBuilder
    space: Workspace

    @classmethod
    def of(cls, cfg: DictConfig, star: Star, space: Workspace) -> Assembly:
        """Instantiate the parts that do not depend on the target."""
        engine = make(cfg.engine)
        families = list(make_all(cfg.features.families).values())
        # Which attributes exist is the source's to declare, so the profile learns it here.
        families = [
            f.for_attributes(star.manifest.attributes) if isinstance(f, Profile) else f
            for f in families
        ]
        builder = PanelBuilder(
            families=families,
            safe=make(cfg.safe_mode),
            population=make(cfg.population),
            label=make(cfg.label),
            incumbency=make(cfg.incumbency),
            engine=engine,
            store=FeatureStore(space.features),
        )
        return cls(cfg, star, engine, builder, space)

    @property
    def target(self) -> Target:
        """The target named by ``division``."""
        target: Target = make(self.cfg.division)
        return target

    def cutoff(self, words: str | None = None) -> Cutoff:
        """The cutoff the words mean on this log; by default those of ``cutoff.date``."""
        chosen = str(self.cfg.cutoff.date) if words is None else words
        return choose_cutoff(chosen, self.star, self.builder.label.horizon)

    def with_label(self, label: LabelSpec) -> Assembly:
        """The same parts with another label, for example over a wider window."""
        return replace(self, builder=replace(self.builder, label=label))

    def with_safe(self, policy: SafePolicy) -> Assembly:
        """The same parts under another SAFE policy."""
        return replace(self, builder=replace(self.builder, safe=policy))

    @property
    def training(self) -> TrainingCutoffs:
        """Which cutoffs are trained on; more of them where the label window is widened."""
        training: TrainingCutoffs = make(self.cfg.cv.training)
        label = self.builder.label
        return training.widened(label.horizon_months - label.declared_months)

    @property
    def splitter(self) -> Splitter:
        """What makes the folds; one that knows a horizon purges by the window in force."""
        node, label = self.cfg.cv.splitter, self.builder.label
        # The configuration of a finished run holds the declared window as a plain number.
        if label.widened_from is not None and "horizon_months" in node:
            node = OmegaConf.merge(node, {"horizon_months": label.horizon_months})
        splitter: Splitter = make(node)
        return splitter

    def candidate(
        self, target: Target, cutoff: Cutoff, progress: Progress | None = None
    ) -> StandardCandidate:
        """The candidate of one target at one cutoff."""
        cfg = self.cfg
        return StandardCandidate(
            target=target,
            cutoff=cutoff,
            builder=self.builder,
            splitter=self.splitter,
            recipe=Recipe(
                transforms=list(make_all(cfg.features.transforms).values()),
                estimator=make(cfg.estimator),
            ),
            rule=make(cfg.calibration),
            training=self.training,
            horizon=self.builder.label.horizon,
            seed=int(cfg.seed),
            log_start=Cutoff(self.star.manifest.first_date),
            progress=progress or SilentProgress(),
        )

    def for_target(self, name: str, node: DictConfig) -> Assembly:
        """The same parts with another division."""
        cfg = OmegaConf.merge(self.cfg, {"division": node})
        if not isinstance(cfg, DictConfig):
            raise ConfigError("the configuration is not a mapping", got=name)
        return replace(self, cfg=cfg)
