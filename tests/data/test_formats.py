from __future__ import annotations

import pytest

from gosales.core.errors import ConfigError
from gosales.data.formats import Formats


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dates": "DD.MM.YYYY"}, r"dates='DD.MM.YYYY'"),
        ({"dates": "%d/%m"}, "dates='%d/%m'"),  # no year: every line would be of 1900
        ({"dates": "%m/%Y"}, "dates='%m/%Y'"),  # no day: every line would be of the first
        ({"dates": "%d/%m/%Q%Y"}, "dates="),
        ({"decimal": ";"}, "decimal=';'"),
        ({"decimal": ""}, r"got decimal='';"),
        ({"decimal": ",", "thousands": ","}, "thousands=','"),
        ({"thousands": "_"}, "thousands='_'"),
        ({"currency": "5%"}, "currency='5%'"),
        ({"currency": ["EUR", "-"]}, "currency='-'"),
        ({"time_zone": "Berlin"}, "time_zone='Berlin'"),
    ],
)
def test_what_is_malformed_is_named(wrong, said):
    with pytest.raises(ConfigError, match=said):
        Formats(**wrong)


def test_everything_wrong_is_told_at_once():
    with pytest.raises(ConfigError, match=r"dates='x', decimal='x', time_zone='x'") as caught:
        Formats(dates="x", decimal="x", time_zone="x")
    assert caught.value.reason_code == "bad_formats"


@pytest.mark.parametrize("dates", ["%d/%m/%Y", "%Y%j", "%b %d, %y", "%-d.%-m.%Y %H:%M"])
def test_a_pattern_that_leaves_nothing_of_a_day_open_is_taken(dates):
    assert Formats(dates=dates).is_pattern


def test_longer_signs_are_tried_first():
    assert Formats(currency=["$", "", "US$"]).signs == ("US$", "$")


def test_words_name_the_declared_marks():
    formats = Formats(dates="excel", decimal=",", thousands=".")
    assert formats.says("date") == "a date (an Excel day number)"
    assert formats.says("money") == "an amount (finite, below 10^14, decimal ',', thousands '.')"
    assert Formats().says("money") == "an amount (finite, below 10^14)"
    assert "data.dates" in formats.remedy("date")
    assert "data.decimal" in formats.remedy("units")
