"""The toy with every way into it that a check knows."""

from __future__ import annotations

from tests.support.ablatable_toy import AblatableToy
from tests.support.toy_candidate import PermutableToy


class EveryToy(AblatableToy, PermutableToy):
    """It can be fitted on other columns, and on permuted labels."""
