from pathlib import Path

import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.rfm import Rfm

TARGET = members(swx=[("Solidworks", "SWX_Core")])


def test_three_months_count_and_sum(tmp_path: Path) -> None:
    # DOMAIN §6 case 5
    lines = table("""
        customer_id  order_date  sku       gross_profit
        c1           2024-01-01  SWX_Core  100
        c1           2023-12-15  SWX_Core  50
        c2           2023-11-01  SWX_Core  10
    """)
    got = family_frame(Rfm(months=[3]), make_star(tmp_path, lines), "2024-01-01", TARGET)
    assert got["tx_count 3m"].to_dict() == {"c1": 2, "c2": 1}
    assert got["gp_sum 3m"].to_dict() == {"c1": 150, "c2": 10}
    assert got["gp_mean 3m"].to_dict() == {"c1": 75, "c2": 10}


def test_two_lines_on_one_day_both_count_and_returns_net(tmp_path: Path) -> None:
    # DOMAIN §6 case 6; a return lowers the sum and is no purchase line.
    lines = table("""
        customer_id  order_date  sku       gross_profit  revenue
        c1           2024-05-01  SWX_Core  30            100
        c1           2024-05-01  SWX_Core  30            100
        c1           2024-05-20  SWX_Core  -10           -50
    """)
    got = family_frame(Rfm(months=[6]), make_star(tmp_path, lines), "2024-06-30", TARGET)
    assert got.loc["c1"].to_dict() == {
        "tx_count 6m": 2,
        "gp_sum 6m": 50,
        "gp_mean 6m": 25,
        "margin 6m": pytest.approx(50 / 150),
    }


def test_the_window_is_open_on_the_left(tmp_path: Path) -> None:
    lines = table("""
        customer_id  order_date  sku       gross_profit
        on_start     2024-03-31  SWX_Core  1
        inside       2024-04-01  SWX_Core  1
        on_cutoff    2024-06-30  SWX_Core  1
        after        2024-07-01  SWX_Core  1
    """)
    got = family_frame(Rfm(months=[3, 6]), make_star(tmp_path, lines), "2024-06-30", TARGET)
    assert got["tx_count 3m"].to_dict() == {"on_start": 0, "inside": 1, "on_cutoff": 1}


def test_a_line_known_late_does_not_exist_yet(tmp_path: Path) -> None:
    lines = table("""
        customer_id  order_date  known_date  sku       gross_profit
        c1           2024-06-01  2024-06-01  SWX_Core  10
        c1           2024-06-29  2024-07-02  SWX_Core  10
    """)
    got = family_frame(Rfm(months=[3]), make_star(tmp_path, lines), "2024-06-30", TARGET)
    assert got.loc["c1", "gp_sum 3m"] == 10


def test_the_target_scope_sees_its_own_skus_only(tmp_path: Path) -> None:
    lines = table("""
        customer_id  order_date  sku        division    gross_profit
        c1           2024-06-01  SWX_Core   Solidworks  10
        c1           2024-06-02  DraftSight Solidworks  5
        c2           2024-06-03  CAD        Training    7
    """)
    star = make_star(tmp_path, lines)
    assert family_frame(Rfm(months=[3]), star, "2024-06-30", TARGET, "swx")[
        "gp_sum 3m"
    ].to_dict() == {"c1": 10}
    assert family_frame(Rfm(months=[3]), star, "2024-06-30", TARGET)["gp_sum 3m"].to_dict() == {
        "c1": 15,
        "c2": 7,
    }


def test_names_that_differ_in_case_and_blanks_are_one(tmp_path: Path) -> None:
    # DOMAIN §6 case 3
    lines = table("""
        customer_id  order_date  sku       division    gross_profit
        c1           2024-06-01  SWX_Core  SOLIDWORKS  10
        c1           2024-06-02  swx_core  Solidworks  5
    """)
    lines["division"] = [" SOLIDWORKS ", "Solidworks"]
    got = family_frame(Rfm(months=[3]), make_star(tmp_path, lines), "2024-06-30", TARGET, "swx")
    assert got.loc["c1", "gp_sum 3m"] == 15


MIXED = """
    customer_id  order_date  sku       gross_profit  revenue  quantity
    c1           2024-06-01  SWX_Core  10            40       1
    c1           2024-06-02  SWX_Core  -             30       1
    c2           2024-06-02  SWX_Core  -             20       1
    c3           2024-06-02  SWX_Core  -             -        1
"""


@pytest.mark.parametrize(
    ("money", "sums"),
    [
        ("auto", {"c1": 40, "c2": 20, "c3": 0}),
        ("gp", {"c1": 10, "c2": 0, "c3": 0}),
        ("revenue", {"c1": 70, "c2": 20, "c3": 0}),
    ],
)
def test_money_is_what_is_asked_for(tmp_path: Path, money: str, sums: dict[str, float]) -> None:
    star = make_star(tmp_path, table(MIXED))
    got = family_frame(Rfm(months=[3], money=money), star, "2024-06-30", TARGET)
    assert got["gp_sum 3m"].to_dict() == sums


def test_margin_is_over_lines_that_know_both_and_null_where_none_does(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(MIXED))
    got = family_frame(Rfm(months=[3]), star, "2024-06-30", TARGET)["margin 3m"]
    assert got["c1"] == 0.25
    assert got[["c2", "c3"]].isna().all()


def test_margin_is_null_when_net_revenue_is_not_positive(tmp_path: Path) -> None:
    lines = table("""
        customer_id  order_date  sku       gross_profit  revenue
        c1           2024-06-01  SWX_Core  10            40
        c1           2024-06-02  SWX_Core  -12           -45
    """)
    got = family_frame(Rfm(months=[3]), make_star(tmp_path, lines), "2024-06-30", TARGET)
    assert got["margin 3m"].isna().all()


def test_unknown_money_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"money of a feature family.*'profit'"):
        Rfm(money="profit")


@pytest.mark.parametrize("months", [[], [3, 3], [0], [2.5]])
def test_malformed_windows_are_refused(months: list[int]) -> None:
    with pytest.raises(ConfigError, match="windows of family rfm are malformed"):
        Rfm(months=months)
