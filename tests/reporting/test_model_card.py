import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.support.card_case import card_facts, report

from gosales.evaluation.interval import Interval
from gosales.gauntlet.finding import Outcome
from gosales.models.calibration_choice import CalibrationChoice
from gosales.models.logistic_map import LogisticMap
from gosales.reporting.model_card import model_card


@pytest.fixture(scope="module")
def facts():
    return card_facts()


@pytest.fixture(scope="module")
def card(facts):
    return model_card(facts)


def section(card, head):
    return card.split(f"## {head}\n", 1)[1].split("\n## ", 1)[0]


def rows(text):
    """Body rows of all tables of a text, as lists of cells."""
    lines = [x for x in text.splitlines() if x.startswith("| ")]
    return [[c.strip() for c in re.split(r"(?<!\\)\|", x)[1:-1]] for x in lines]


def test_it_says_what_the_model_is(card):
    for words in (
        "# Printers, cutoff 2024-12-31",
        "net gross profit above 0",
        "digest `cdcdcdcdcdcdcdcd`",
        "bought within 18 months",
        "Naive rank",
        "owner: bought Printers within 24 months; whitespace: everyone else",
    ):
        assert words in card


def test_a_heuristic_is_no_model_and_the_card_says_so(card, facts):
    assert "| Kind | model-backed |" in section(card, "What it is")
    badge = section(model_card(replace(facts, model_backed=False)), "What it is")
    assert "| Kind | **heuristic**: equal weights" in badge
    why = replace(facts.subject, stands_in_for="no model can be trained: one_class_fold")
    badge = section(model_card(replace(facts, model_backed=False, subject=why)), "What it is")
    assert "decide the mean alone; no model can be trained: one_class_fold |" in badge


def test_the_panel_is_counted_per_cutoff(card, facts):
    found = {r[1]: r for r in rows(section(card, "What it is")) if r[0] in ("training", "forward")}
    assert list(found) == ["2023-12-31", "2024-03-31", "2024-12-31"]
    counted = facts.panel.set_index("cutoff").loc["2024-03-31"]
    assert found["2024-03-31"][2:6] == [
        f"{counted[c]:,}" for c in ("rows", "accounts", "positives", "positive_accounts")
    ]


def test_every_metric_stands_with_population_split_and_interval_or_a_reason(card):
    ranks = section(card, "How well it ranks")
    for split in ("### Forward months after 2024-12-31", "### Cross-validation, out of fold"):
        part = ranks.split(split, 1)[1].split("###", 1)[0]
        assert re.search(r"all customers: [\d,]+ with [\d,]+ positive \([\d,]+ accounts\)", part)
        body = [r for r in rows(part) if r[0] != "Metric"]
        assert {r[2] for r in body} == {"all customers", "existing owners", "whitespace customers"}
        for row in body:
            for cell in row[3:]:
                assert re.search(r"\[.+, .+\]", cell) or re.search(
                    r"\(\d\)$|not applicable", cell
                ), row


def test_the_numbers_are_those_of_the_table(card, facts):
    cell = facts.cell("forward", "whitespace", "model", "auc")
    shown = f"{cell.value:.3f} [{cell.lo:.3f}, {cell.hi:.3f}]"
    part = section(card, "How well it ranks").split("### Cross", 1)[0]
    row = next(r for r in rows(part) if r[0] == "AUC" and r[2].startswith("whitespace"))
    assert row[3] == shown
    assert f"whitespace customers the model's AUC is {shown}" in card


def test_naive_stands_beside_the_model_and_is_left_out_where_it_has_no_probability(card):
    part = rows(section(card, "How well it ranks"))
    assert all(r[4] == "not applicable" for r in part if r[0] in ("Brier score", "Calibration MAE"))
    assert all("[" in r[4] for r in part if r[0] == "Lift@10 %")


def test_few_buyers_give_no_interval_and_the_reason_once():
    card = model_card(card_facts(n=120))
    assert "no interval (1)" in card
    assert len(re.findall(r"^\(\d\) insufficient: ", card, flags=re.M)) <= 6
    assert "too few buyers to compare" in card
    assert "For whitespace customers: insufficient" in section(card, "Limits")


def test_an_error_outside_its_own_interval_is_explained(facts):
    table = facts.metrics.copy()
    at = (table["metric"] == "cal_mae") & (table["population"] == "all")
    table.loc[at, ["value", "lo", "hi"]] = [0.01, 0.02, 0.03]
    card = model_card(replace(facts, metrics=table))
    assert "0.0100 [0.0200, 0.0300] (1)" in card
    assert "(1) the value lies outside its interval" in card


def test_without_forward_labels_it_says_so_and_uses_cross_validation(facts):
    table = facts.metrics[facts.metrics["split"] == "cv"]
    card = model_card(replace(facts, metrics=table, gap=None))
    assert "**Forward months: unlabelled.**" in card
    assert "Not measured: there are no forward labels" in card
    assert "No forward outcome exists yet" in section(card, "Limits")
    assert "Split: cross-validation, out of fold." in card.split("## ", 1)[0]


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (Interval(0.03, 0.01, 0.05), "promised too much"),
        (Interval(-0.03, -0.05, -0.01), "went better than cross-validation"),
        (Interval(0.01, -0.02, 0.04), "cannot be told from zero"),
        (Interval(0.01, None, None, "insufficient: 3"), "nothing follows from it"),
    ],
)
def test_the_gap_is_signed_and_read(facts, gap, said):
    card = model_card(replace(facts, gap=gap))
    assert said in section(card, "How well it ranks")
    assert f"{gap.value:.3f}" in card


