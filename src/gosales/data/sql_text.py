"""Names and values as SQL text: they are data and never SQL."""

from __future__ import annotations


def identifier(name: str) -> str:
    """A column or view name, quoted.

    Examples
    --------
    >>> print(identifier('a "b" c'))
    "a ""b"" c"
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text value, quoted.

    Examples
    --------
    >>> print(literal("it's"))
    'it''s'
    """
    return "'" + text.replace("'", "''") + "'"
