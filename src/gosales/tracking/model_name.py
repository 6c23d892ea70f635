"""Names in the model registry."""

from __future__ import annotations

from typing import Final

CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
PREVIOUS: Final = "previous_champion"


def registered_name(target_key: str) -> str:
    """The registered model of one target.

    Examples
    --------
    >>> registered_name("printers")
    'gosales.printers'
    """
    return f"gosales.{target_key}"
