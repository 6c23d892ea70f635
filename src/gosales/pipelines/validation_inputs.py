"""A frozen version with the rows it is judged on and those it learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from omegaconf import DictConfig, OmegaConf

from gosales.core.columns import CUSTOMER, PROBABILITY
from gosales.core.errors import TrackingError
from gosales.core.progress import Progress
from gosales.data.as_of import AsOfView
from gosales.features.panel import Panel
from gosales.labels.known_skus import known_skus
from gosales.labels.membership import membership
from gosales.pipelines.assembly import Assembly, make
from gosales.pipelines.purchase_value import purchase_value
from gosales.pipelines.validation_cutoffs import ValidationCutoffs
from gosales.pipelines.version_parts import require_columns
from gosales.pipelines.workspace import Workspace
from gosales.registry.promotion import PromotionDesk
from gosales.registry.verified_model import VerifiedModel
from gosales.whitespace.expected_value import HALF_YEARS

_HELD_OUT = "cv_predictions.parquet"


@dataclass(frozen=True)
class ValidationInputs:
    """What a validation is computed from.

    Parameters
    ----------
    model : VerifiedModel
        The frozen version.
    cutoffs : ValidationCutoffs
        When.
    training : Panel
        Rows it learned from, rebuilt on this log.
    same_training : bool
        Whether they are, to the last bit, the rows it learned from.
    months : Panel
        Rows of every month with complete labels.
    judged : Panel
        Rows of the day asked for; unlabelled when it is censored.
    held_out : numpy.ndarray
        Probabilities that the version's cross-validation reported; empty when there are none.
    value : numpy.ndarray, shape (len(judged),)
        Expected gross profit given a purchase; NaN where unknown.
    levels : pandas.DataFrame, shape (len(judged), ...)
        Static attributes of each row.
    """

    model: VerifiedModel
    cutoffs: ValidationCutoffs
    training: Panel
    same_training: bool
    months: Panel
    judged: Panel
    held_out: np.ndarray
    value: np.ndarray
    levels: pd.DataFrame


def validation_inputs(
    cfg: DictConfig,
    desk: PromotionDesk,
    parts: Assembly,
    model: VerifiedModel,
    cutoffs: ValidationCutoffs,
    progress: Progress,
) -> ValidationInputs:
    """Build every panel in one pass and read what the training run reported.

    Parameters
    ----------
    cfg : DictConfig
        Gives the expected value and the attributes to break down by.
    desk : PromotionDesk
        Gives the training run's files.
    parts : Assembly
        The version's own parts on this log.
    model : VerifiedModel
        The version.
    cutoffs : ValidationCutoffs
        When.
    progress : Progress
        Listener.

    Raises
    ------
    DataError
        If the log lacks a column the version was trained on.
    """
    target = parts.target
    days = sorted({*cutoffs.training, *cutoffs.months, cutoffs.judged})
    panel = parts.builder.build(parts.star, [target], days, progress)[target.key]
    require_columns(panel, model)
    training, judged = panel.at(cutoffs.training).labelled(), panel.at([cutoffs.judged])
    member = membership([target], known_skus(parts.star, parts.engine))
    view = AsOfView(parts.star, [cutoffs.judged], parts.engine, [*HALF_YEARS], member)
    # Gross profit, as what it is held against; a log without any has no expectation either.
    node = OmegaConf.merge(cfg.whitespace.expected_value, {"money": "gp"})
    return ValidationInputs(
        model=model,
        cutoffs=cutoffs,
        training=training,
        same_training=training.digest == model.meta["digests"].get("training"),
        months=panel.at(cutoffs.months).labelled(),
        judged=judged,
        held_out=_held_out(desk, model, parts.space),
        value=purchase_value(view, judged, make(node)),
        levels=_levels(view, judged, list(cfg.forward.segments.attributes)),
    )


def _held_out(desk: PromotionDesk, model: VerifiedModel, space: Workspace) -> np.ndarray:
    with space.scratch("held_out") as scratch:
        try:
            path = desk.models.download(model.run_id, _HELD_OUT, scratch)
        except TrackingError:
            # A version from before these were kept: its scores have no reference.
            return np.empty(0)
        found: np.ndarray = pd.read_parquet(path)[PROBABILITY].to_numpy(dtype="float64")
        return found


def _levels(view: AsOfView, panel: Panel, wanted: list[str]) -> pd.DataFrame:
    customers = view.customers()
    known = [name for name in wanted if name in customers.columns]
    found = view.engine.run(customers.select(CUSTOMER, *known))
    return panel.rows[[CUSTOMER]].merge(found, on=CUSTOMER, how="left", validate="one_to_one")
