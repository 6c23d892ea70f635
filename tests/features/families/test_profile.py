from pathlib import Path

import pandas as pd
import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.data.star import Attribute, Star
from gosales.features.families.profile import Profile

TARGET = members(swx=[("Solidworks", "SWX_Core")])
DECLARED = {
    "region": Attribute("static"),
    "industry": Attribute("static"),
    "size": Attribute("static", "number"),
    "status": Attribute("snapshot"),
    "tier": Attribute("snapshot", waived=True),
}


def star(path: Path) -> Star:
    lines = table("""
        customer_id  order_date  sku       gross_profit
        c1           2024-06-01  SWX_Core  1
        c2           2024-06-01  SWX_Core  1
    """)
    customers = pd.DataFrame(
        {
            "customer_id": ["c1", "c2", "later"],
            "first_known_date": ["2024-01-01", "2024-01-01", "2024-08-01"],
            "region": [" north ", "  ", "south"],
            "industry": ["Aero", None, "Aero"],
            "size": [3.0, float("nan"), 7.0],
            "status": ["lost", "active", "active"],
            "tier": ["a", "b", "c"],
        }
    )
    return make_star(path, lines, customers, attributes=DECLARED)


def test_all_usable_attributes_and_nobody_known_later(tmp_path: Path) -> None:
    family = Profile().for_attributes(DECLARED)
    got = family_frame(family, star(tmp_path), "2024-06-30", TARGET)
    assert list(got.columns) == ["industry static", "region static", "tier static", "size static"]
    assert list(got.index) == ["c1", "c2"]
    assert got.loc["c1"].to_list() == ["Aero", "north", "a", 3.0]
    # A blank is null, like a null.
    assert got.loc["c2"].isna().to_list() == [True, True, False, True]


def test_a_snapshot_attribute_is_refused(tmp_path: Path) -> None:
    family = Profile(attributes=["region", "status"])
    with pytest.raises(ConfigError, match="status is a snapshot attribute") as raised:
        family.for_attributes(DECLARED)
    assert raised.value.reason_code == "unusable_attribute"
    with pytest.raises(ConfigError, match="status is a snapshot attribute"):
        family_frame(family, star(tmp_path), "2024-06-30", TARGET)


def test_every_problem_is_told_at_once() -> None:
    family = Profile(attributes=["size", "colour"], numbers=["region"])
    message = (
        "size is a number, asked for as a category; colour is not declared; "
        "region is a category, asked for as a number"
    )
    with pytest.raises(ConfigError, match=message):
        family.for_attributes(DECLARED)


def test_a_list_is_kept_and_an_empty_one_means_none() -> None:
    assert Profile(attributes=["region"]).for_attributes(DECLARED).specs()[0].measure == "region"
    assert Profile(attributes=[]).for_attributes(DECLARED).specs() == []
    assert Profile().specs() == []


def test_a_name_that_is_data_becomes_a_safe_measure() -> None:
    family = Profile(attributes=["Sub Industry"])
    assert family.specs()[0].name == "profile__sub_industry__all__static"
