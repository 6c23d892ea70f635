"""The audit of labels on facts that fit one screen; random logs are in tests/oracle."""

import pandas as pd
from tests.support.label_case import CUTOFF, FACTS, builder, facts_star

from gosales.core.timeline import Cutoff
from gosales.labels.guards import LabelGuard
from gosales.labels.label_audit import LabelAudit
from gosales.labels.label_spec import LabelSpec
from gosales.labels.target import Target


def audited(star, *cutoffs: str, target: Target | None = None, **label) -> pd.DataFrame:
    spec = LabelSpec(**label)
    days = [Cutoff.parse(c) for c in cutoffs or (CUTOFF,)]
    target = target or Target("Solidworks")
    labelled = builder(label=spec).labelled(star, [target], days)
    return labelled.audited(target, LabelAudit(spec, LabelGuard()))


def test_the_worked_example(tmp_path) -> None:
    more = "c3 Solidworks DraftSight 2024-09-01 1 7\n"
    line = audited(facts_star(tmp_path / "s", FACTS + more)).iloc[0].to_dict()
    assert {k: line[k] for k in ("window_start", "window_end", "measure", "mode")} == {
        "window_start": "2024-07-01", "window_end": "2024-12-31", "measure": "gp", "mode": "all"
    }  # fmt: skip
    assert {
        k: line[k]
        for k in (
            "roster_rows", "warm", "cold", "rows", "positives", "positive_accounts",
            "return_only_accounts", "buyers_off_roster", "expansion", "renewal_like", "label_gp",
        )
    } == {
        "roster_rows": 2, "warm": 2, "cold": 0, "rows": 2, "positives": 1, "positive_accounts": 1,
        "return_only_accounts": 1, "buyers_off_roster": 1, "expansion": 1, "renewal_like": 1,
        "label_gp": 15.0,
    }  # fmt: skip
    assert (line["base_rate"], line["guard"], line["censored"]) == (0.5, "ok", False)


def test_what_the_denylist_removed_is_told_in_the_measure(tmp_path) -> None:
    line = audited(facts_star(tmp_path / "s"), denylist=["SWX_Core"]).iloc[0]
    assert (line["denied_value"], line["positives"], line["label_gp"]) == (15.0, 0, 0.0)
    assert line["guard"] == "base rate 0.00% of 2 rows is outside [0.2%, 50%]"


def test_a_window_moved_and_censored(tmp_path) -> None:
    table = audited(facts_star(tmp_path / "s"), "2024-05-31", CUTOFF, buffer_days=10)
    assert table["window_start"].tolist() == ["2024-06-11", "2024-07-11"]
    assert table["window_end"].tolist() == ["2024-12-10", "2025-01-10"]
    assert table["censored"].tolist() == [False, True]
    assert table["positives"].isna().tolist() == [False, True]
    assert table["guard"].tolist()[1] == "2 of 2 rows are censored"


def test_a_purchase_without_its_measure_is_told(tmp_path) -> None:
    dark = FACTS.replace("2024-08-01   1        20", "2024-08-01   1        -")
    line = audited(facts_star(tmp_path / "s", dark)).iloc[0]
    assert (line["positives"], line["unmeasured_accounts"]) == (0, 1)


def test_a_mode_keeps_the_roster_in_sight(tmp_path) -> None:
    line = audited(facts_star(tmp_path / "s"), mode="expansion").iloc[0]
    assert (line["roster_rows"], line["rows"], line["expansion"]) == (2, 1, 1)
    assert line["buyers_off_roster"] == 1  # c1 owns it, so it is no row of this mode
