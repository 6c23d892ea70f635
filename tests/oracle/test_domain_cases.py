"""The cases of DOMAIN §6 about labels, population and cutoffs, one test each, on its own facts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.support.label_case import CUTOFF, FACTS, facts, facts_star, labels, panel
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff, Horizon
from gosales.evaluation.training_cutoffs import TrainingCutoffs
from gosales.features.families.recency import Recency
from gosales.features.families.rfm import Rfm
from gosales.features.transforms.missingness import Missingness
from gosales.labels.label_spec import LabelSpec
from gosales.labels.population import Population
from gosales.pipelines.cutoff_choice import choose_cutoff
from gosales.pipelines.label_overlap import label_overlap

EVERYONE = Population(include_prospects=True)
FAMILIES = [Rfm(months=(3, 12)), Recency()]


def known(**days: str | None) -> pd.DataFrame:
    """A customer table that says since when each account is known; None: since its first line."""
    return pd.DataFrame({"customer_id": list(days), "first_known_date": list(days.values())})


@pytest.mark.parametrize(("day", "there"), [("2024-06-30", True), ("2024-07-01", False)])
def test_case_1_c1_is_1_c2_is_0_and_c3_a_prospect_only_if_known(tmp_path, day, there) -> None:
    star = facts_star(tmp_path / "s", customers=known(c1=None, c2=None, c3=day, c9=None))
    built = panel(star)
    assert labels(built) == {"c1": 1.0, "c2": 0.0}
    rows = built.rows.set_index("customer_id")
    assert rows["label_value"].to_dict() == {"c1": 20.0, "c2": -5.0}
    assert rows.loc["c1", "first_event_days"] == 32.0
    assert np.isnan(rows.loc["c2", "first_event_days"])
    everyone = panel(star, population=EVERYONE)
    assert labels(everyone) == {"c1": 1.0, "c2": 0.0, **({"c3": 0.0} if there else {})}
    segments = dict(zip(everyone.rows["customer_id"], everyone.rows["segment"], strict=True))
    assert segments.get("c3") == ("prospect" if there else None)
    assert labels(panel(star, target="Training", population=EVERYONE)).get("c3") == (
        1.0 if there else None
    )


def test_case_2_a_denylisted_sku_makes_c1_0(tmp_path) -> None:
    built = panel(facts_star(tmp_path / "s"), label=LabelSpec(denylist=["swx_CORE"]))
    assert labels(built) == {"c1": 0.0, "c2": 0.0}
    assert built.rows["label_gp"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("name", ["SOLIDWORKS", " solidworks ", "SolidWorks"])
def test_case_3_names_of_any_case_give_the_same_labels_and_features(tmp_path, name) -> None:
    lines = facts()
    mixed = lines.assign(
        division=[f" {d.upper()}" if i % 2 else d for i, d in enumerate(lines["division"])],
        sku=[s.lower() if i % 2 else f" {s}" for i, s in enumerate(lines["sku"])],
    )
    plain, odd = make_star(tmp_path / "a", lines), make_star(tmp_path / "b", mixed)
    expected, got = panel(plain, families=FAMILIES), panel(odd, target=name, families=FAMILIES)
    assert labels(got) == {"c1": 1.0, "c2": 0.0}
    pd.testing.assert_frame_equal(got.rows, expected.rows)
    pd.testing.assert_frame_equal(got.X, expected.X)


def test_case_4_twelve_months_with_data_to_2024_08_are_censored(tmp_path) -> None:
    to_august = "\n".join(FACTS.splitlines()[:-1])
    built = panel(facts_star(tmp_path / "s", to_august), label=LabelSpec(horizon_months=12))
    outcome = built.rows[["y", "label_value", "label_gp", "first_event_days"]]
    assert len(outcome) == 2
    assert outcome.isna().all(axis=None)
    assert len(built.labelled()) == 0


def test_case_5_counts_and_sums_of_three_months(tmp_path) -> None:
    lines = """
    customer_id division   sku      order_date quantity gross_profit
    c1          Solidworks SWX_Core 2024-01-01  1  100
    c1          Solidworks SWX_Core 2023-12-15  1   50
    c2          Solidworks SWX_Core 2023-11-01  1   10
    """
    built = panel(facts_star(tmp_path / "s", lines), "2024-01-01")
    got = built.X.set_index(built.rows["customer_id"])
    assert got["rfm__tx_count__all__3m"].to_dict() == {"c1": 2.0, "c2": 1.0}
    assert got["rfm__gp_sum__all__3m"].to_dict() == {"c1": 150.0, "c2": 10.0}


def test_case_6_two_lines_of_one_customer_on_one_day_are_both_counted(tmp_path) -> None:
    c1 = [line for line in FACTS.splitlines() if line.startswith("c1")]
    built = panel(facts_star(tmp_path / "s", FACTS + "\n".join(c1)))
    first = built.X.iloc[0]
    assert (first["rfm__tx_count__target__3m"], first["rfm__gp_sum__target__3m"]) == (2.0, 200.0)
    assert built.rows["label_value"].tolist() == [40.0, -5.0]


def test_case_7_a_roster_customer_without_lines_has_the_missing_flag(tmp_path) -> None:
    customers = known(c1=None, c2=None, c3=None, c9=None, p="2024-01-01")
    built = panel(
        facts_star(tmp_path / "s", customers=customers),
        families=[Recency(), Rfm(months=(3,))],
        population=EVERYONE,
    )
    shown = Missingness().fit(built.X, built.specs).apply(built.X)
    shown = shown.set_index(built.rows["customer_id"])
    assert shown["recency__days_since_last__all__ever_missing"].to_dict() == {
        "c1": 0.0, "c2": 0.0, "p": 1.0
    }  # fmt: skip
    assert shown["recency__days_since_last__target__ever_missing"]["c2"] == 1.0
    assert shown.loc["p", "rfm__tx_count__all__3m"] == 0.0


FUTURE = """
customer_id division   sku      order_date known_date quantity gross_profit
p           Solidworks SWX_Core 2024-06-01 2024-07-01  1  900
c1          Solidworks SWX_Core 2024-07-01 2024-07-01  1  900
c2          Solidworks Nova     2024-06-30 2024-07-01  1  900
late        Training   Training 2024-06-01 2024-07-01  1  900
"""


def test_case_8_a_purchase_an_asset_or_a_customer_added_later_changes_nothing(tmp_path) -> None:
    customers = known(c1=None, c2=None, c3=None, c9=None, p="2024-01-01")
    more = pd.concat([customers, known(late=None)])
    asset = {"asset_id": "1", "customer_id": "p", "sku": "SWX_Core", "known_date": "2024-07-01"}
    assets = pd.DataFrame([asset | {"purchase_date": "2024-06-01"}])
    lines = pd.concat([facts(), facts(FUTURE)])
    lines["known_date"] = lines["known_date"].fillna(lines["order_date"])
    before = make_star(tmp_path / "a", facts(), customers)
    after = make_star(tmp_path / "b", lines, more, assets)
    parts = {"families": [Rfm(), Recency()], "population": EVERYONE}
    one, two = panel(before, **parts), panel(after, **parts)
    outcome = ["y", "label_value", "label_gp", "first_event_days"]
    pd.testing.assert_frame_equal(one.rows.drop(columns=outcome), two.rows.drop(columns=outcome))
    pd.testing.assert_frame_equal(one.X, two.X)
    segments = dict(zip(two.rows["customer_id"], two.rows["segment"], strict=True))
    assert segments == {"c1": "warm", "c2": "warm", "p": "prospect"}
    assert one.rows["label_value"].sum() < two.rows["label_value"].sum()


def test_case_17_the_requested_cutoff_is_scored_and_overlap_is_said(tmp_path) -> None:
    start = "c0 Training Training 2022-01-01 1 1\n"
    star = facts_star(tmp_path / "s", FACTS + start)
    requested = choose_cutoff(CUTOFF, star, Horizon(6))
    assert str(requested) == CUTOFF
    assert set(panel(star, CUTOFF).rows["cutoff"]) == {CUTOFF}
    with pytest.raises(ConfigError, match="outside the log; got 2025-01-01"):
        choose_cutoff("2025-01-01", star, Horizon(6))
    for months in (6, 9):
        # Trained for this cutoff, no label reaches it; an earlier day it may reach, and it is said.
        window = Horizon(months)
        trained = TrainingCutoffs().before(requested, star, window, purge_days=45)
        meta = {
            "training_cutoffs": [str(c) for c in trained],
            "horizon": {"months": months, "buffer_days": 0},
        }
        assert label_overlap(meta, requested) == ""
        end = Cutoff(window.window(trained[-1]).end)
        assert label_overlap(meta, end) == ""
        told = label_overlap(meta, end.minus_days(1))
        assert f"reach to {end}, past the cutoff" in told
        assert "not a forward prediction" in told
