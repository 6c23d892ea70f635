"""Labels: edges of the window, modes, cohorts, measures; DOMAIN §6 is in tests/oracle."""

import numpy as np
import pandas as pd
import pytest
from tests.support.label_case import FACTS, builder, facts_star, labels, panel

from gosales.core.errors import DegenerateError
from gosales.core.timeline import Cutoff
from gosales.labels.label_spec import LabelSpec
from gosales.labels.population import Population
from gosales.labels.target import Target


def test_the_first_event_is_a_purchase_and_not_the_return_before_it(tmp_path) -> None:
    more = "c1 Solidworks SWX_Core 2024-07-02 -1 -1\n"
    rows = panel(facts_star(tmp_path / "s", FACTS + more)).rows
    assert rows["first_event_days"].iloc[0] == 32.0


def test_the_last_day_of_the_window_counts_and_completes_it(tmp_path) -> None:
    on_edge = FACTS.replace("2024-08-01", "2024-12-31")
    beyond = FACTS.replace("2024-08-01", "2025-01-01")
    assert labels(panel(facts_star(tmp_path / "a", on_edge)))["c1"] == 1.0
    assert labels(panel(facts_star(tmp_path / "b", beyond)))["c1"] == 0.0
    short = facts_star(tmp_path / "c", FACTS.replace("2024-12-31", "2024-12-30"))
    assert np.isnan(labels(panel(short))["c1"])


def test_a_buffer_leaves_early_purchases_out(tmp_path) -> None:
    text = FACTS + "c9 Training Training 2025-02-28 1 1\n"
    built = panel(facts_star(tmp_path / "s", text), label=LabelSpec(buffer_days=32))
    assert labels(built)["c1"] == 0.0
    assert labels(panel(facts_star(tmp_path / "t", text), label=LabelSpec(buffer_days=31)))["c1"]


MODES = """
customer_id division    sku       order_date  quantity gross_profit
own         Solidworks  A  2019-06-01   1  10
own         Training    T  2024-06-01   1  10
own         Solidworks  A  2024-07-01   1  10
exp         Training    T  2024-06-01   1  10
exp         Solidworks  A  2024-07-01   1  10
new         Solidworks  A  2024-07-01   1  10
end         Training    T  2024-12-31   1  10
"""
KNOWN = pd.DataFrame({"customer_id": ["own", "exp", "new", "end"]})
KNOWN["first_known_date"] = [None, None, "2024-01-01", None]


@pytest.mark.parametrize(
    ("mode", "who"),
    [("all", {"own", "exp", "new"}), ("expansion", {"exp"}), ("new_logo", {"new"})],
)
def test_modes_admit_by_history_alone(tmp_path, mode, who) -> None:
    star = facts_star(tmp_path / "s", MODES, customers=KNOWN)
    everyone = Population(include_prospects=True)
    built = panel(star, population=everyone, label=LabelSpec(mode=mode))
    assert set(labels(built)) == who
    assert (built.y == 1.0).all()
    cohorts = {"own": "renewal_like", "exp": "expansion", "new": "new_logo"}
    assert dict(zip(built.rows["customer_id"], built.rows["cohort"], strict=True)) == {
        c: cohorts[c] for c in who
    }
    full = panel(star, population=everyone)
    at = full.rows["customer_id"].isin(who).to_numpy().nonzero()[0]
    pd.testing.assert_frame_equal(built.X, full.take(at).X)


def test_a_mode_that_admits_nobody_says_so(tmp_path) -> None:
    star = facts_star(tmp_path / "s")
    with pytest.raises(DegenerateError, match="'new_logo' admits nobody.*include_prospects=true"):
        panel(star, label=LabelSpec(mode="new_logo"))


@pytest.mark.parametrize(
    ("target", "y"),
    [
        (Target("S", division="Solidworks"), 0.0),  # the source declares gp: 3 - 5 < 0
        (Target("S", division="Solidworks", measure="quantity"), 1.0),
        (Target("S", division="Solidworks", measure="revenue"), 1.0),
        (Target("S", division="Solidworks", measure="quantity", threshold=2), 0.0),
    ],
)
def test_the_measure_is_net_and_above_the_threshold(tmp_path, target, y) -> None:
    text = """
    customer_id division   sku order_date quantity revenue gross_profit
    a           Solidworks A   2024-06-01  1  10   5
    a           Solidworks A   2024-07-01  3  20   3
    a           Solidworks A   2024-07-02 -1  -9  -5
    a           Training   T   2024-12-31  1   1   1
    """
    assert labels(panel(facts_star(tmp_path / "s", text), target=target)) == {"a": y}


def test_targets_of_different_measures_are_labelled_together(tmp_path) -> None:
    text = """
    customer_id division   sku order_date quantity gross_profit
    a           Solidworks A   2024-06-01  1   5
    a           Solidworks A   2024-07-01  1  -5
    a           Training   T   2024-12-31  1   1
    """
    star = facts_star(tmp_path / "s", text)
    by_gp = Target("by_gp", division="Solidworks")
    by_count = Target("by_count", division="Solidworks", measure="quantity")
    built = builder().build(star, [by_gp, by_count], [Cutoff.parse("2024-06-30")])
    assert [built[t.key].y.tolist() for t in (by_gp, by_count)] == [[0.0], [1.0]]


def test_profit_that_nobody_knows_is_null_and_no_line_is_zero(tmp_path) -> None:
    text = """
    customer_id division   sku order_date quantity gross_profit
    a           Solidworks A   2024-06-01  1   -
    a           Solidworks A   2024-07-01  1   -
    b           Solidworks A   2024-06-01  1   5
    c           Training   T   2024-12-31  1   1
    """
    star = facts_star(tmp_path / "s", text, label_measure="quantity")
    gp = panel(star).rows.set_index("customer_id")["label_gp"]
    assert np.isnan(gp["a"])
    assert gp["b"] == 0.0
