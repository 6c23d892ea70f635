import pandas as pd
import pytest

from gosales.core.errors import ConfigError, InternalError
from gosales.features.spec import FeatureSpec
from gosales.features.transforms.vocabulary import Vocabulary

REGION = FeatureSpec("profile", "region", "all", None, "region", dtype="category", nullable=True)
SIZE = FeatureSpec("profile", "size", "all", None, "size", nullable=True)
NAME = REGION.name


def frame(levels: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({NAME: pd.array(levels, dtype="str"), SIZE.name: 1.0})


def test_one_column_per_level_then_other_then_missing() -> None:
    fitted = Vocabulary(min_count=2).fit(frame(["b", "b", "a", "a", "rare", None]), [REGION, SIZE])
    got = fitted.apply(frame(["a", "b", "rare", "never seen", None]))
    assert [c.removeprefix(f"{NAME}_is_") for c in got.columns] == [
        SIZE.name, "a", "b", "other", "missing",
    ]  # fmt: skip
    assert got.drop(columns=SIZE.name).to_numpy().tolist() == [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
    ]
    assert set(got.dtypes.astype(str)) == {"float64"}


def test_ordinal_codes_are_in_order_of_name() -> None:
    vocabulary = Vocabulary(encoding="ordinal", min_count=1)
    fitted = vocabulary.fit(frame(["b", "a"]), [REGION, SIZE])
    got = fitted.apply(frame(["a", "b", "new", None]))
    assert got[NAME].to_list() == [0.0, 1.0, 2.0, -1.0]
    assert list(got.columns) == [NAME, SIZE.name]


def test_the_most_frequent_levels_are_kept_ties_by_name() -> None:
    vocabulary = Vocabulary(min_count=1, max_levels=2)
    fitted = vocabulary.fit(frame(["c", "b", "a", "c"]), [REGION])
    assert fitted.levels[NAME] == ("a", "c")


def test_levels_never_share_a_column() -> None:
    levels = ["A/B", "a b", "Other", "missing", "Ü", "É"]
    fitted = Vocabulary(min_count=1).fit(frame([*levels]), [REGION])
    got = fitted.apply(frame([*levels]))
    assert got.columns.is_unique
    assert (got.drop(columns=SIZE.name).sum() == [1, 1, 1, 1, 1, 1, 0, 0]).all()


def test_a_column_of_nulls_only_has_other_and_missing() -> None:
    fitted = Vocabulary().fit(frame([None, None]), [REGION])
    assert fitted.apply(frame([None, "x"])).iloc[:, 1:].to_numpy().tolist() == [[0, 1], [1, 0]]


def test_a_lost_column_is_named() -> None:
    fitted = Vocabulary().fit(frame(["a"]), [REGION])
    with pytest.raises(InternalError, match=f"category column is not in the matrix.*{NAME}"):
        fitted.apply(frame(["a"]).drop(columns=NAME))


@pytest.mark.parametrize("bad", [{"encoding": "hash"}, {"min_count": 0}, {"max_levels": 0}])
def test_malformed_parameters_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="vocabulary transform is malformed"):
        Vocabulary(**bad)  # type: ignore[arg-type]
