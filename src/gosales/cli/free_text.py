"""Names with spaces and signs, quoted so that Hydra's grammar takes them as they are."""

from __future__ import annotations

import re

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

# Values of these keys are always text, even when they look like numbers or dates.
_TEXT_KEYS = frozenset({"division.name", "division.division", "run"})
# So is a query: its commas are not a sweep's.
_QUERY = re.compile(r"(?is)^\+*data\.\w+=\s*(?:select|with)\s")


def _parses(argument: str) -> bool:
    try:
        OverridesParser.create().parse_override(argument)
    except HydraException:
        return False
    return True


def _quoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quote(argument: str) -> str:
    """Quote the value of an override that the grammar refuses, or that is always a name.

    A shell eats the quotes of ``division.name="Garden & Outdoor"``; this puts them back. A list
    in brackets is quoted item by item.

    Examples
    --------
    >>> quote("division.name=Garden & Outdoor")
    "division.name='Garden & Outdoor'"
    >>> quote("divisions=[Road Bikes,Gloves Caps & Socks]")
    "divisions=['Road Bikes','Gloves Caps & Socks']"
    >>> quote("data.transactions=SELECT a, b FROM t")
    "data.transactions='SELECT a, b FROM t'"
    >>> quote("seed=3")
    'seed=3'
    """
    key, sign, value = argument.partition("=")
    if not sign or not value or argument.startswith(("-", "~")):
        return argument
    if _QUERY.match(argument):
        return f"{key}={_quoted(value)}"
    is_name = key in _TEXT_KEYS and "," not in value
    if not is_name and _parses(argument):
        return argument
    if value.startswith("[") and value.endswith("]"):
        items = ",".join(_quoted(item) for item in value[1:-1].split(","))
        return f"{key}=[{items}]"
    if key in _TEXT_KEYS and "," in value:
        return f"{key}={','.join(_quoted(item) for item in value.split(','))}"
    return f"{key}={_quoted(value)}"
