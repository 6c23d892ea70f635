"""Markdown tables and texts whose content cannot break out of its cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPACE = re.compile(r"\s+")
# An underscore inside a word is no mark; at a word's edge it starts or ends emphasis.
_MARKS = re.compile(r"([\\`*\[<>|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")


def plain_text(value: object) -> str:
    r"""Text from data, as one line without live Markdown or HTML.

    Names of divisions, columns and customers are data: they may hold any character.

    Examples
    --------
    >>> plain_text("a|b <script>")
    'a\\|b \\<script\\>'
    """
    return _MARKS.sub(r"\\\1", _SPACE.sub(" ", str(value)).strip())


def code_text(value: object) -> str:
    """Text from data in code style; a backtick inside becomes an apostrophe.

    Examples
    --------
    >>> code_text("rfm__gp_sum")
    '`rfm__gp_sum`'
    """
    text = _SPACE.sub(" ", str(value)).strip().replace("`", "'").replace("|", "¦")
    return f"`{text}`" if text else ""


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are taken as Markdown that is already safe.

    Parameters
    ----------
    columns : sequence of str
        Head; a name that ends in ``>`` is aligned to the right.
    rows : iterable of sequence of str
        Body.

    Returns
    -------
    str
        Lines; with no rows the word ``none``.

    Examples
    --------
    >>> print(markdown_table(["a", "n>"], [["x", "1"]]))
    | a | n |
    |---|---:|
    | x | 1 |
    """
    body = [f"| {' | '.join(row)} |" for row in rows]
    if not body:
        return "none"
    head = f"| {' | '.join(c.removesuffix('>') for c in columns)} |"
    rule = f"|{'|'.join('---:' if c.endswith('>') else '---' for c in columns)}|"
    return "\n".join([head, rule, *body])
