import pytest

from gosales.core.errors import ConfigError
from gosales.features.month_windows import month_windows


def test_shortest_first_with_the_lag() -> None:
    assert [w.token for w in month_windows("rfm", [12, 3], lag_days=60)] == [
        "3m_lag60d",
        "12m_lag60d",
    ]


@pytest.mark.parametrize("months", [[], [3, 3], [0], [True], [2.5], ["3"]])
def test_anything_but_distinct_positive_whole_numbers_is_refused(months: list[int]) -> None:
    with pytest.raises(ConfigError, match="windows of family rfm are malformed"):
        month_windows("rfm", months)
