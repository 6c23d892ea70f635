"""The audit of labels as people read it: on a terminal, in a note, on the card."""

from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import pytest
from tests.support.card_case import card_facts

from gosales.reporting.label_summary import LABEL_COLUMNS, label_remarks, label_summary
from gosales.reporting.sections.label_section import label_section

CSV = """
role,cutoff,window_end,measure,threshold,horizon_months,declared_months,warm,cold,prospect,rows,\
positives,positive_accounts,base_rate,base_rate_lo,base_rate_hi,new_logo_positives,\
expansion_positives,renewal_like_positives,return_only_accounts,unmeasured_accounts,\
buyers_off_roster,denied_value,censored,guard
training,2023-12-31,2024-09-30,gp,0.0,9,6,1000,200,0,1200,60,58,0.05,0.04,0.063,0,20,40,3,0,7,\
125.5,False,ok
forward,2024-12-31,2025-09-30,gp,0.0,9,6,1100,210,0,1310,,,,,,,,,,,,,True,1310 of 1310 rows are \
censored
"""


@pytest.fixture
def table() -> pd.DataFrame:
    """As read back from a run's label_audit.csv."""
    return pd.read_csv(io.StringIO(CSV.strip()))


def test_a_row_says_roster_positives_rate_and_guard(table: pd.DataFrame) -> None:
    lines = [dict(zip(LABEL_COLUMNS, line, strict=True)) for line in label_summary(table)]
    assert lines[0] == {
        "role": "training", "cutoff": "2023-12-31", "until": "2024-09-30",
        "w/c/p": "1,000/200/0", "rows": "1,200", "positive": "60 (58)",
        "rate [95 %]": "5.0 [4.0, 6.3] %", "n/e/r": "0/20/40", "returns": "3", "guard": "ok",
    }  # fmt: skip
    assert (lines[1]["positive"], lines[1]["rate [95 %]"]) == ("censored", "–")
    assert lines[1]["guard"] == "1310 of 1310 rows are censored"


def test_what_the_short_form_leaves_out_is_remarked(table: pd.DataFrame) -> None:
    assert label_remarks(table) == (
        "Buyers in these windows who are no row here: 7.",
        "Value of denylisted SKUs removed: 125.50.",
    )
    quiet = table.assign(buyers_off_roster=0, unmeasured_accounts=4, denied_value=0.0)
    assert label_remarks(quiet) == ("Accounts labelled 0 whose purchases carry no measure: 8.",)


def test_the_card_shows_it_with_the_window_in_force(table: pd.DataFrame) -> None:
    facts = card_facts(300)
    said = label_section(replace(facts, labels=table))
    assert "| role | cutoff | until |" in said
    assert "Net gp above 0 within 9 months (declared: 6)." in said
    assert "Buyers in these windows who are no row here: 7." in said
    assert label_section(facts) == "## Labels\n\nNot audited."
