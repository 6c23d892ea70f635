from pathlib import Path

import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.cycle import Cycle
from gosales.features.safe import SafePolicy

TARGET = members(swx=[("Solidworks", "SWX_Core")])
# c1 buys on 05-01, 05-11, 05-31 and 06-04: gaps of 10, 20 and 4 days; the last is 26 days old.
LINES = """
    customer_id  order_date  known_date  sku       division    gross_profit
    c1           2024-05-01  2024-05-01  SWX_Core  Solidworks  10
    c1           2024-05-11  2024-05-11  CAD       Training    10
    c1           2024-05-11  2024-05-11  SWX_Core  Solidworks  10
    c1           2024-05-31  2024-05-31  SWX_Core  Solidworks  10
    c1           2024-06-04  2024-06-04  CAD       Training    10
    c1           2024-06-20  2024-06-20  SWX_Core  Solidworks  -4
    once         2024-06-10  2024-06-10  CAD       Training    10
    today        2024-06-30  2024-06-30  CAD       Training    10
    sent_back    2024-06-10  2024-06-10  CAD       Training    -10
"""


@pytest.fixture
def star(tmp_path: Path):
    return make_star(tmp_path, table(LINES))


def test_gaps_between_distinct_purchase_days(star) -> None:
    got = family_frame(Cycle(), star, "2024-06-30", TARGET).filter(regex="ever$").loc["c1"]
    assert got.drop("hazard ever").to_dict() == {
        "gap_median ever": 10,
        "gap_mean ever": pytest.approx(34 / 3),
        "gap_last ever": 4,
        "gap_last_ratio ever": pytest.approx(0.4),
        "days_to_next ever": 10 - 26,
    }


def test_with_an_even_number_of_gaps_the_median_lies_between(star) -> None:
    own = family_frame(Cycle(), star, "2024-06-30", TARGET, "swx").loc["c1"]
    # Solidworks: 05-01, 05-11, 05-31.
    assert own["gap_median ever"] == 15
    assert own["days_to_next ever"] == 15 - 30


def test_the_hazard_is_shrunk_to_the_pace_of_all(star) -> None:
    got = family_frame(Cycle(prior_strength=2), star, "2024-06-30", TARGET)["hazard ever"]
    # Observed: c1 60 days with 3 gaps, once 20 with none, today 0 with none: 3 in 80 days.
    assert got["c1"] == pytest.approx(30 * (3 + 2) / (60 + 2 * 80 / 3))
    assert got["once"] == pytest.approx(30 * 2 / (20 + 2 * 80 / 3))
    # Nothing observed yet: the prior.
    assert got["today"] == pytest.approx(30 * 3 / 80)


def test_one_purchase_day_has_no_gap_and_none_has_no_pace(star) -> None:
    got = family_frame(Cycle(), star, "2024-06-30", TARGET).filter(regex="ever$")
    assert got.loc["once"].drop("hazard ever").isna().all()
    assert got.loc["sent_back"].isna().all()


def test_where_nobody_bought_twice_the_pace_is_zero(star) -> None:
    got = family_frame(Cycle(), star, "2024-05-05", TARGET)
    assert got["hazard ever"].to_dict() == {"c1": 0}


def test_the_lagged_twin_sees_the_days_known_then(star, tmp_path) -> None:
    got = family_frame(Cycle(), star, "2024-06-30", TARGET).loc["c1"]
    # As of 05-31: gaps of 10 and 20 days, the last purchase that very day.
    assert got["gap_median ever_lag30d"] == 15
    assert got["days_to_next ever_lag30d"] == 15
    late = table(LINES)
    late.loc[late["order_date"] == "2024-05-11", "known_date"] = "2024-06-01"
    got = family_frame(Cycle(), make_star(tmp_path / "late", late), "2024-06-30", TARGET).loc["c1"]
    # A day that became known later joins its neighbours' gaps into one.
    assert got["gap_median ever_lag30d"] == 30
    assert got["gap_median ever"] == 10


def test_safe_drops_it_and_keeps_the_lagged_twins() -> None:
    kept = SafePolicy("on").kept(Cycle().specs())
    assert [s.lookback.token for s in kept] == ["ever_lag30d"] * 12


@pytest.mark.parametrize("bad", [{"lag_days": 0}, {"prior_strength": 0}])
def test_malformed_parameters_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="cycle family is malformed"):
        Cycle(**bad)
