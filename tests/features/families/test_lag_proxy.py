from pathlib import Path

import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.lag_proxy import LagProxy

TARGET = members(swx=[("Solidworks", "SWX_Core")])
# The window of cutoff 2024-06-30 is (2024-04-01, 2024-05-31].
LINES = """
    customer_id  order_date  known_date  sku       division    gross_profit
    c1           2024-04-01  2024-04-01  SWX_Core  Solidworks  1000
    c1           2024-04-02  2024-04-02  SWX_Core  Solidworks  10
    c1           2024-05-31  2024-05-31  CAD       Training    30
    c1           2024-05-31  2024-05-31  SWX_Core  Solidworks  -4
    c1           2024-06-01  2024-06-01  SWX_Core  Solidworks  1000
    c2           2024-05-30  2024-06-02  SWX_Core  Solidworks  10
"""


def test_rates_per_30_days_over_the_lagged_window(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(LINES))
    got = family_frame(LagProxy(), star, "2024-06-30", TARGET)
    # c2's line was not known when the window ended.
    nothing = {"tx_rate 60d_lag30d": 0, "gp_rate 60d_lag30d": 0}
    assert got.loc["c1"].to_dict() == {"tx_rate 60d_lag30d": 1, "gp_rate 60d_lag30d": 18}
    assert got.loc["c2"].to_dict() == nothing
    own = family_frame(LagProxy(), star, "2024-06-30", TARGET, "swx")
    assert own.loc["c1"].to_dict() == {"tx_rate 60d_lag30d": 0.5, "gp_rate 60d_lag30d": 3}
    assert own.loc["c2"].to_dict() == nothing


def test_columns_say_that_they_are_proxies() -> None:
    assert all(spec.is_lag_proxy and not spec.nullable for spec in LagProxy().specs())


@pytest.mark.parametrize("bad", [{"window_days": 0}, {"lag_days": -1}])
def test_a_malformed_window_is_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="a lookback is malformed"):
        LagProxy(**bad)
