"""Every figure of a training run measured anew, from the files it logged and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from omegaconf import DictConfig

from gosales.core.columns import CUTOFF
from gosales.core.errors import DataError
from gosales.core.seeds import derive_seed
from gosales.core.timeline import Cutoff
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.consistency import Consistency
from gosales.evaluation.curves import Curves
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.evaluation.forward import evaluate
from gosales.evaluation.interval import Interval
from gosales.evaluation.metric import Metric
from gosales.evaluation.metric_table import MetricTable
from gosales.evaluation.optimism_gap import optimism_gap
from gosales.evaluation.safe_choice import SafeChoice
from gosales.evaluation.window_choice import TriedWidth, WindowChoice
from gosales.features.panel import Panel
from gosales.labels.label_audit import LabelAudit
from gosales.models.calibration_choice import CalibrationChoice
from gosales.models.fitted_model import FittedModel
from gosales.models.is_model_backed import is_model_backed
from gosales.pipelines.assembly import make, make_all
from gosales.pipelines.card_inputs import as_notes, importance_shares
from gosales.pipelines.label_evidence import LABEL_FILES, LABEL_ROWS, LabelEvidence
from gosales.pipelines.safe_record import SAFE_CHOICE
from gosales.pipelines.training_evidence import (
    CALIBRATION_ROWS,
    CARD_WORDS,
    CV_ROWS,
    FORWARD_ROWS,
    LOOKS,
    PROBABILITY,
    RAW,
    SAFE_ROWS,
    WIDTHS,
)
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.card_subject import CardSubject
from gosales.reporting.info_sheet import info_sheet
from gosales.reporting.model_card import model_card
from gosales.reporting.panel_summary import panel_summary
from gosales.reporting.split_metrics import split_metrics
from gosales.tracking.forward_looks import ForwardLooks


@dataclass(frozen=True)
class Recomputation:
    """A training run's figures, from its files.

    Parameters
    ----------
    folder : pathlib.Path
        The run's artifacts.
    cfg : DictConfig
        The configuration it logged.
    read_model : callable
        Gives the model it logged.
    window : str
        How its label window came about, as of `WindowChoice`.

    Notes
    -----
    No star is read and no model is fitted. The calibration rule is applied again to the rows it
    chose on, because its losses are cross-fitted.
    """

    folder: Path
    cfg: DictConfig
    read_model: Callable[[], FittedModel]
    window: str

    @cached_property
    def words(self) -> dict[str, Any]:
        """What the card says and nothing measures."""
        found: dict[str, Any] = self._json(CARD_WORDS)
        return found

    @cached_property
    def subject(self) -> CardSubject:
        """Whose card it is."""
        return CardSubject(**self.words["subject"])

    @cached_property
    def labels(self) -> LabelEvidence:
        """Roster, rows and outcomes, with the audit they give."""
        schema = pq.read_schema(self.path(LABEL_ROWS))
        for name in LABEL_FILES:
            self.path(name)
        meant = {k.decode(): v.decode() for k, v in (schema.field("y").metadata or {}).items()}
        spec = make(self.cfg.label).widened_to(int(meant["label.horizon_months"]))
        audit = LabelAudit(spec, make(self.cfg.label_guard))
        target = make(self.cfg.division)
        measure = meant["label.measure"]
        return LabelEvidence.read(self.folder, audit, target, measure, self.subject.cutoff)

    @cached_property
    def panel(self) -> pd.DataFrame:
        """Rows, accounts and positives of each cutoff."""
        rows = Panel.without_features(self.labels.rows)
        forward = [Cutoff.parse(self.subject.cutoff)]
        training = rows.at([c for c in rows.cutoffs if c not in forward]).labelled()
        return panel_summary(training, rows.at(forward))

    @cached_property
    def has_forward(self) -> bool:
        """Whether the label window after the requested cutoff is complete."""
        rows = self.labels.rows
        return bool(rows.loc[rows[CUTOFF] == self.subject.cutoff, "y"].notna().any())

    @cached_property
    def cv_table(self) -> MetricTable:
        """Metrics of the out-of-fold rows."""
        return evaluate(*self._cv, self._metrics, self._bootstrap, "cv")

    @cached_property
    def forward_table(self) -> MetricTable | None:
        """Metrics of the forward rows; None when they have no labels."""
        if not self.has_forward:
            return None
        return evaluate(*self._forward, self._metrics, self._bootstrap, "forward")

    @cached_property
    def gap(self) -> Interval | None:
        """AUC of cross-validation minus forward."""
        ahead = self.forward_table
        return None if ahead is None else optimism_gap(self.cv_table, ahead)

    @cached_property
    def consistency_p(self) -> float | None:
        """Of the forward rows."""
        if not self.has_forward:
            return None
        panel, probability = self._forward
        consistency: Consistency = make(self.cfg.validation.consistency)
        return consistency.p_value(probability, panel.y)

    @cached_property
    def curves(self) -> Curves:
        """Of the split the card's figures show."""
        split = "forward" if self.has_forward else "cv"
        rows = self._forward if self.has_forward else self._cv
        return Curves.of(*rows, self._bootstrap, f"{split}_curves")

    @cached_property
    def calibration(self) -> CalibrationChoice:
        """What the rule chooses on the rows it chose on."""
        rows = pd.read_parquet(self.path(CALIBRATION_ROWS))
        choice: CalibrationChoice = make(self.cfg.calibration).choose(
            rows[RAW].to_numpy(),
            rows["y"].to_numpy(),
            rows["group"].to_numpy(dtype=object),
            derive_seed(derive_seed(int(self.cfg.seed), "fit"), "calibration"),
            cutoffs=rows[CUTOFF].to_numpy(dtype=object),
        )
        return choice

    @cached_property
    def looks(self) -> str:
        """How often the forward outcome has been looked at, the run itself included."""
        return ForwardLooks.of(self._json(LOOKS)).sentence(self.subject.cutoff)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What the card says of label window and SAFE mode."""
        return as_notes(self._window_sentence(), self._safe.sentence if self._safe else "")

    @cached_property
    def facts(self) -> CardFacts:
        """Everything the card says, measured anew."""
        frames = {"cv": self.cv_table.frame}
        if self.forward_table is not None:
            frames["forward"] = self.forward_table.frame
        return CardFacts(
            subject=self.subject,
            panel=self.panel,
            plan=self._plan(),
            metrics=split_metrics(frames),
            calibration=self.calibration,
            catalog=pd.read_csv(self.path("feature_catalog.csv")),
            importance=importance_shares(self.model),
            gap=self.gap,
            waivers=tuple(self.words["waivers"]),
            labels=self.labels.table,
            notes=self.notes,
            level=self._bootstrap.level,
            looks=self.looks,
            consistency_p=self.consistency_p,
            model_backed=is_model_backed(self.model),
        )

    @cached_property
    def model(self) -> FittedModel:
        """The model that ships."""
        return self.read_model()

    @cached_property
    def card(self) -> str:
        """The model card anew."""
        return model_card(self.facts)

    @cached_property
    def sheet(self) -> dict[str, Any]:
        """The model info sheet anew."""
        return info_sheet(self.facts)

    @cached_property
    def gap_record(self) -> dict[str, Any] | None:
        """The optimism gap as its file holds it; None without forward labels."""
        return None if self.gap is None else {"cv_minus_forward_auc": asdict(self.gap)}

    @cached_property
    def safe_record(self) -> dict[str, Any] | None:
        """The choice of a SAFE mode as its file holds it; None where the configuration says it."""
        return None if self._safe is None else self._safe.grounds

    def path(self, name: str) -> Path:
        """One file of the run.

        Raises
        ------
        DataError
            If the run lacks it.
        """
        path = self.folder / name
        if not path.is_file():
            raise DataError(
                "the run lacks a file its figures are measured from",
                got=f"no {name}",
                allowed="every file a training run logs",
                remedy="train again with force=true",
                reason_code="no_artifact",
            )
        return path

    @cached_property
    def _bootstrap(self) -> CustomerBootstrap:
        bootstrap: CustomerBootstrap = make(self.cfg.validation.bootstrap)
        return bootstrap

    @cached_property
    def _metrics(self) -> list[Metric]:
        return list(make_all(self.cfg.validation.metrics).values())

    @cached_property
    def _cv(self) -> tuple[Panel, np.ndarray]:
        return self._predicted(CV_ROWS)

    @cached_property
    def _forward(self) -> tuple[Panel, np.ndarray]:
        return self._predicted(FORWARD_ROWS)

    def _predicted(self, name: str) -> tuple[Panel, np.ndarray]:
        rows = pd.read_parquet(self.path(name))
        return Panel.without_features(rows), rows[PROBABILITY].to_numpy(dtype="float64")

    def _plan(self) -> FoldPlan:
        manifest = self._json("cv_manifest.json")
        rows = pd.read_parquet(self.path("fold_assignments.parquet"))
        folds = tuple(
            Fold(str(name), *(part.loc[part["side"] == s, "row"].to_numpy() for s in _SIDES))
            for name, part in rows.groupby("fold", sort=False)
        )
        return FoldPlan(folds, manifest["scheme"], tuple(self.words["warnings"]), manifest)

    def _window_sentence(self) -> str:
        cutoff, months = Cutoff.parse(self.subject.cutoff), self.words["widths_tried"]
        if not months:
            return ""
        found = pd.read_parquet(self.path(WIDTHS))
        accounts = {m: tuple(sorted(set(found.loc[found["months"] == m, "group"]))) for m in months}
        tried = tuple(TriedWidth(m, cutoff, (), accounts[m]) for m in months)
        return WindowChoice(self.labels.audit.spec, cutoff, self.window, tried).sentence

    @cached_property
    def _safe(self) -> SafeChoice | None:
        if not (self.folder / SAFE_CHOICE).is_file():
            return None
        # The configuration holds the chosen policy; the mode left out differs in its name alone.
        policy = make(self.cfg.safe_mode)
        least = float(self._json(SAFE_CHOICE)["min_gain_auc"])
        rows = pd.read_parquet(self.path(SAFE_ROWS))
        return SafeChoice.of(rows, lambda mode: replace(policy, mode=mode), least, self._bootstrap)

    def _json(self, name: str) -> Any:
        return json.loads(self.path(name).read_text(encoding="utf-8"))


_SIDES = ("train", "valid")