def test_warnings_of_the_plan_are_not_silent(facts):
    plan = replace(facts.plan, scheme="grouped", warnings=("9 months of history, 12 needed",))
    card = model_card(replace(facts, plan=plan))
    assert "**Warning:** 9 months of history, 12 needed" in card
    assert "not purged: it may look too good" in section(card, "Limits")


def test_the_calibration_choice_has_its_reason_and_losses(card):
    part = section(card, "Calibration")
    assert "Chosen: `beta`. 212 positive accounts" in part
    assert [r[0] for r in rows(part)][1:] == ["`beta`", "`platt`", "`none`"]
    assert "all customers, forward months after 2024-12-31" in part


@pytest.mark.parametrize(
    ("p", "reading"),
    [
        (0.003, "at or below 0.05: the outcomes do not fit the promised rates"),
        (0.05, "at or below 0.05: the outcomes do not fit the promised rates"),
        (0.41, "above 0.05: the outcomes fit the promised rates, or are too few to tell"),
    ],
)
def test_the_consistency_p_value_stands_with_its_reading(facts, p, reading):
    part = section(model_card(replace(facts, consistency_p=p)), "Calibration")
    (line,) = [x for x in part.splitlines() if x.startswith("Consistency")]
    assert f"a share of {p:.3f} looks" in line
    assert line.endswith(f"all customers, forward months after 2024-12-31), {reading}.")
    assert "Consistency" not in section(model_card(facts), "Calibration")


def test_no_calibration_is_a_limit(facts):
    none = CalibrationChoice("none", LogisticMap(1, 1, 0), {}, "none: one class only", 0)
    card = model_card(replace(facts, calibration=none))
    assert "Probabilities are not calibrated" in section(card, "Limits")


def test_the_gauntlet_shows_every_finding_and_the_blind_spot(card):
    part = section(card, "Gauntlet")
    assert [r[0] for r in rows(part)] == ["Check", "`future_invariance`", "`permutation`"]
    assert "What the permutation test cannot see" in part
    assert "Verdict: **PASS**" in part


def test_a_failed_audit_says_what_it_is_about(facts):
    card = model_card(replace(facts, report=report(Outcome.FAIL)))
    assert "Verdict: **FAIL** (leak)" in card
    assert "- future_invariance: FAIL: 3 cells differ" in card
    assert "**FAIL**" in section(card, "Gauntlet")
    assert "> **Gauntlet: FAIL.**" in card


def test_a_missing_audit_is_no_pass(facts):
    card = model_card(replace(facts, report=None))
    assert "> **Gauntlet: not audited.**" in card
    assert "cannot become champion" in card


def test_safe_decisions_and_waivers_are_told(facts):
    card = model_card(replace(facts, waivers=("annual_sales: snapshot attribute, waived",)))
    part = section(card, "SAFE policy and waivers")
    assert ["drop", "adjacent to the cutoff", "1", "`recency`"] in rows(part)
    assert "- annual_sales: snapshot attribute, waived" in part
    assert "3 of 4 declared columns" in part


def test_top_columns_have_a_meaning_even_when_a_transform_renamed_them(card):
    part = rows(section(card, "What it looks at"))
    assert part[1][:3] == ["`rfm__tx_count__all__12m`", "60.0 %", "orders"]
    assert part[3][:3] == ["`rfm__margin__all__12m_missing`", "10.0 %", "margin"]


def test_a_lagged_twin_is_not_taken_for_the_column_it_begins_with(facts):
    twin = facts.catalog.iloc[[0]].assign(
        name="rfm__tx_count__all__12m_lag60d", description="orders, two months ago"
    )
    both = replace(
        facts,
        catalog=pd.concat([facts.catalog, twin], ignore_index=True),
        importance={"rfm__tx_count__all__12m_lag60d": 1.0},
    )
    assert rows(section(model_card(both), "What it looks at"))[1][2] == "orders, two months ago"


def test_the_command_is_there_to_copy(card):
    assert "```sh\ngosales train division=printers cutoff=2024-12-31" in card


def test_names_are_data_and_cannot_break_the_page(facts):
    evil = "A | B <img src=x onerror=alert(1)> [x](javascript:1)\n# head `code`"
    card = model_card(replace(facts, subject=replace(facts.subject, name=evil)))
    assert "<img" not in card.replace("\\<img", "")
    assert "\n# head" not in card
    assert "[x](" not in card.replace("\\[x](", "")


def test_a_fence_in_the_command_does_not_end_it(facts):
    card = model_card(replace(facts, subject=replace(facts.subject, command="a ``` b")))
    assert "````sh\na ``` b\n````" in card


def test_the_same_facts_give_the_same_card(facts, card):
    assert model_card(facts) == card
    assert not re.search(r"\bnan\b|\bNone\b|np\.", card)


def test_numbers_that_are_not_finite_never_show_as_numbers(facts):
    table = facts.metrics.copy()
    at = (table["metric"] == "auc") & (table["population"] == "owners")
    table.loc[at, ["value", "lo", "hi"]] = np.nan
    table.loc[at, "note"] = "undefined: needs at least one positive and one negative"
    card = model_card(replace(facts, metrics=table))
    assert "n/a (1)" in card
    assert "(1) undefined: needs at least one positive" in card
