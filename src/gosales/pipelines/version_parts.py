"""The parts of a project as one registered version was trained with them."""

from __future__ import annotations

from gosales.core.errors import DataError
from gosales.features.panel import Panel
from gosales.pipelines.assembly import Assembly
from gosales.registry.verified_model import VerifiedModel


def version_parts(parts: Assembly, model: VerifiedModel) -> Assembly:
    """The parts over the version's own label window, which newer data may not widen again."""
    label = parts.builder.label.widened_to(int(model.meta["horizon"]["months"]))
    return parts.with_label(label)


def require_columns(panel: Panel, model: VerifiedModel) -> None:
    """Refuse a panel without exactly the columns the version was trained on.

    Raises
    ------
    DataError
        Naming what is missing and what is extra.
    """
    want, have = [s.name for s in model.model.specs], list(panel.X.columns)
    if want != have:
        raise DataError(
            "the log does not give the columns the version was trained on",
            got=f"missing {sorted(set(want) - set(have))}, extra {sorted(set(have) - set(want))}",
            allowed="the same families and declared attributes as at training",
            remedy="use the training data's declarations, or train again",
            reason_code="other_columns",
        )
