"""Lines of a card with a figure are the same, differ, or are an audit's; none is lost."""

from __future__ import annotations

from gosales.pipelines.card_lines import card_figures, note_figures
from gosales.pipelines.figure import Judgement

CARD = (
    "# Printers\n\n> **Gauntlet: not audited.**\n\n## Rank\n\n| AUC | 0.81 |\n\n## Gauntlet\n\nno"
)


def verdicts(figures):
    return {f.logged or f.recomputed: f.judgement for f in figures}


def test_an_added_a_changed_and_a_lost_line_differ() -> None:
    changed = CARD.replace("0.81", "0.82") + "\n\nlift 9"
    assert verdicts(card_figures("card", changed, CARD)) == {
        "| AUC | 0.82 |": Judgement.DIFFERS,
        "lift 9": Judgement.DIFFERS,
    }
    (lost,) = card_figures("card", CARD.replace("| AUC | 0.81 |", ""), CARD)
    assert (lost.logged, lost.recomputed) == ("", "| AUC | 0.81 |")
    assert lost.closes
    assert [f.judgement for f in card_figures("card", CARD, CARD)] == [Judgement.SAME]


def test_what_an_audit_added_is_not_judged_and_what_it_may_not_change_differs() -> None:
    note = CARD.replace("not audited", "PASS").replace("\n\nno", "\n\np = 0.01")
    assert verdicts(note_figures("note", note, CARD, audited=True)) == {
        "| AUC | 0.81 |": Judgement.SAME,
        "p = 0.01": Judgement.NOT_JUDGED,
    }
    assert verdicts(note_figures("note", note, CARD, audited=False))["p = 0.01"] == "DIFFERS"
    false = note.replace("0.81", "0.91")
    assert verdicts(note_figures("note", false, CARD, audited=True))["| AUC | 0.91 |"] == "DIFFERS"


def test_a_note_that_was_cut_is_judged_as_far_as_it_goes() -> None:
    cut = CARD.partition("## Gauntlet")[0] + "… (cut here)"
    assert set(verdicts(note_figures("note", cut, CARD, audited=False)).values()) == {"same"}
