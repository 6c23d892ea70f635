"""Text that was UTF-8 and was once read as cp1252, put right."""

from __future__ import annotations

import re
from typing import Final

# Text is read wrongly once, sometimes twice; more has not been seen.
_ROUNDS: Final = 3


def _character(byte: int) -> str:
    # Five bytes have no character in cp1252; programs then keep the control character.
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_BYTE: Final = {chr(b): b for b in range(0x80, 0xA0)} | {
    _character(b): b for b in range(0x80, 0x100)
}


def _one_of(first: int, last: int) -> str:
    return "[" + "".join(c for c, byte in _BYTE.items() if first <= byte <= last) + "]"


_NEXT: Final = _one_of(0x80, 0xBF)
MOJIBAKE: Final = (
    f"{_one_of(0xC2, 0xDF)}{_NEXT}|{_one_of(0xE0, 0xEF)}{_NEXT}{_NEXT}"
    f"|{_one_of(0xF0, 0xF4)}{_NEXT}{_NEXT}{_NEXT}"
)
_MOJIBAKE = re.compile(MOJIBAKE)


def _decoded(found: re.Match[str]) -> str:
    try:
        return bytes(_BYTE[c] for c in found[0]).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]


def mended(text: str) -> str:
    """The text with every mojibake character put right, the rest as it is.

    Parameters
    ----------
    text : str
        Text in which UTF-8 may stand as if it were cp1252 or Latin-1.

    Notes
    -----
    A character is put right when its letters, taken as cp1252 bytes, are one character in UTF-8:
    ``\u00c3`` followed by a copyright sign is ``\u00e9``. Text can be wrong twice over, so this
    is repeated until nothing changes, at most three times.

    Examples
    --------
    >>> wrong = "Café Müller, 5 €".encode().decode("cp1252")
    >>> mended(wrong), mended(wrong.encode().decode("cp1252"))
    ('Café Müller, 5 €', 'Café Müller, 5 €')
    >>> mended("Café Müller")
    'Café Müller'
    """
    for _ in range(_ROUNDS):
        better = _MOJIBAKE.sub(_decoded, text)
        if better == text:
            break
        text = better
    return text
