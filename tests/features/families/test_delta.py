from pathlib import Path

import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.delta import Delta
from gosales.features.safe import SafePolicy

TARGET = members(swx=[("Solidworks", "SWX_Core")])
# Halves of cutoff 2024-06-30: (2022-06-30, 2023-06-30] and (2023-06-30, 2024-06-30].
LINES = """
    customer_id  order_date  known_date  sku       division    gross_profit
    more         2023-06-30  2023-06-30  SWX_Core  Solidworks  10
    more         2023-07-01  2023-07-01  SWX_Core  Solidworks  30
    more         2024-06-20  2024-06-20  CAD       Training    20
    less         2022-06-30  2022-06-30  SWX_Core  Solidworks  1000
    less         2022-07-01  2022-07-01  SWX_Core  Solidworks  10
    back         2023-06-01  2023-06-01  SWX_Core  Solidworks  30
    back         2024-06-01  2024-06-01  SWX_Core  Solidworks  -30
    late         2023-06-01  2023-08-01  SWX_Core  Solidworks  10
"""


@pytest.fixture
def star(tmp_path: Path):
    return make_star(tmp_path, table(LINES))


def test_the_last_year_against_the_year_before(star) -> None:
    got = family_frame(Delta(), star, "2024-06-30", TARGET).filter(regex="24m$")
    assert got.loc["more"].to_dict() == {
        "tx_count_change 24m": 1,
        "tx_count_ratio 24m": pytest.approx(1 / 3),
        "gp_sum_change 24m": 40,
        "gp_sum_ratio 24m": pytest.approx(40 / 60),
    }
    # The line on the edge of the window belongs to no half.
    assert got.loc["less", "gp_sum_change 24m"] == -10
    assert got.loc["less", "gp_sum_ratio 24m"] == -1
    # A return counts as negative money and as no purchase; the ratio stays in [-1, 1].
    assert got.loc["back"].tolist() == [-1, -1, -60, -1]


def test_a_line_known_after_its_own_half_counts_in_it(star) -> None:
    # Both halves are as known at the cutoff: a late line must not look like a growing account.
    got = family_frame(Delta(), star, "2024-06-30", TARGET)
    assert got.loc["late", "tx_count_change 24m"] == -1


def test_the_target_and_the_lagged_twin(star) -> None:
    own = family_frame(Delta(), star, "2024-06-30", TARGET, "swx").loc["more"]
    assert own["gp_sum_change 24m"] == 20
    # As of 2024-05-31 the halves are (2022-05-31, 2023-05-31] and (2023-05-31, 2024-05-31].
    twin = family_frame(Delta(), star, "2024-06-30", TARGET)
    assert twin.loc["more", "gp_sum_change 24m_lag30d"] == 40
    assert twin.loc["less", "tx_count_change 24m_lag30d"] == -2


def test_where_both_halves_are_zero_the_change_is_zero_and_the_ratio_unknown(star) -> None:
    # The lagged window of two months ends on 2024-05-31, before the line of June.
    got = family_frame(Delta(months=1), star, "2024-06-30", TARGET).loc["back"]
    assert got[["tx_count_change 2m_lag30d", "gp_sum_change 2m_lag30d"]].tolist() == [0, 0]
    assert got[["tx_count_ratio 2m_lag30d", "gp_sum_ratio 2m_lag30d"]].isna().all()


def test_safe_drops_it_and_keeps_the_lagged_twins() -> None:
    kept = SafePolicy("on").kept(Delta().specs())
    assert [s.lookback.token for s in kept] == ["24m_lag30d"] * 8


@pytest.mark.parametrize("bad", [{"months": 0}, {"lag_days": 0}])
def test_malformed_parameters_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="delta family is malformed"):
        Delta(**bad)
