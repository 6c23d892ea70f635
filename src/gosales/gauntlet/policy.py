"""What must be asked of a candidate, and with which limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gosales.core.digests import digest_json
from gosales.core.errors import ConfigError
from gosales.gauntlet.check import Check
from gosales.gauntlet.check_description import check_description


class Policy:
    """The checks, their limits, and which of them a pass cannot do without.

    Parameters
    ----------
    checks : mapping of str to Check
        In the order they run; each key is the check's name.
    required : sequence of str
        Names that must be present and leave the gate open.
    not_applicable_allowed : sequence of str, default ()
        Required checks that may answer NOT_APPLICABLE; never a proof.

    Raises
    ------
    ConfigError
        Naming every fault at once: nothing required, a required name without a check, a key that
        is not the check's name, a proof that may be not applicable.

    Notes
    -----
    ``digest`` covers the class and every limit of every check, what is required and what may be
    not applicable. Relaxing anything changes it, and promotion compares it with the approved one.
    """

    def __init__(
        self,
        checks: Mapping[str, Check],
        required: Sequence[str],
        not_applicable_allowed: Sequence[str] = (),
    ) -> None:
        self.checks: dict[str, Check] = {str(k): v for k, v in checks.items()}
        self.required = tuple(str(name) for name in required)
        self.not_applicable_allowed = tuple(str(name) for name in not_applicable_allowed)
        faults = list(self._faults())
        if faults:
            raise ConfigError(
                "the gauntlet policy is malformed",
                got="; ".join(faults),
                allowed="required names with a check each, proofs always applicable",
                remedy="mend conf/gauntlet",
                reason_code="bad_policy",
            )
        self._described = {name: check_description(check) for name, check in self.checks.items()}

    def _faults(self) -> Iterator[str]:
        if not self.required:
            yield "no check is required"
        if len(set(self.required)) != len(self.required):
            yield "a check is required twice"
        yield from self._check_faults()
        for name in self.required:
            if name not in self.checks:
                yield f"{name} is required but has no check"
        for name in self.not_applicable_allowed:
            if name not in self.required:
                yield f"{name} may be not applicable but is not required"

    def _check_faults(self) -> Iterator[str]:
        for key, check in self.checks.items():
            if not isinstance(check, Check):
                yield f"{key} is not a check"
            elif check.name != key:
                yield f"{key} holds the check {check.name}"
            elif check.is_proof and key in self.not_applicable_allowed:
                yield f"{key} is a proof and can never be not applicable"

    @property
    def proofs(self) -> frozenset[str]:
        """Names of the checks that are proofs."""
        return frozenset(k for k, check in self.checks.items() if getattr(check, "is_proof", False))

    @property
    def digest(self) -> str:
        """SHA-256 of everything the policy asks (hex)."""
        return digest_json(
            {
                "checks": self._described,
                "required": sorted(self.required),
                "not_applicable_allowed": sorted(self.not_applicable_allowed),
            }
        )

    def covers(self, checks: Mapping[str, Check]) -> bool:
        """Whether these checks are the policy's own, with the same limits (a subset may be)."""
        return all(check_description(c) == self._described.get(k) for k, c in checks.items())
