import math
from pathlib import Path

import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.recency import Recency

TARGET = members(swx=[("Solidworks", "SWX_Core")])
LINES = """
    customer_id  order_date  known_date  sku       division    gross_profit
    c1           2024-03-22  2024-03-22  SWX_Core  Solidworks  10
    c1           2024-06-20  2024-06-20  CAD       Training    10
    c1           2024-06-28  2024-06-28  SWX_Core  Solidworks  -4
    c2           2024-06-30  2024-06-30  CAD       Training    10
    c3           2024-05-20  2024-06-10  SWX_Core  Solidworks  10
"""


def test_days_log_and_decays_since_the_last_purchase(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(LINES))
    got = family_frame(Recency(), star, "2024-06-30", TARGET, "swx").loc["c1"]
    # 2024-03-22 to 2024-06-30 is 100 days; the return of June is no purchase.
    assert got["days_since_last ever"] == 100
    assert got["log_days_since_last ever"] == pytest.approx(math.log1p(100))
    assert got["decay_30d ever"] == pytest.approx(2 ** (-100 / 30))
    assert got["decay_180d ever"] == pytest.approx(2 ** (-100 / 180))
    assert got["days_since_last ever_lag30d"] == 70


def test_today_is_zero_days_and_full_freshness(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(LINES))
    got = family_frame(Recency(), star, "2024-06-30", TARGET).loc["c2"]
    assert (got["days_since_last ever"], got["decay_30d ever"]) == (0, 1)


def test_the_lagged_twin_forgets_the_last_days_and_what_was_known_later(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(LINES))
    got = family_frame(Recency(), star, "2024-06-30", TARGET)
    assert got["days_since_last ever"].to_dict() == {"c1": 10, "c2": 0, "c3": 41}
    # c1: as of 31 May its last purchase is 70 days old; c2 had none; c3's was not known by then.
    assert got["days_since_last ever_lag30d"].dropna().to_dict() == {"c1": 70}
    assert got["decay_90d ever_lag30d"].to_dict() == {
        "c1": pytest.approx(2 ** (-70 / 90)),
        "c2": 0,
        "c3": 0,
    }


def test_every_column_is_adjacency_heavy_so_that_safe_can_judge_it() -> None:
    assert all(spec.adjacency for spec in Recency().specs())


@pytest.mark.parametrize("bad", [{"half_lives_days": [30, 30]}, {"half_lives_days": [0]},
                                 {"lag_days": 0}])  # fmt: skip
def test_malformed_parameters_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="recency family is malformed"):
        Recency(**bad)  # type: ignore[arg-type]
