"""The promote command: evidence moves the champion, and nothing else does."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.data.star import Star
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.forward import evaluate
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.paired_difference import paired_difference
from gosales.pipelines.approved_policy import approved_policy
from gosales.pipelines.assembly import make
from gosales.pipelines.audit_inputs import rebuild
from gosales.pipelines.decided import Decided
from gosales.pipelines.registered_subject import RegisteredSubject
from gosales.pipelines.registry_desk import desk_of
from gosales.pipelines.training import Prepared
from gosales.pipelines.workspace import Workspace
from gosales.registry.comparison import Comparison
from gosales.registry.promotion import PromotionDesk, promote
from gosales.registry.promotion_rules import PromotionRules
from gosales.registry.verified_model import VerifiedModel


def run(cfg: DictConfig, progress: Progress) -> Decided:
    """Run the command."""
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    desk = desk_of(cfg)
    return promote_version(cfg, desk, make(cfg.division).key, str(cfg.version), space, progress)


def promote_version(
    cfg: DictConfig,
    desk: PromotionDesk,
    target: str,
    version: str,
    space: Workspace,
    progress: Progress,
    star: Star | None = None,
) -> Decided:
    """Decide on a version, or on the ``best`` of those that pass.

    Parameters
    ----------
    cfg : DictConfig
        Gives the rules and the surroundings.
    desk : PromotionDesk
        Tracker and registry.
    target : str
        Key of the target.
    version : str
        A number, or ``best``.
    space : Workspace
        Caches and scratch space.
    progress : Progress
        Listener.
    star : Star, optional
        The data, when it is at hand.
    """
    rules: PromotionRules = make(cfg.promotion)
    rows = ForwardRows(cfg, desk, space, progress, star)
    policy, heuristic = (approved_policy(cfg, model_backed=kind) for kind in (True, False))
    decision = promote(desk, target, version, policy, rules, rows.compare, heuristic)
    return Decided(decision, target)


@dataclass(frozen=True)
class ForwardRows:
    """Where challenger and champion meet.

    Parameters
    ----------
    cfg : DictConfig
        The surroundings.
    desk : PromotionDesk
        Tracker and registry.
    space : Workspace
        Caches and scratch space.
    progress : Progress
        Listener.
    star : Star or None
        The data, when it is at hand.
    """

    cfg: DictConfig
    desk: PromotionDesk
    space: Workspace
    progress: Progress
    star: Star | None

    def compare(self, challenger: VerifiedModel, champion: VerifiedModel) -> Comparison:
        """AUC of both on the challenger's forward rows, paired by account.

        Each predicts from its own columns, rebuilt at the challenger's cutoff; both are judged by
        the challenger's labels, which may lie in another window than the champion's.

        Raises
        ------
        DegenerateError
            If the forward rows have no labels.
        """
        ours, theirs = self._prepared(challenger), self._prepared(champion)
        rows = ours.forward.labelled()
        builder = replace(theirs.candidate.builder, label=ours.candidate.builder.label)
        champion_on = replace(theirs.candidate, builder=builder)
        same = champion_on.build(ours.star, [ours.cutoff]).labelled()
        sides = [(rows, challenger.model.predict(rows.X)), (same, champion.model.predict(same.X))]
        bootstrap: CustomerBootstrap = make(self.cfg.validation.bootstrap)
        found = paired_difference(sides[0], sides[1], [Auc()], bootstrap, "promotion")["auc"]
        auc = [evaluate(r, p, [Auc()], bootstrap, "promotion").get("auc").value for r, p in sides]
        ours_auc, theirs_auc, lo, hi = (
            math.nan if v is None else v for v in (*auc, found.lo, found.hi)
        )
        positive = len(set(rows.groups[rows.y == 1.0]))
        return Comparison("auc", ours_auc, theirs_auc, lo, hi, positive, str(ours.cutoff))

    def _prepared(self, model: VerifiedModel) -> Prepared:
        subject = RegisteredSubject(self.desk.models.version(model.name, model.version))
        inputs = rebuild(self.desk, subject, self.cfg, self.space, self.progress, self.star)
        return inputs.prepared
