from pathlib import Path

import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.offset import Offset
from gosales.features.safe import SafePolicy

TARGET = members(swx=[("Solidworks", "SWX_Core")])
# 60 days before 2024-06-30 is 2024-05-01; three months before that is 2024-02-01.
LINES = """
    customer_id  order_date  known_date  sku       division    gross_profit  revenue
    c1           2024-02-01  2024-02-01  SWX_Core  Solidworks  1000          4000
    c1           2024-02-02  2024-02-02  SWX_Core  Solidworks  10            40
    c1           2024-05-01  2024-05-01  CAD       Training    30            40
    c1           2024-05-02  2024-05-02  SWX_Core  Solidworks  1000          4000
    c2           2024-04-30  2024-05-02  SWX_Core  Solidworks  10            40
"""


def test_it_says_what_rfm_would_have_said_60_days_ago(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(LINES))
    got = family_frame(Offset(months=[3]), star, "2024-06-30", TARGET)
    assert got.loc["c1"].to_dict() == {
        "tx_count 3m_lag60d": 2,
        "gp_sum 3m_lag60d": 40,
        "gp_mean 3m_lag60d": 20,
        "margin 3m_lag60d": 0.5,
    }
    # c2's line was not known yet.
    assert got.loc["c2", "tx_count 3m_lag60d"] == 0
    own = family_frame(Offset(months=[3]), star, "2024-06-30", TARGET, "swx")
    assert own.loc["c1", "gp_sum 3m_lag60d"] == 10


def test_safe_keeps_the_windows_that_are_long_enough() -> None:
    kept = SafePolicy("on").kept(Offset().specs())
    assert {s.lookback.token for s in kept} == {"6m_lag60d", "12m_lag60d", "24m_lag60d"}


def test_a_window_that_ends_at_the_cutoff_is_refused() -> None:
    with pytest.raises(ConfigError, match="offset family is malformed; got lag_days=0"):
        Offset(lag_days=0)


@pytest.mark.parametrize(
    ("bad", "match"),
    [({"months": [3, 3]}, "windows of family offset"), ({"money": "profit"}, "'profit'")],
)
def test_malformed_windows_and_money_are_refused(bad: dict[str, object], match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        Offset(**bad)  # type: ignore[arg-type]
