"""The SAFE policy decides from windows alone, the same at training and at scoring."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.features.safe import SafePolicy
from gosales.features.safe_auto import SafeAuto
from gosales.features.spec import FeatureSpec

CONF = Path(__file__).resolve().parents[2] / "conf" / "safe_mode"


def spec(token: str | None, **flags: object) -> FeatureSpec:
    lookback = None if token is None else Lookback.parse(token)
    fields = {"family": "rfm", "measure": "x", "scope": "all", "description": "d", **flags}
    return FeatureSpec(lookback=lookback, **fields)  # type: ignore[arg-type]


SHORT = spec("3m")
HALF = spec("6m")
DAYS = spec("182d")
ENOUGH_DAYS = spec("183d")
SHORT_LAGGED = spec("3m_lag60d")
RECENT = spec("ever", family="recency", adjacency=True)
TWIN = spec("ever_lag30d", family="recency", adjacency=True)
ALMOST = spec("ever_lag29d", family="recency", adjacency=True)
TREND = spec("12m", family="trajectory", adjacency=True)
EXPOSURE = spec("24m", family="als", adjacency=True)
PROXY = spec("60d_lag30d", family="lag_proxy", is_lag_proxy=True)
CLOSE_PROXY = spec("60d", family="lag_proxy", is_lag_proxy=True)
STATIC = spec(None, family="profile")
EVERY = [SHORT, HALF, DAYS, ENOUGH_DAYS, SHORT_LAGGED, RECENT, TWIN, ALMOST, TREND, EXPOSURE,
         PROXY, CLOSE_PROXY, STATIC]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "kept"),
    [
        ("off", [s for s in EVERY if not s.is_lag_proxy]),
        ("on", [HALF, ENOUGH_DAYS, TWIN, PROXY, STATIC]),
        ("lite", [HALF, ENOUGH_DAYS, TWIN, EXPOSURE, PROXY, STATIC]),
    ],
)
def test_what_each_mode_keeps(mode: str, kept: list[FeatureSpec]) -> None:
    assert list(SafePolicy(mode).kept(EVERY)) == kept


def test_every_column_gets_a_decision_with_a_reason_in_order() -> None:
    decisions = SafePolicy("on").decide(EVERY)
    assert [d.spec for d in decisions] == EVERY
    assert [d.reason for d in decisions if d.spec in (SHORT, RECENT, CLOSE_PROXY)] == [
        "window of 3m is shorter than 6 months",
        "window ends 0 days before the cutoff, an adjacency-heavy column needs 30",
        "window ends 0 days before the cutoff, a lagged proxy needs 30",
    ]


def test_the_name_decides_nothing() -> None:
    renamed = [replace(s, measure="days_since_last_lag30d", family="safe") for s in EVERY]
    before = [d.keep for d in SafePolicy("on").decide(EVERY)]
    assert [d.keep for d in SafePolicy("on").decide(renamed)] == before


def test_the_bounds_are_parameters() -> None:
    policy = SafePolicy("on", safe_windows_min_months=3, guard_days=0)
    assert set(policy.kept(EVERY)) == set(EVERY)
    assert ALMOST in SafePolicy("on", guard_days=29).kept(EVERY)


@pytest.mark.parametrize("mode", [False, True, "auto", ""])
def test_an_unknown_mode_is_refused_with_the_remedy(mode: object) -> None:
    with pytest.raises(ConfigError, match=r"SAFE policy is malformed.*quote \"on\" and \"off\""):
        SafePolicy(mode)  # type: ignore[arg-type]


def test_a_negative_bound_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"safe_windows_min_months=-1, guard_days=-2"):
        SafePolicy("on", -1, -2)


def test_each_file_builds_the_mode_of_its_name() -> None:
    nodes = {p.stem: yaml.safe_load(p.read_text()) for p in CONF.glob("*.yaml")}
    assert set(nodes) == {"off", "on", "lite", "auto"}
    open_choice = nodes.pop("auto")
    assert open_choice.pop("_target_") == "gosales.features.safe_auto.SafeAuto"
    for name, node in nodes.items():
        assert node.pop("_target_") == "gosales.features.safe.SafePolicy"
        assert SafePolicy(**node).mode == name
    # What auto compares is what the files of its two modes say.
    auto = SafeAuto(**open_choice)
    assert [auto.policy(m) for m in ("on", "off")] == [
        SafePolicy(**nodes[m]) for m in ("on", "off")
    ]
    assert auto.min_gain_auc == 0.005


def test_auto_decides_nothing_by_itself() -> None:
    with pytest.raises(ConfigError, match=r"auto is decided when a model is trained; got 13 col"):
        SafeAuto().decide(EVERY)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"mode": "on"}, "choice of the SAFE policy is malformed; got mode='on'"),
        ({"min_gain_auc": -0.1}, "choice of the SAFE policy is malformed; .*min_gain_auc=-0.1"),
        ({"min_gain_auc": float("nan")}, "choice of the SAFE policy is malformed"),
        ({"guard_days": -1}, "SAFE policy is malformed; got guard_days=-1"),
    ],
)
def test_a_malformed_choice_is_refused(bad: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        SafeAuto(**bad)  # type: ignore[arg-type]
