"""Names print and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.features.feature_name import FeatureName
from gosales.features.spec import FeatureSpec

words = st.from_regex(r"[a-z][a-z0-9]{0,5}(_[a-z0-9]{1,5}){0,2}", fullmatch=True)
sizes = st.integers(1, 60)
lags = st.integers(0, 400)
lookbacks = (
    st.none()
    | st.builds(Lookback, months=sizes, lag_days=lags)
    | st.builds(Lookback, days=sizes, lag_days=lags)
    | st.builds(Lookback, lag_days=lags)
)


@given(words, words, st.sampled_from(["all", "target"]), lookbacks)
def test_round_trip(family, measure, scope, lookback) -> None:
    spec = FeatureSpec(family, measure, scope, lookback, "x")
    name = FeatureName.parse(spec.name)
    assert name == (family, measure, scope, lookback)
    assert str(name) == spec.name


@pytest.mark.parametrize(
    "wrong",
    ["", "gp", "rfm__gp__all", "rfm__gp__some__12m", "__gp__all__12m", "a__b__all__012m",
     "a__b__all__12m__x"],
)  # fmt: skip
def test_a_malformed_name_is_refused(wrong) -> None:
    with pytest.raises(ConfigError, match="a feature name is malformed"):
        FeatureName.parse(wrong)


def test_an_unknown_window_is_refused() -> None:
    with pytest.raises(ConfigError, match="lookback token is not understood; got '12y'"):
        FeatureName.parse("rfm__gp__all__12y")
