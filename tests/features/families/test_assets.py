from pathlib import Path

import pytest
from tests.support.family_frame import family_blocks, family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.assets import Assets
from gosales.features.safe import SafePolicy

TARGET = members(swx=[("Solidworks", "SWX_Core")])
LINES = table("""
    customer_id  order_date  sku       gross_profit
    c1           2023-01-01  SWX_Core  1
""")
ASSETS = """
    asset_id  customer_id  purchase_date  known_date  expiry_date  is_subscription  rollup
    forever   c1           2020-01-01     2020-01-01  -            False            Seats
    today     c1           2023-06-30     2023-06-30  2024-06-30   True             Plan
    tomorrow  c1           2023-07-01     2023-07-01  2024-07-01   True             Plan
    d30       c1           2023-07-01     2023-07-01  2024-07-30   True             PLAN
    d31       c1           2023-07-01     2023-07-01  2024-07-31   True             Support
    d60       c1           2023-07-01     2023-07-01  2024-08-29   -                Support
    d61       c1           2024-06-10     2024-06-10  2024-08-30   False            Support
    later     c1           2024-07-01     2024-07-01  2024-08-01   True             Plan
    late      c1           2024-06-01     2024-07-01  2024-08-01   True             Plan
"""


@pytest.fixture
def star(tmp_path: Path):
    return make_star(tmp_path, LINES, assets=table(ASSETS))


def test_what_is_owned_and_what_is_still_active(star) -> None:
    got = family_frame(Assets(), star, "2024-06-30", TARGET).loc["c1"]
    # Bought or entered after the cutoff: not there. On the day of its expiry an asset is over.
    assert got["owned ever"] == 7
    assert got["active ever"] == 6
    assert got["subscriptions_on ever"] == 3
    assert got["subscriptions_off ever"] == 1
    assert got["subscription_share ever"] == pytest.approx(3 / 6)
    assert got["days_since_expiry ever"] == 0


def test_what_expires_after_the_guard(star) -> None:
    got = family_frame(Assets(), star, "2024-06-30", TARGET).loc["c1"]
    # 31 and 60 days ahead lie in (30, 60]; 30 days do not, 61 only in the next window.
    assert got["expiring_30d ever"] == 2
    assert got["expiring_60d ever"] == 3
    assert got["expiring_90d ever"] == 3


def test_the_lagged_twin_looks_from_earlier_and_knows_less(star) -> None:
    got = family_frame(Assets(), star, "2024-06-30", TARGET).loc["c1"]
    # From 2024-05-31: 30 days ahead is today, 31 days tomorrow; d61, 91 ahead, was not bought.
    assert got["expiring_30d ever_lag30d"] == 2
    assert got["expiring_60d ever_lag30d"] == got["expiring_90d ever_lag30d"] == 4
    assert "days_since_expiry ever_lag30d" in got.index
    assert got.isna()["days_since_expiry ever_lag30d"]


def test_each_listed_rollup_has_its_columns(star) -> None:
    family = Assets(rollups=[" plan ", "Printers"])
    got = family_frame(family, star, "2024-06-30", TARGET).loc["c1"]
    assert got["subscriptions_on_plan ever"] == 2
    assert got["subscriptions_off_plan ever"] == 1
    # A rollup nobody owns: its columns exist and are zero.
    assert got["subscriptions_on_printers ever"] == got["subscriptions_off_printers ever"] == 0


def test_a_log_without_assets_has_no_rows(tmp_path: Path) -> None:
    blocks = family_blocks(Assets(), make_star(tmp_path, LINES), ["2024-06-30"], TARGET)
    assert blocks["2024-06-30", None].empty


def test_safe_drops_what_is_about_to_expire_and_keeps_the_lagged_twins() -> None:
    kept = {s.name for s in SafePolicy("on").kept(Assets().specs())}
    assert {"assets__active__all__ever", "assets__expiring_30d__all__ever_lag30d"} <= kept
    assert not {"assets__expiring_30d__all__ever", "assets__days_since_expiry__all__ever"} & kept


@pytest.mark.parametrize(
    "bad",
    [{"expiring_days": [30, 30]}, {"expiring_days": [0]}, {"guard_days": -1}, {"lag_days": 0},
     {"rollups": ["Plan", " plan "]}],
)  # fmt: skip
def test_malformed_parameters_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="assets family is malformed"):
        Assets(**bad)  # type: ignore[arg-type]
