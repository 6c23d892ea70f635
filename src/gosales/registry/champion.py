"""The only loader that scoring uses: no champion without evidence."""

from __future__ import annotations

from gosales.core.errors import GateClosedError, IntegrityError
from gosales.registry.champion_record import read_record
from gosales.registry.examination import examine
from gosales.registry.verified_model import BundleReader, VerifiedModel, read_verified_bundle
from gosales.tracking.model_name import CHAMPION, registered_name
from gosales.tracking.model_registry import ModelRegistry


def load_champion(
    models: ModelRegistry, target_key: str, read: BundleReader = read_verified_bundle
) -> VerifiedModel:
    """Load the champion of a target after verifying its evidence anew.

    Parameters
    ----------
    models : ModelRegistry
        Where it is.
    target_key : str
        Key of the target.
    read : callable, optional
        Bundle reader.

    Returns
    -------
    VerifiedModel

    Raises
    ------
    GateClosedError
        If there is no champion (``no_champion``).
    IntegrityError
        If the alias is not where the last decision put it, or any digest does not fit.
    """
    name = registered_name(target_key)
    if models.alias(name, CHAMPION) is None:
        raise GateClosedError(
            f"{name} has no champion",
            allowed="a version that `gosales promote` accepted",
            remedy=f"gosales promote division={target_key}",
            reason_code="no_champion",
        )
    return verified_champion(models, name, read)


def verified_champion(models: ModelRegistry, name: str, read: BundleReader) -> VerifiedModel:
    """The champion that the alias names, if the record names it too and evidence verifies.

    Raises
    ------
    IntegrityError
        Otherwise.
    """
    alias, record = models.alias(name, CHAMPION), read_record(models, name)
    if record is None or alias != record.version:
        raise IntegrityError(
            f"the champion of {name} was moved behind its record",
            got=f"alias champion at version {alias}",
            allowed="no decision on record" if record is None else f"version {record.version}",
            remedy="`gosales rollback` restores the recorded champion",
            reason_code="alias_bypassed",
        )
    model = examine(models, name, record.version, record.policy_digest, read=read).verified()
    if model.evidence_digest != record.evidence_digest:
        raise IntegrityError(
            f"the evidence of {name} version {record.version} is not what was decided on",
            got=model.evidence_digest[:16],
            allowed=record.evidence_digest[:16],
            remedy=f"decide again: gosales promote version={record.version} after a rollback",
            reason_code="evidence_replaced",
        )
    return model
