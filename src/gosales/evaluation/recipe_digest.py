"""What a recipe is made of, as one digest that neither data nor cutoff can change."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from gosales.core.digests import digest_json
from gosales.core.errors import ConfigError


def recipe_digest(parts: Mapping[str, object]) -> str:
    """SHA-256 of the parts' classes and constructor parameters (hex).

    Parameters
    ----------
    parts : mapping of str to object
        Plain values, or objects that keep every constructor parameter under its own name; their
        parameters may be such objects again.

    Raises
    ------
    ConfigError
        If an object hides a parameter: what cannot be read cannot be part of the evidence.

    Examples
    --------
    >>> from gosales.evaluation.training_cutoffs import TrainingCutoffs
    >>> a = recipe_digest({"training": TrainingCutoffs(4)})
    >>> a == recipe_digest({"training": TrainingCutoffs(4)})
    True
    >>> a == recipe_digest({"training": TrainingCutoffs(3)})
    False
    """
    return digest_json(_described(parts))


def _described(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        # Order is content: candidates of a rule break ties by it.
        return [[str(k), _described(v)] for k, v in value.items()]
    if isinstance(value, (set, frozenset)):
        return sorted((_described(v) for v in value), key=str)
    if isinstance(value, Sequence):
        return [_described(v) for v in value]
    kind = type(value)
    parameters = {name: _kept(value, name) for name in inspect.signature(kind).parameters}
    return {
        "class": f"{kind.__module__}.{kind.__qualname__}",
        "parameters": {name: _described(v) for name, v in parameters.items()},
    }


def _kept(value: object, name: str) -> Any:
    for attribute in (name, f"_{name}"):
        if hasattr(value, attribute):
            return getattr(value, attribute)
    raise ConfigError(
        "a part of the recipe hides a parameter",
        got=f"{type(value).__name__} without attribute {name}",
        allowed="every constructor parameter kept under its own name",
        remedy=f"assign self.{name} in the constructor",
        reason_code="hidden_parameter",
    )
