from pathlib import Path

import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.season import Season

TARGET = members(swx=[("Solidworks", "SWX_Core")], training=[("Training", "CAD")])
LINES = """
    customer_id  order_date  sku       division    gross_profit
    c1           2022-06-30  SWX_Core  Solidworks  10
    c1           2022-09-30  SWX_Core  Solidworks  10
    c1           2023-07-01  SWX_Core  Solidworks  10
    c1           2024-03-31  CAD       Training    10
    c1           2024-06-01  SWX_Core  Solidworks  10
    c1           2024-06-02  SWX_Core  Solidworks  -10
    c2           2024-01-01  SWX_Core  Solidworks  10
    c3           2024-01-01  SWX_Core  Solidworks  -10
"""
QUARTERS = [f"q{q}_share 24m" for q in (1, 2, 3, 4)]


@pytest.fixture
def star(tmp_path: Path):
    return make_star(tmp_path, table(LINES))


def test_shares_of_the_quarters_in_any_year(star) -> None:
    got = family_frame(Season(), star, "2024-06-30", TARGET)[QUARTERS]
    # The line of 2022-06-30 lies outside, the return is no purchase.
    assert got.loc["c1"].tolist() == [0.25, 0.25, 0.5, 0]
    assert got.loc["c2"].tolist() == [1, 0, 0, 0]
    assert got.loc["c3"].isna().all()


def test_the_targets_shares_are_shrunk_to_those_of_its_customers(star) -> None:
    own = family_frame(Season(prior_strength=2), star, "2024-06-30", TARGET, "swx")[QUARTERS]
    # All of Solidworks: 4 lines, one in each of quarters 1 and 2, two in quarter 3.
    assert own.loc["c2"].tolist() == pytest.approx([(1 + 0.5) / 3, 0.5 / 3, 1 / 3, 0])
    assert own.loc["c1"].tolist() == pytest.approx([0.5 / 5, 1.5 / 5, 3 / 5, 0])
    # Another target's customers say nothing about this one's season.
    training = family_frame(Season(), star, "2024-06-30", TARGET, "training")[QUARTERS]
    assert training.loc["c1"].tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("bad", [{"months": 18}, {"prior_strength": 0}])
def test_malformed_parameters_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="season family is malformed"):
        Season(**bad)
