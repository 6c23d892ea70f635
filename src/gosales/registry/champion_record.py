"""Who is champion by decision: kept on the registered model, beside the alias anyone can move."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final

from gosales.core.digests import digest_json
from gosales.core.errors import IntegrityError
from gosales.registry.evidence import check_signature, sign
from gosales.tracking.model_registry import ModelRegistry

RECORD_TAG: Final = "champion.record"


@dataclass(frozen=True)
class ChampionRecord:
    """The last decision that moved the champion.

    Parameters
    ----------
    version : str
        The champion.
    policy_digest : str
        Policy its audit was made under, approved at that time.
    evidence_digest : str
        Evidence that opened the gate.
    run_id : str
        The decision's run.
    previous : str or None
        The champion before it.
    previous_policy_digest : str or None
        Policy that one was approved under.
    """

    version: str
    policy_digest: str
    evidence_digest: str
    run_id: str
    previous: str | None = None
    previous_policy_digest: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the record (hex)."""
        return digest_json(asdict(self))

    def to_json(self) -> str:
        """The record with its digest, and a signature where a key is set."""
        body = {"record": asdict(self), "digest": self.digest, "signature": sign(self.digest)}
        return json.dumps(body, sort_keys=True)


def read_record(models: ModelRegistry, name: str) -> ChampionRecord | None:
    """The record of a registered model; None when no decision ever moved its champion.

    Raises
    ------
    IntegrityError
        If the record cannot be read, was edited, or is not signed with the key that is set.
    """
    text = models.model_tags(name).get(RECORD_TAG)
    if text is None:
        return None
    try:
        raw = json.loads(text)
        record = ChampionRecord(**raw["record"])
        digest, recorded, signature = record.digest, raw["digest"], raw.get("signature")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _tampered(name, repr(error)) from error
    if digest != recorded:
        raise _tampered(name, "its digest does not fit")
    check_signature(digest, signature)
    return record


def write_record(models: ModelRegistry, name: str, record: ChampionRecord | None) -> None:
    """Write the record in one tag, hence whole or not at all; None removes it."""
    models.set_model_tag(name, RECORD_TAG, None if record is None else record.to_json())


def _tampered(name: str, got: str) -> IntegrityError:
    return IntegrityError(
        f"the champion's record of {name} cannot be trusted",
        got=got,
        allowed=f"the tag {RECORD_TAG} as the last decision wrote it",
        remedy=f"see `gosales verify`; remove the tag {RECORD_TAG} and the alias champion to "
        "start afresh",
        reason_code="record_edited",
    )
