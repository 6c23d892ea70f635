import pytest

from gosales.evaluation.interval import Interval
from gosales.reporting.summary_table import PortfolioLine, SummaryTable

FULL = PortfolioLine(
    "Printers", "PASS", "forward", 212,
    Interval(0.8123, 0.7712, 0.8441), Interval(0.713, 0.65, 0.77), Interval(0.69), Interval(3.21),
)  # fmt: skip
POOR = PortfolioLine(
    "Garden & Outdoor, Terraces and more", "INCONCLUSIVE", "cv", 12,
    Interval(0.8, note="insufficient"), Interval(None, note="one class"), Interval(None),
    Interval(None), "permutation: INCONCLUSIVE: 12 positive accounts, 40 needed",
)  # fmt: skip


def test_one_line_per_division_reads_across():
    assert SummaryTable.of([FULL]).rows == (
        ("Printers", "PASS", "212", "0.81 (0.77-0.84)", "0.69", "0.71 (0.65-0.77)", "3.2"),
    )


def test_what_is_missing_is_never_a_number():
    (row,) = SummaryTable.of([POOR]).rows
    assert row == ("Garden & Outdoo…*", "INCONCLUSIVE", "12", "0.80 (few)", "n/a", "n/a", "n/a")


def test_a_division_without_forward_outcome_is_starred_and_explained():
    assert "* cross-validation" in SummaryTable.of([POOR]).text()
    assert "*" not in SummaryTable.of([FULL]).text()


def test_closed_gates_are_told_below_the_table():
    notes = SummaryTable.of([FULL, POOR]).notes
    assert notes[-1] == (
        "Garden & Outdoor, Terraces and more: permutation: INCONCLUSIVE: 12 positive accounts, "
        "40 needed"
    )


@pytest.mark.parametrize("lines", [[], [FULL], [FULL, POOR]])
def test_the_table_fits_a_hundred_columns(lines):
    text = SummaryTable.of(lines).text().splitlines()
    assert max(map(len, text[: 5 + len(lines)])) <= 100


def test_a_name_with_line_breaks_stays_on_its_line():
    odd = PortfolioLine("A\nB\tC", "PASS", "forward", 1, *[Interval(0.5)] * 4)
    assert SummaryTable.of([odd]).rows[0][0] == "A B C"
