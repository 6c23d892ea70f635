from pathlib import Path

import pandas as pd
import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.data.star import Attribute
from gosales.features.families.encoder import Encoder

TARGET = members(training=[("Training", "CAD")])
STATIC = {"industry": Attribute("static"), "industry_sub": Attribute("static")}
LINES = """
    customer_id  order_date  sku  division    gross_profit
    c1           2024-01-05  CAD  Training    30
    c1           2024-01-05  A    Solidworks  10
    c2           2024-01-05  A    Solidworks  10
    c3           2024-01-05  A    Solidworks  1000
    c4           2024-01-05  CAD  Training    5
    c5           2024-06-29  CAD  Training    5
"""
CUSTOMERS = """
    customer_id  industry  industry_sub  first_known_date
    c1           metal     milling       2020-01-01
    c2           metal     turning       2020-01-01
    c3           wood      saws          2020-01-01
    c4           -         saws          2020-01-01
    c5           metal     -             2020-01-01
    c6           wood      planes        2020-01-01
"""


def frame(
    tmp_path: Path,
    attributes: dict[str, Attribute] = STATIC,
    lag_days: int = 60,
    relative: bool = False,
) -> pd.DataFrame:
    star = make_star(tmp_path, table(LINES), table(CUSTOMERS), attributes=attributes)
    family = Encoder(pseudo_counts=[2.0, 3.0], lag_days=lag_days, relative=relative)
    got = family_frame(family, star, "2024-06-30", TARGET, "training")
    return got.rename(columns=lambda name: name.removesuffix(" 12m_lag60d"))


# Four accounts bought in the window, two of them CAD; c5 bought within the embargo only.
METAL = (1 + 2 * 2 / 4) / (2 + 2)
WOOD = (0 + 2 * 2 / 4) / (1 + 2)


def test_rates_are_shrunk_to_all_and_then_to_the_parent(tmp_path: Path) -> None:
    got = frame(tmp_path)
    assert got["rate_industry"].to_dict() == pytest.approx(
        {"c1": METAL, "c2": METAL, "c3": WOOD, "c5": METAL, "c6": WOOD}
    )
    found = got["rate_industry_sub"]
    assert found["c1"] == pytest.approx((1 + 3 * METAL) / (1 + 3))
    assert found["c2"] == pytest.approx((0 + 3 * METAL) / (1 + 3))
    # No account of planes bought anything: the parent's rate is all that is known.
    assert found["c6"] == pytest.approx(WOOD)


def test_profit_shares_weigh_accounts_alike_not_dollars(tmp_path: Path) -> None:
    got = frame(tmp_path)
    # Shares .75, 0, 0 and 1, however large the account.
    whole = (0.75 + 1.0) / 4
    assert got.loc["c1", "gp_share_industry"] == pytest.approx((0.75 + 2 * whole) / (2 + 2))
    assert got.loc["c3", "gp_share_industry"] == pytest.approx(2 * whole / (1 + 2))


def test_relative_values_are_multiples_of_those_of_all_accounts(tmp_path: Path) -> None:
    bare, got = frame(tmp_path / "bare"), frame(tmp_path / "relative", relative=True)
    for column, whole in (("rate", 2 / 4), ("gp_share", 1.75 / 4)):
        for level in ("industry", "industry_sub"):
            want = bare[f"{column}_{level}"] / whole
            pd.testing.assert_series_equal(got[f"{column}_{level}"], want)


def test_an_unknown_value_is_null_and_so_is_all_below_it(tmp_path: Path) -> None:
    got = frame(tmp_path)
    # The sub-industry saws of c4 stands below no industry; c5's own is not known.
    assert "c4" not in got.index
    assert pd.isna(got.loc["c5", "rate_industry_sub"])


def test_below_an_unknown_level_in_the_middle_all_is_unknown(tmp_path: Path) -> None:
    customers = table("""
        customer_id  industry  industry_sub  niche  first_known_date
        c1           metal     milling       gears  2020-01-01
        c2           metal     -             gears  2020-01-01
        c3           metal     milling       -      2020-01-01
    """)
    levels = ["industry", "industry_sub", "niche"]
    declared = {level: Attribute("static") for level in levels}
    star = make_star(tmp_path, table(LINES), customers, attributes=declared)
    family = Encoder(levels=levels, pseudo_counts=[2.0, 2.0, 2.0])
    got = family_frame(family, star, "2024-06-30", TARGET, "training").filter(like="rate_")
    assert got.notna().sum(axis=1).to_dict() == {"c1": 3, "c2": 1, "c3": 2}


@pytest.mark.parametrize(
    ("declared", "known"),
    [
        ({}, 0),
        ({"industry": Attribute("snapshot"), "industry_sub": Attribute("static")}, 0),
        ({"industry": Attribute("static")}, 2),
        ({"industry": Attribute("static"), "industry_sub": Attribute("snapshot")}, 2),
        ({"industry": Attribute("snapshot", waived=True)}, 2),
    ],
)
def test_an_attribute_that_may_not_be_used_gives_null_columns(
    tmp_path: Path, declared: dict[str, Attribute], known: int
) -> None:
    got = frame(tmp_path, declared)
    assert len(got.columns) == 4
    assert got.notna().any().sum() == known


def test_no_purchase_within_the_lag_counts(tmp_path: Path) -> None:
    near = frame(tmp_path / "near", lag_days=0).rename(columns=lambda n: n.removesuffix(" 12m"))
    # Without a lag c5 is the third buyer among five.
    assert near.loc["c3", "rate_industry"] == pytest.approx((0 + 2 * 3 / 5) / (1 + 2))
    assert frame(tmp_path / "far").loc["c3", "rate_industry"] == pytest.approx(WOOD)


@pytest.mark.parametrize(
    "bad",
    [
        {"levels": []},
        {"levels": ["industry", "Industry"]},
        {"levels": ["industry"]},
        {"pseudo_counts": [50.0, 0.0]},
        {"lag_days": -1},
    ],
)
def test_malformed_parameters_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="encoder family is malformed"):
        Encoder(**bad)  # type: ignore[arg-type]
