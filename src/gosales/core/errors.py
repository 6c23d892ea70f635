"""What can go wrong, said so that the reader can mend it.

Every error says what was got, what is allowed and what to do, and carries a stable
``reason_code`` for machines and an ``exit_code`` for the shell.
"""

from __future__ import annotations

from typing import Self


class GoSalesError(Exception):
    """Base of all errors the package raises on purpose.

    Parameters
    ----------
    what : str
        What is wrong, in one clause.
    got : str, optional
        The offending value.
    allowed : str, optional
        What would have been accepted.
    remedy : str, optional
        What to do.
    reason_code : str, optional
        Stable snake_case code; defaults to the class's own.

    Examples
    --------
    >>> print(GoSalesError("empty window", got="0 days", allowed=">= 1", remedy="widen it"))
    empty window; got 0 days; allowed: >= 1; to mend it: widen it
    """

    exit_code = 3
    default_reason = "internal"

    def __init__(
        self,
        what: str,
        *,
        got: str | None = None,
        allowed: str | None = None,
        remedy: str | None = None,
        reason_code: str | None = None,
    ) -> None:
        self.what = what
        self.got = got
        self.allowed = allowed
        self.remedy = remedy
        self.reason_code = reason_code or self.default_reason
        super().__init__(self._text())

    def _text(self) -> str:
        parts = [self.what]
        if self.got is not None:
            parts.append(f"got {self.got}")
        if self.allowed is not None:
            parts.append(f"allowed: {self.allowed}")
        if self.remedy is not None:
            parts.append(f"to mend it: {self.remedy}")
        return "; ".join(parts)

    def with_remedy(self, remedy: str) -> Self:
        """The same error with another remedy: whoever knows more of what was asked says more."""
        self.remedy = remedy
        self.args = (self._text(),)
        return self

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders (joblib workers); the default reduction loses keywords.
        state = dict(self.__dict__)
        return (_rebuild, (type(self), self.what, state))


def _rebuild(kind: type[GoSalesError], what: str, state: dict[str, object]) -> GoSalesError:
    error = kind.__new__(kind)
    Exception.__init__(error, what)
    error.__dict__.update(state)
    error.args = (error._text(),)
    return error


class InputError(GoSalesError):
    """The data, the command or the configuration is wrong; the user can mend it."""

    exit_code = 2
    default_reason = "bad_input"


class ConfigError(InputError):
    """A configuration value or key is wrong."""

    default_reason = "bad_config"


class DataError(InputError):
    """A source cannot be read or a table breaks its contract."""

    default_reason = "bad_data"


class TrackingError(InputError):
    """The tracking store or the registry cannot be used as configured."""

    default_reason = "tracking"


class DegenerateError(InputError):
    """The data of one division cannot carry a model; a named outcome, never a crash."""

    default_reason = "degenerate"


class GateClosedError(GoSalesError):
    """Evidence is missing, failing or not verifiable: nothing moves."""

    exit_code = 1
    default_reason = "gate_closed"


class IntegrityError(GateClosedError):
    """An artifact, a digest or an alias is not what was recorded."""

    default_reason = "integrity"


class InternalError(GoSalesError):
    """An invariant of the package itself is broken (by us or by a plug-in)."""

    default_reason = "internal"
