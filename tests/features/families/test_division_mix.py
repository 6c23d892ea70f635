from pathlib import Path

import pytest
from tests.support.family_frame import family_blocks, family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.division_mix import DivisionMix

TARGET = members(swx=[("Solidworks", "SWX_Core")], training=[("Training", "CAD")])
LINES = """
    customer_id  order_date  sku       division    gross_profit
    c1           2024-01-05  SWX_Core  Solidworks  30
    c1           2024-06-01  SWX_Core  Solidworks  30
    c1           2024-06-02  CAD       Training    40
    c1           2024-06-03  SWX_Core  Solidworks  -10
    c2           2024-06-10  CAD       Training    100
    c2           2021-06-10  SWX_Core  Solidworks  100
"""


def test_shares_are_shrunk_to_those_of_all_customers(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(LINES))
    got = family_frame(DivisionMix(prior_strength=2), star, "2024-06-30", TARGET, "swx")
    # c1: 2 of 3 lines, 60 of 100 money; all: 2 of 4 lines, 60 of 200 money. The return and
    # c2's old line count for nothing; c2 has no row, which is zero by declaration.
    assert got.to_dict("index") == {
        "c1": {
            "count_share 12m": pytest.approx((2 + 2 * 2 / 4) / (3 + 2)),
            "gp_share 12m": pytest.approx((3 * 0.6 + 2 * 0.3) / (3 + 2)),
        },
    }


def test_without_positive_money_the_money_share_is_that_of_all(tmp_path: Path) -> None:
    lines = table("""
        customer_id  order_date  sku       division    gross_profit  quantity
        c1           2024-06-01  SWX_Core  Solidworks  -5            1
        c2           2024-06-01  SWX_Core  Solidworks  30            1
        c2           2024-06-01  CAD       Training    10            1
    """)
    got = family_frame(DivisionMix(), make_star(tmp_path, lines), "2024-06-30", TARGET, "swx")
    assert got.loc["c1", "gp_share 12m"] == pytest.approx(0.75)


def test_each_listed_division_has_its_columns(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(LINES))
    family = DivisionMix(divisions=[" SOLIDWORKS ", "Scanning"], prior_strength=2)
    got = family_frame(family, star, "2024-06-30", TARGET)
    assert got["gp_sum_solidworks 12m"].to_dict() == {"c1": 50, "c2": 0}
    assert got["tx_count_solidworks 12m"].to_dict() == {"c1": 2, "c2": 0}
    assert got["count_share_solidworks 12m"].to_dict() == {"c1": pytest.approx(0.6), "c2": 0}
    assert got["days_since_last_solidworks ever"].to_dict() == {"c1": 29, "c2": 1116}
    assert got.loc["c1", "days_since_last_solidworks ever_lag30d"] == 147
    # A division nobody buys: its columns exist, zero or null by declaration.
    assert (got[["gp_sum_scanning 12m", "gp_share_scanning 12m"]] == 0).all(axis=None)
    assert got["days_since_last_scanning ever"].isna().all()


def test_without_a_list_there_are_no_columns_over_all_lines(tmp_path: Path) -> None:
    blocks = family_blocks(DivisionMix(), make_star(tmp_path, table(LINES)), ["2024-06-30"], TARGET)
    assert set(blocks) == {("2024-06-30", "swx"), ("2024-06-30", "training")}


@pytest.mark.parametrize(
    "bad",
    [{"divisions": ["PDM", " pdm "]}, {"prior_strength": 0}, {"lag_days": 0}],
)
def test_malformed_parameters_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="division_mix family is malformed"):
        DivisionMix(**bad)  # type: ignore[arg-type]
