"""A decision is told in words that fit it."""

from __future__ import annotations

import pytest

from gosales.pipelines.decided import Decided
from gosales.registry.decision import PromotionDecision

NAME = "gosales.printers"


@pytest.mark.parametrize(
    ("decision", "title", "closed", "following"),
    [
        (
            PromotionDecision(NAME, "promote", "2", True, moved=True),
            "promote: gosales.printers version 2 is champion",
            "",
            "gosales score division=printers",
        ),
        (
            PromotionDecision(NAME, "promote", "2", True),
            "promote: gosales.printers version 2 stays champion",
            "",
            "gosales score division=printers",
        ),
        (
            PromotionDecision(NAME, "promote", "2", False, ("the verdict is FAIL",)),
            "promote: gosales.printers version 2 is refused",
            "gosales.printers version 2 is refused: the verdict is FAIL",
            "gosales gauntlet division=printers version=2",
        ),
        (
            PromotionDecision(NAME, "promote", None, False, ("version 1: not audited",)),
            "promote: no version of gosales.printers can be promoted",
            "no version of gosales.printers can be promoted: version 1: not audited",
            "gosales gauntlet division=printers",
        ),
        (
            PromotionDecision(NAME, "rollback", None, False, ("no earlier champion",)),
            "rollback: no version of gosales.printers can be put back",
            "no version of gosales.printers can be put back: no earlier champion",
            "gosales verify",
        ),
    ],
)
def test_a_decision_is_told(
    decision: PromotionDecision, title: str, closed: str, following: str
) -> None:
    said = Decided(decision, "printers").summary()
    assert (said.title, said.closed, said.next_command) == (title, closed, following)
