"""What ties a version to its audit: digests of all that was audited, optionally signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from gosales.core.digests import digest_file, digest_json
from gosales.core.errors import IntegrityError

KEY_ENV: Final = "GOSALES_EVIDENCE_KEY"
EVIDENCE_FILE: Final = "evidence.json"
REPORT_FILE: Final = "gauntlet_report.json"
DIGESTS: Final = ("bundle", "code", "data", "model", "package", "policy", "recipe", "report")
# Written by the registry itself when a model is downloaded; no part of what was logged.
_NOT_LOGGED: Final = frozenset({"registered_model_meta"})


@dataclass(frozen=True)
class Evidence:
    """The digests of one audited version.

    Parameters
    ----------
    name : str
        Registered model.
    version : str
        Version audited.
    run_id : str
        Its training run.
    digests : dict of str to str
        ``model`` (state of the fitted model), ``bundle`` (its files), ``package`` (all files of
        the logged model), ``code`` (sources shipped with it), ``data``, ``recipe``, ``policy``
        and ``report``.

    Examples
    --------
    >>> one = Evidence("gosales.printers", "1", "r", {"model": "a"})
    >>> one.digest == Evidence("gosales.printers", "2", "r", {"model": "a"}).digest
    False
    """

    name: str
    version: str
    run_id: str
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of the whole evidence (hex)."""
        return digest_json(asdict(self))

    def to_json(self) -> str:
        """Evidence, digest, and a signature where ``GOSALES_EVIDENCE_KEY`` is set."""
        body = {"evidence": asdict(self), "digest": self.digest, "signature": sign(self.digest)}
        return json.dumps(body, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Evidence:
        """Read evidence back and check digest and signature.

        Raises
        ------
        IntegrityError
            If it cannot be read, was edited, or is not signed with the key that is set.
        """
        try:
            raw = json.loads(text)
            found = cls(**raw["evidence"])
            recorded, signature = str(raw["digest"]), raw.get("signature")
            digest = found.digest
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _refused("the evidence cannot be read", repr(error), "evidence_unreadable") from (
                error
            )
        if digest != recorded:
            raise _refused("the evidence was edited", recorded[:16], "evidence_edited")
        check_signature(recorded, signature)
        return found


def sign(digest: str) -> str | None:
    """HMAC-SHA256 of a digest under ``GOSALES_EVIDENCE_KEY``; None without a key."""
    key = os.environ.get(KEY_ENV)
    if not key:
        return None
    return hmac.new(key.encode(), digest.encode(), hashlib.sha256).hexdigest()


def check_signature(digest: str, signature: Any) -> None:
    """Refuse what is not signed with the key that is set; without a key nothing is asked.

    Raises
    ------
    IntegrityError
        If a key is set and the signature is missing or another's.
    """
    expected = sign(digest)
    if expected is None:
        return
    if not isinstance(signature, str) or not hmac.compare_digest(expected, signature):
        got = "no signature" if not signature else "a signature made with another key"
        raise _refused("the evidence is not signed", got, "evidence_unsigned")


def digest_directory(folder: Path) -> str:
    """SHA-256 over names and contents of all files of a directory (hex)."""
    files = (f for f in sorted(folder.rglob("*")) if f.is_file() and f.name not in _NOT_LOGGED)
    return digest_json({f.relative_to(folder).as_posix(): digest_file(f) for f in files})


def missing_digests(digests: Mapping[str, Any]) -> list[str]:
    """Which digests the evidence should have and has not."""
    return [name for name in DIGESTS if not digests.get(name)]


def _refused(what: str, got: str, code: str) -> IntegrityError:
    return IntegrityError(
        what,
        got=got,
        allowed=f"{EVIDENCE_FILE} as `gosales gauntlet` wrote it"
        + (f", signed with {KEY_ENV}" if os.environ.get(KEY_ENV) else ""),
        remedy="run `gosales gauntlet` again for this version",
        reason_code=code,
    )
