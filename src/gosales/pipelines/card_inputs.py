"""What a model card says, gathered from a training run and, where there is one, its audit."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from omegaconf import DictConfig

from gosales import __version__
from gosales.core.slug import slug
from gosales.features.catalog import catalog
from gosales.features.spec import FeatureSpec
from gosales.gauntlet.report import GauntletReport
from gosales.models.fitted_model import FittedModel
from gosales.models.is_model_backed import is_model_backed
from gosales.pipelines.fallback import STANDS_IN_FOR
from gosales.pipelines.training import Prepared, Trained
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.card_subject import CardSubject
from gosales.reporting.panel_summary import panel_summary
from gosales.reporting.split_metrics import split_metrics


def card_subject(
    prepared: Prepared, cfg: DictConfig, digests: dict[str, str], command: str
) -> CardSubject:
    """Identity of a candidate in words."""
    builder, target = prepared.candidate.builder, prepared.candidate.target
    label, star = builder.label, prepared.star.manifest
    measure = target.measured_by(star.label_measure)
    grown = f" (declared {label.declared_months})" if label.widened_from else ""
    buffer = f" after a buffer of {label.buffer_days} days" if label.buffer_days else ""
    prospects = ", and prospects" if builder.population.include_prospects else ""
    return CardSubject(
        name=target.name,
        target=target.key,
        cutoff=str(prepared.cutoff),
        outcome=f"net {measure} of the target's products above {target.threshold:g} within "
        f"{label.horizon_months} months{grown}{buffer}, mode {label.mode}",
        population=f"accounts that bought within {builder.population.warm_months} months or own "
        f"assets{prospects}",
        owner_rule=f"bought the target within {builder.incumbency.owner_months} months",
        naive_rule=f"purchase lines of the target in {builder.incumbency.naive_months} months",
        safe_mode=builder.safe.mode,
        estimator=str(cfg.estimator.name),
        seed=int(cfg.seed),
        data_source=star.source,
        code_version=__version__,
        command=command,
        digests=digests,
        stands_in_for=str(cfg.get(STANDS_IN_FOR, "")),
    )


def card_facts(
    trained: Trained,
    subject: CardSubject,
    labels: pd.DataFrame,
    report: GauntletReport | None = None,
    looks: str = "",
) -> CardFacts:
    """Everything the card says."""
    prepared = trained.prepared
    frames = {"cv": trained.cv_table.frame}
    if trained.forward_table is not None:
        frames["forward"] = trained.forward_table.frame
    return CardFacts(
        subject=subject,
        panel=panel_summary(prepared.training, prepared.forward),
        plan=trained.plan,
        metrics=split_metrics(frames),
        calibration=trained.nested.choice,
        catalog=catalog(prepared.training, prepared.candidate.builder.decisions),
        importance=importance_shares(trained.nested.model),
        gap=trained.gap,
        report=report,
        waivers=waivers(prepared),
        labels=labels,
        notes=choice_notes(prepared),
        level=trained.cv_table.bootstrap.level,
        looks=looks,
        consistency_p=trained.consistency_p,
        model_backed=is_model_backed(trained.nested.model),
    )


def importance_shares(model: FittedModel) -> dict[str, float]:
    """Importance per matrix column as shares that sum to 1 (all zero when nothing matters)."""
    importance = model.estimator.importance()
    total = sum(importance.values())
    return {k: v / total for k, v in importance.items()} if total > 0 else dict(importance)


def choice_notes(prepared: Prepared, safe_note: str = "") -> tuple[str, ...]:
    """What must be known of the label window and the SAFE mode; nothing when as declared.

    Parameters
    ----------
    prepared : Prepared
        The candidate.
    safe_note : str
        How the SAFE mode was chosen, as the training run recorded it: whoever rebuilds a
        candidate finds it chosen.
    """
    safe = prepared.safe.sentence if prepared.safe is not None else safe_note
    return as_notes(prepared.window.sentence, safe)


def as_notes(*said: str) -> tuple[str, ...]:
    """Clauses as sentences of the card; empty ones are left out.

    Examples
    --------
    >>> as_notes("the window is widened", "")
    ('The window is widened.',)
    """
    return tuple(f"{text[:1].upper()}{text[1:]}." for text in said if text)


def waivers(prepared: Prepared) -> tuple[str, ...]:
    """What the card says of each snapshot attribute that the source admits by waiver."""
    # A family of the user's own may read an attribute under another name: a waiver always shows.
    used, bare = "used by waiver", "admitted by waiver, no column has its name"
    return tuple(
        f"{name}: a snapshot attribute {used if _tells_of(name, prepared.training.specs) else bare}"
        "; its value is of the day of extraction and may know the future"
        for name in _waived(prepared)
    )


def waiver_tags(prepared: Prepared) -> dict[str, str]:
    """The tag that names them on run and version; none when there are none."""
    names = _waived(prepared)
    return {"waivers": ", ".join(names)} if names else {}


def _tells_of(attribute: str, specs: Sequence[FeatureSpec]) -> bool:
    """Whether a column is the attribute, or a rate among accounts that share its value."""
    key = slug(attribute)
    return any(
        (s.measure == key and s.lookback is None)
        or (s.measure.endswith(f"_{key}") and s.of_attribute)
        for s in specs
    )


def _waived(prepared: Prepared) -> list[str]:
    return [name for name, a in sorted(prepared.star.manifest.attributes.items()) if a.waived]
