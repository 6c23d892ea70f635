"""Finished findings, kept so that an audit that was stopped goes on where it stood."""

from __future__ import annotations

import errno
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from gosales.core.digests import canonical_json, digest_array, digest_json
from gosales.core.errors import DataError
from gosales.gauntlet.check import Check
from gosales.gauntlet.check_description import check_description
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome
from gosales.gauntlet.part_sources import part_sources

Sign = Callable[[str], str | None]


class FindingShelf:
    """The findings of one candidate's audit, by everything they depend on.

    Parameters
    ----------
    folder : pathlib.Path
        Where they lie; may be deleted, is filled again.
    code : str
        Digest of the package's code.
    sign : callable
        Signature of a digest, or None where nothing is signed.
    takes : bool, default True
        False: every check runs anew, and its finding is kept.

    Attributes
    ----------
    taken : list of str
        Names of the checks whose findings were taken from here.

    Notes
    -----
    A finding is taken only under the same check with the same limits, of the same model, data,
    recipe, panels, folds, reported predictions, seed and code, the code of parts from outside
    included. One that was edited, or is not signed as this project signs, is as good as absent:
    its check runs. An ERROR is never kept.
    """

    def __init__(self, folder: Path, code: str, sign: Sign, *, takes: bool = True) -> None:
        self._folder = folder
        self._code = code
        self._sign = sign
        self._takes = takes
        self._outside: dict[str, str] | None = None
        self.taken: list[str] = []

    def key(self, check: Check, context: GauntletContext, digests: Mapping[str, str]) -> str:
        """Digest of what a finding depends on.

        Parameters
        ----------
        check : Check
            With its limits.
        context : GauntletContext
            What is audited.
        digests : mapping of str to str
            Those of the report; the policy's does not matter to one check.
        """
        if self._outside is None:
            sources = part_sources(context.candidate)[0].items()
            self._outside = {n: t for n, t in sources if n.partition(".")[0] != "gosales"}
        return digest_json(
            [
                self._code,
                self._outside,
                check_description(check),
                {name: value for name, value in digests.items() if name != "policy"},
                str(context.cutoff),
                context.seed,
                None if context.oof is None else digest_array(context.oof),
            ]
        )

    def take(self, key: str) -> Finding | None:
        """The finding, if it is there and as it was written."""
        if not self._takes:
            return None
        try:
            raw = json.loads(self._path(key).read_text(encoding="utf-8"))
            finding = Finding.from_plain(raw["finding"])
            recorded, signature = raw["digest"], raw["signature"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        digest = digest_json([key, asdict(finding)])
        if recorded != digest or signature != self._sign(digest):
            return None
        self.taken.append(finding.name)
        return finding

    def keep(self, key: str, finding: Finding) -> None:
        """Keep a finding, whole or not at all.

        Raises
        ------
        DataError
            If the disk is full or the folder cannot be written.
        """
        if finding.outcome is Outcome.ERROR:
            return
        plain = asdict(finding)
        digest = digest_json([key, plain])
        body = {"finding": plain, "digest": digest, "signature": self._sign(digest)}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=self._folder, prefix=".tmp-", delete=False, encoding="utf-8"
            ) as stream:
                stream.write(canonical_json(body))
            Path(stream.name).replace(self._path(key))
        except OSError as error:
            full = error.errno == errno.ENOSPC
            raise DataError(
                "the disk is full" if full else "a finding cannot be kept",
                got=f"{self._folder}: {error.strerror or error}",
                allowed="a writable folder with room",
                remedy="free room, or set paths.work to another disk",
                reason_code="disk_full" if full else "cannot_write",
            ) from error

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"
