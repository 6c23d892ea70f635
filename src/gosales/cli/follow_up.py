"""Commands named in messages, completed with what the user had to say to get this far."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gosales.pipelines.command_line import root, shell_line

_NAMED = re.compile(r"\bgosales (?P<verb>[a-z]+)(?P<words>(?: [a-z_.]+=[^\s;,`()]+)*)")
_PLACE = frozenset({"tracking", "paths", "--config-dir"})
_LOG = frozenset({"data", "sku_map", "engine"})
# What a command needs to find the same thing again. An audit and a decision read the version's
# own configuration, so they need no log; a training run needs all that shaped the features.
_NEEDS: dict[str, frozenset[str]] = {
    "ui": frozenset({"tracking"}),
    "runs": frozenset({"tracking"}),
    "verify": _PLACE,
    "recompute": _PLACE,
    "gauntlet": _PLACE | {"division"},
    "promote": _PLACE | {"division"},
    "rollback": _PLACE | {"division"},
    "validate": _PLACE | _LOG | {"division", "forward"},
    "score": _PLACE | _LOG | {"division"},
    "rank": _PLACE | _LOG | {"division", "whitespace"},
}
_NEVER = frozenset(
    {"out", "catalog", "force", "version", "limit", "reconcile", "run", "tolerance", "fresh"}
)
_SCORING = frozenset({"score", "rank"})
# Settings that no other command has.
_VALIDATES = frozenset({"forward"})


def follow_up(text: str, typed: Sequence[str], command: str) -> str:
    """Complete every ``gosales <command> ...`` in a text.

    Parameters
    ----------
    text : str
        A message; each command in it names its division by key, if at all.
    typed : sequence of str
        The words of the command that ran.
    command : str
        That command.

    Examples
    --------
    >>> typed = ["data=parquet", "division=any", "division.name=Garden & Outdoor", "seed=3"]
    >>> follow_up("gosales gauntlet division=garden_outdoor version=1", typed, "train")
    "gosales gauntlet division=any division.name='Garden & Outdoor' version=1"
    >>> follow_up("gosales rank division=garden_outdoor", typed, "score")
    "gosales rank division=any division.name='Garden & Outdoor' data=parquet"
    """
    return _NAMED.sub(lambda found: _completed(found, typed, command), text)


def _completed(found: re.Match[str], typed: Sequence[str], command: str) -> str:
    verb, said = found["verb"], found["words"].split()
    mine = [word for word in typed if _carried(word, verb, command)]
    division = [word for word in mine if root(word) == "division"]
    own = {word.partition("=")[0] for word in said}
    rest = [w for w in mine if root(w) != "division" and w.partition("=")[0] not in own]
    if division and "division" in own:
        at = next(i for i, word in enumerate(said) if word.startswith("division="))
        said[at : at + 1] = division
    return shell_line(["gosales", verb, *said, *rest])


def _carried(word: str, verb: str, command: str) -> bool:
    key = root(word)
    if key in _NEVER or (key in _VALIDATES and verb != "validate"):
        return False
    if key == "cutoff" and verb in _SCORING:
        return command in _SCORING
    if key == "cutoff" and command == "validate":
        return False  # the day a version is judged at is not the day to train or score at
    needs = _NEEDS.get(verb)
    return needs is None or key in needs
