import json
from dataclasses import replace

import pytest
from tests.support.card_case import card_facts

from gosales.core.digests import canonical_json
from gosales.reporting.info_sheet import info_sheet, info_sheet_markdown


@pytest.fixture(scope="module")
def facts():
    return card_facts()


def test_it_is_plain_and_finite_json(facts):
    sheet = info_sheet(facts)
    assert json.loads(canonical_json(sheet)) == sheet


def test_every_metric_names_split_population_ranker_and_bounds(facts):
    found = info_sheet(facts)["metrics"]
    keys = {"split", "population", "ranker", "metric", "value", "lo", "hi", "note"}
    assert all(set(m) == keys for m in found)
    wanted = {"split": "forward", "population": "all", "ranker": "model", "metric": "auc"}
    (auc,) = [m for m in found if wanted.items() <= m.items()]
    assert auc["value"] == facts.cell("forward", "all", "model", "auc").value
    assert {m["metric"] for m in found if m["ranker"] == "naive"} == {
        "auc", "lift_at_10pct", "capture_at_10pct",
    }  # fmt: skip


def test_counts_and_status(facts):
    sheet = info_sheet(facts)
    assert sheet["training_rows"] == 2400
    assert sheet["columns"] == 3
    assert (sheet["gauntlet_status"], sheet["permutation_p"]) == ("PASS", 0.01)
    bare = info_sheet(replace(facts, report=None))
    assert (bare["gauntlet_status"], bare["permutation_p"]) == ("not audited", None)


def test_the_markdown_shows_the_models_metrics_only(facts):
    text = info_sheet_markdown(info_sheet(facts))
    assert "| AUC | forward months after 2024-12-31 | whitespace customers | " in text
    assert text.count("| AUC |") == 6
    assert "not measured" in info_sheet_markdown(info_sheet(replace(facts, report=None)))


def test_few_buyers_are_told():
    sheet = info_sheet(card_facts(n=120))
    ws = next(m for m in sheet["metrics"] if m["population"] == "whitespace")
    assert ws["lo"] is None
    assert ws["note"].startswith("insufficient")
    assert "(no interval: insufficient" in info_sheet_markdown(sheet)
