"""Which lines belong to a target."""

import pytest
from tests.support.label_case import ENGINE, facts, facts_star
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.labels.known_skus import known_skus
from gosales.labels.membership import membership
from gosales.labels.target import Target


def test_divisions_and_sku_sets_are_matched_by_key(tmp_path) -> None:
    lines = facts().assign(division=["SOLIDWORKS", " solidworks ", "Training", "Solidworks", *"TT"])
    star = make_star(tmp_path / "s", lines)
    found = membership(
        [Target("Solidworks"), Target("Core", skus=["swx_CORE"])], known_skus(star, ENGINE)
    )
    assert found.to_numpy().tolist() == [
        ["core", "solidworks", "swx_core"],
        ["solidworks", "solidworks", "swx_core"],
    ]


def test_an_unknown_division_is_refused_with_the_nearest_first(tmp_path) -> None:
    star = facts_star(tmp_path / "s")
    with pytest.raises(ConfigError, match="divisions Solidworks, Training; SKUs") as caught:
        membership([Target("solid works")], known_skus(star, ENGINE))
    assert caught.value.reason_code == "unknown_division"
    with pytest.raises(ConfigError, match="'Seats' matches no line.*got SKUs SWX_Cor, .*SWX_Core"):
        membership([Target("Seats", skus=["SWX_Cor", "X"])], known_skus(star, ENGINE))


def test_a_log_of_many_names_shows_a_few_and_counts_the_rest(tmp_path) -> None:
    lines = facts().loc[[0] * 40].assign(sku=[f"S{i:02d}" for i in range(40)])
    with pytest.raises(ConfigError, match="and 28 more"):
        membership([Target("x")], known_skus(make_star(tmp_path / "s", lines), ENGINE))


def test_a_division_not_yet_launched_may_be_absent_on_request(tmp_path) -> None:
    known = known_skus(facts_star(tmp_path / "s"), ENGINE)
    found = membership([Target("Nova")], known, may_be_absent=True)
    assert found.empty
    assert list(found.columns) == ["target", "division_key", "sku_key"]


def test_two_targets_with_one_key_are_refused(tmp_path) -> None:
    with pytest.raises(ConfigError, match="same key; got solidworks"):
        two = [Target("Solidworks"), Target("SOLIDWORKS")]
        membership(two, known_skus(facts_star(tmp_path / "s"), ENGINE))
