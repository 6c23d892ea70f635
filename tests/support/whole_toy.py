"""A toy candidate that every check can ask everything of."""

from __future__ import annotations

from tests.support.ablatable_toy import AblatableToy
from tests.support.toy_candidate import PermutableToy


class WholeToy(AblatableToy, PermutableToy):
    """Fitted on other columns than its own, and on permuted labels."""
