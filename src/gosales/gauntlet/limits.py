"""What a check was told to hold the candidate against, read from its constructor."""

from __future__ import annotations

import inspect
import json
from typing import Any

from gosales.core.digests import canonical_json
from gosales.core.errors import ConfigError


def limits_of(check: object) -> dict[str, Any]:
    """The constructor parameters of a check with their values, as plain JSON values.

    Parameters
    ----------
    check : object
        A check that keeps every constructor parameter as an attribute of the same name.

    Returns
    -------
    dict
        Parameter name to value.

    Raises
    ------
    ConfigError
        If a parameter is not kept, or is not a plain finite value: a limit that cannot be read
        cannot be part of the policy's digest.

    Examples
    --------
    >>> class Ceiling:
    ...     def __init__(self, most: float = 0.5) -> None:
    ...         self.most = most
    >>> limits_of(Ceiling())
    {'most': 0.5}
    """
    names = inspect.signature(type(check)).parameters
    hidden = [name for name in names if not hasattr(check, name)]
    if hidden:
        raise ConfigError(
            "a check hides its limits",
            got=f"{type(check).__name__} without attributes {', '.join(hidden)}",
            allowed="every constructor parameter kept under its own name",
            remedy="assign self.<parameter> in the constructor",
            reason_code="hidden_limits",
        )
    try:
        text = canonical_json({name: getattr(check, name) for name in names})
    except (TypeError, ValueError) as error:
        raise ConfigError(
            "a check's limits are not plain finite values",
            got=f"{type(check).__name__}: {error}",
            allowed="finite numbers, texts, booleans and lists of them",
            remedy="mend the check's YAML",
            reason_code="bad_limits",
        ) from error
    plain: dict[str, Any] = json.loads(text)
    return plain
