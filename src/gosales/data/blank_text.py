"""Text without the blanks around it, in SQL."""

from __future__ import annotations

from typing import Final

# Space, tab, line ends, no-break spaces and byte-order mark.
BLANKS: Final = " \t\r\n\u00a0\u202f\ufeff"


def trimmed(text: str) -> str:
    r"""SQL of a text value without blanks around it; null where nothing is left.

    Parameters
    ----------
    text : str
        SQL of a ``VARCHAR``; the name of a column, for it is repeated.

    Notes
    -----
    ``TRIM`` with a set of characters decodes and copies each value: at ten million lines the ids
    alone cost as much as writing half the table. A value that begins and ends with a visible ASCII
    character cannot have blanks around it and is passed on as it is.

    Examples
    --------
    >>> import duckdb
    >>> values = "(VALUES (' a\t'), ('\u00a0'), ('b c'), ('')) t(x)"
    >>> duckdb.sql(f"SELECT {trimmed('x')} FROM {values}").fetchall()
    [('a',), (None,), ('b c',), (None,)]
    """
    visible = f"{_is_visible(text)} AND {_is_visible(f'reverse({text})')}"
    return f"CASE WHEN {visible} THEN {text} ELSE {_stripped(text)} END"


def is_given(text: str) -> str:
    """SQL of whether anything is left of a text value without the blanks around it.

    Parameters
    ----------
    text : str
        SQL of a ``VARCHAR``.

    Examples
    --------
    >>> import duckdb
    >>> duckdb.sql(f"SELECT {is_given('x')} FROM (VALUES (' '), ('a'), (NULL)) t(x)").fetchall()
    [(False,), (True,), (False,)]
    """
    return f"CASE WHEN {_is_visible(text)} THEN TRUE ELSE {_stripped(text)} IS NOT NULL END"


def _is_visible(text: str) -> str:
    """Whether a text begins with a visible ASCII character."""
    # Of one column at a time: what two are compared in is no longer read per dictionary entry.
    return f"{text} >= '!' AND {text} < chr(128)"


def _stripped(text: str) -> str:
    blanks = " || ".join(f"chr({ord(character)})" for character in BLANKS)
    return f"NULLIF(TRIM({text}, {blanks}), '')"
