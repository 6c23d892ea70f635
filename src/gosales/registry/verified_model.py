"""A model whose evidence was checked on the very files it was read from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gosales.models.fitted_model import FittedModel

BundleReader = Callable[[Path], tuple[FittedModel, dict[str, Any]]]


@dataclass(frozen=True)
class VerifiedModel:
    """What scoring may use.

    Parameters
    ----------
    model : FittedModel
        Raw feature columns in, calibrated probabilities out.
    meta : dict
        The bundle's meta: target, membership, cutoff, horizon, measure, digests.
    name : str
        Registered model.
    version : str
        Version.
    run_id : str
        Training run.
    evidence_digest : str
        Digest of the evidence that opened the gate.
    """

    model: FittedModel
    meta: dict[str, Any]
    name: str
    version: str
    run_id: str
    evidence_digest: str


def read_verified_bundle(folder: Path) -> tuple[FittedModel, dict[str, Any]]:
    """Read a bundle, its own checksums included; the default `BundleReader`."""
    from gosales.models.bundle import read_bundle

    model, meta = read_bundle(folder)
    return model, dict(meta)
