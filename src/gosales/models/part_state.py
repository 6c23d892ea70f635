"""A fitted part as a class path and plain values, and back without running foreign code."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Any

from gosales.core.errors import IntegrityError, InternalError

_HOUSE = "gosales"
_GROUP = "gosales.plugins"


def part_state(part: Any) -> dict[str, Any]:
    """The class path and state of a fitted transform, estimator or calibrator.

    Raises
    ------
    InternalError
        If its class cannot be found again by its path.
    """
    kind = type(part)
    if "." in kind.__qualname__ or kind.__module__ == "__main__":
        raise InternalError(
            "a fitted part cannot be stored",
            got=f"{kind.__module__}.{kind.__qualname__}",
            allowed="a class at the top of an importable module",
            remedy="move the class to a module of its own",
            reason_code="unstorable_part",
        )
    return {"class": f"{kind.__module__}.{kind.__qualname__}", "state": part.to_json()}


def restored_part(stored: dict[str, Any], plugins: Sequence[str] = ()) -> Any:
    """Rebuild a fitted part.

    Parameters
    ----------
    stored : dict
        From `part_state`.
    plugins : sequence of str, optional
        Top-level packages trusted besides ``gosales``; installed packages that declare an entry
        point in the group ``gosales.plugins`` are trusted too.

    Raises
    ------
    IntegrityError
        If the class is not one of a trusted package with ``from_json``. Nothing is imported
        from a package that is not trusted.
    """
    path = str(stored.get("class", ""))
    module, _, name = path.rpartition(".")
    installed = (entry.value for entry in entry_points(group=_GROUP))
    trusted = {_HOUSE, *plugins, *(value.split(":")[0].split(".")[0] for value in installed)}
    if module.split(".")[0] not in trusted:
        raise _refused(path, f"a class of {', '.join(sorted(trusted))}")
    try:
        kind = getattr(importlib.import_module(module), name, None)
    except ImportError as error:
        raise _refused(path, f"an importable class ({error})") from error
    # The class must live where its path says: a name merely imported there is no part.
    if (
        not isinstance(kind, type)
        or kind.__module__ != module
        or not callable(restore := getattr(kind, "from_json", None))
    ):
        raise _refused(path, "a class defined there, with from_json")
    return restore(stored["state"])


def _refused(path: str, allowed: str) -> IntegrityError:
    return IntegrityError(
        "a bundle names a class that may not be loaded",
        got=repr(path),
        allowed=allowed,
        remedy="install the package that defines it, or take another version of the model",
        reason_code="untrusted_class",
    )
