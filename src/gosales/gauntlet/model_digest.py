"""The content of a fitted model, part by part."""

from __future__ import annotations

from gosales.core.digests import digest_json
from gosales.models.fitted_model import FittedModel


def model_digests(model: FittedModel) -> dict[str, str]:
    """Digest of each part of a model and of the whole.

    Parameters
    ----------
    model : FittedModel
        Its parts give their state as plain, finite JSON values.

    Returns
    -------
    dict of str to str
        Keys ``specs``, ``transforms``, ``estimator``, ``calibrator`` and ``model`` (all of them).

    Raises
    ------
    ValueError
        If a state holds a number that is not finite.
    """
    parts = {
        "specs": digest_json(list(model.specs)),
        "transforms": digest_json([[type(t).__name__, t.to_json()] for t in model.transforms]),
        "estimator": digest_json([type(model.estimator).__name__, model.estimator.to_json()]),
        "calibrator": digest_json([type(model.calibrator).__name__, model.calibrator.to_json()]),
    }
    return {**parts, "model": digest_json(parts)}
