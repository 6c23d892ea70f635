from pathlib import Path

import pandas as pd
import pytest
from tests.support.family_frame import family_blocks, family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.basket import Basket

TARGET = members(training=[("Training", "CAD")])
# Window at cutoff 2024-06-30: (2023-05-01, 2024-05-01].
LINES = """
    customer_id  order_date  sku      division    gross_profit
    c1           2024-01-05  A        Solidworks  1
    c1           2024-01-05  CAD      Training    1
    c2           2024-01-05  A        Solidworks  1
    c2           2024-02-05  B        Solidworks  1
    c3           2024-01-05  B        Solidworks  1
    c3           2024-04-30  CAD      Training    1
    c4           2024-01-05  A        Solidworks  1
    c4           2024-01-06  A        Solidworks  1
    c5           2024-01-05  C        Solidworks  1
"""


def frame(
    tmp_path: Path, lines: str = LINES, targets: pd.DataFrame = TARGET, **parameters: int
) -> pd.DataFrame:
    star = make_star(tmp_path, table(lines))
    family = Basket(**{"min_support": 2, **parameters})
    key = targets["target"].iloc[0]
    got = family_frame(family, star, "2024-06-30", targets, key)
    return got.rename(columns=lambda name: name.removesuffix(" 12m_lag60d"))


def test_lifts_of_what_an_account_bought(tmp_path: Path) -> None:
    got = frame(tmp_path)
    # Five accounts, two bought CAD: P = .4. A: 1 of 3 (lift 5/6); B: 1 of 2 (5/4); C: one account
    # only, no support, so c5 has no row. Two lines of one SKU are one SKU.
    a, b = pytest.approx(5 / 6), pytest.approx(5 / 4)
    assert got["lift_max"].to_dict() == {"c1": a, "c2": b, "c3": b, "c4": a}
    assert got.loc["c2", "lift_mean"] == pytest.approx((5 / 6 + 5 / 4) / 2)
    assert got.loc["c2", "lift_top3"] == pytest.approx(5 / 6 + 5 / 4)


def test_a_sku_never_bought_with_the_target_has_lift_zero(tmp_path: Path) -> None:
    more = """
        c6           2024-01-05  D        Solidworks  1
        c7           2024-01-05  D        Solidworks  1
        c7           2024-01-05  B        Solidworks  1
    """
    got = frame(tmp_path, LINES.rstrip() + more)
    assert got.loc["c6"].to_dict() == {"lift_max": 0, "lift_mean": 0, "lift_top3": 0}
    # Of seven accounts two bought CAD; of the three with B one did.
    assert got.loc["c7", "lift_mean"] == pytest.approx((7 / 6 + 0) / 2)


def test_only_the_largest_add_up(tmp_path: Path) -> None:
    got = frame(tmp_path, top=1)
    assert got["lift_top1"].tolist() == got["lift_max"].tolist()


def test_the_targets_own_skus_are_no_hint(tmp_path: Path) -> None:
    lines = """
        customer_id  order_date  sku  division  gross_profit
        c1           2024-01-05  CAD  Training  1
        c2           2024-01-05  CAD  Training  1
        c2           2024-01-05  CAM  Training  1
        c3           2024-01-05  CAM  Training  1
    """
    # Both SKUs are the division's: nothing is left to compare with.
    both = members(training=[("Training", "CAD"), ("Training", "CAM")])
    assert frame(tmp_path / "both", lines, both).empty
    assert frame(tmp_path / "one", lines)["lift_max"].index.tolist() == ["c2", "c3"]


def test_nothing_within_the_embargo_counts(tmp_path: Path) -> None:
    late = """
        c2           2024-05-02  CAD      Training    1
        c5           2024-05-02  A        Solidworks  1
    """
    was = frame(tmp_path / "was")
    pd.testing.assert_frame_equal(frame(tmp_path / "late", LINES.rstrip() + late), was)


def test_a_sku_of_two_divisions_is_two(tmp_path: Path) -> None:
    lines = """
        customer_id  order_date  sku      division  gross_profit
        c1           2024-01-05  Support  Hardware  1
        c1           2024-01-05  CAD      Training  1
        c2           2024-01-05  Support  Scanning  1
        c3           2024-01-05  Support  Hardware  1
    """
    got = frame(tmp_path, lines, min_support=1)
    assert got["lift_max"].to_dict() == {"c1": pytest.approx(1.5), "c2": 0, "c3": 1.5}


def test_a_target_nobody_bought_has_no_row(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(LINES))
    nobody = members(scanning=[("Scanning", "Artec")])
    assert family_blocks(Basket(), star, ["2024-06-30"], nobody)["2024-06-30", "scanning"].empty


@pytest.mark.parametrize("bad", [{"lag_days": -1}, {"min_support": 0}, {"top": 0}])
def test_malformed_parameters_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="basket family is malformed"):
        Basket(**bad)
