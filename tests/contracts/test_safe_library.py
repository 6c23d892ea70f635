"""The SAFE policy over the whole library, as MISSION C11 and DOMAIN §4 say it."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate

from gosales.core.timeline import Cutoff
from gosales.data.star import Attribute
from gosales.features.families.profile import Profile

CONF = Path(__file__).resolve().parents[2] / "conf"
DAY = Cutoff.parse("2024-12-31")


@pytest.fixture(scope="module")
def specs():
    with initialize_config_dir(str(CONF), version_base="1.3"):
        nodes = compose(overrides=["+features=full"]).features.families
    families = instantiate(nodes, _convert_="all").values()
    known = {"industry": Attribute("static")}
    families = [f.for_attributes(known) if isinstance(f, Profile) else f for f in families]
    return [s for f in families for s in f.specs()]


def policy(file, **changes):
    node = yaml.safe_load((CONF / "safe_mode" / f"{file}.yaml").read_text())
    return instantiate(node | changes)


def kept(file, specs, **changes):
    return {s.name for s in policy(file, **changes).kept(specs)}


def is_near(spec, days):
    """Whether the newest event of a column may lie within so many days of the cutoff."""
    return spec.lookback is not None and spec.lookback.lag_days < days


def test_the_families_that_live_near_the_cutoff_say_so(specs):
    heavy = {s.family for s in specs if s.adjacency}
    named = {"recency", "cycle", "delta", "trajectory", "als", "item2vec", "assets"}
    # Days since last per division are recency by another name.
    assert named <= heavy <= named | {"division_mix"}
    assert {s.measure for s in specs if s.family == "assets" and not s.adjacency} == {
        "owned", "active", "subscription_share", "subscriptions_on", "subscriptions_off",
    }  # fmt: skip


def test_on_drops_short_windows_and_what_is_near_the_cutoff(specs):
    names = kept("on", specs)
    dropped = [s for s in specs if s.name not in names]
    short = {s.name for s in specs if s.lookback and (s.lookback.months or 99) < 6}
    near = {s.name for s in specs if s.adjacency and is_near(s, 30)}
    assert {s.name for s in dropped} == short | near
    assert short
    assert near


def test_what_is_dropped_near_the_cutoff_has_a_lagged_twin_that_stays(specs):
    names = kept("on", specs)
    twins = {(s.family, s.measure, s.scope) for s in specs if s.name in names and s.adjacency}
    lost = {(s.family, s.measure, s.scope) for s in specs if s.adjacency and s.name not in names}
    assert lost <= twins, sorted(lost - twins)


def test_proxies_tell_of_the_sixty_days_up_to_a_month_before_the_cutoff(specs):
    proxies = [s for s in specs if s.is_lag_proxy]
    windows = {s.lookback.window(DAY) for s in proxies}
    assert {(w.start, w.end) for w in windows} == {(date(2024, 10, 2), date(2024, 12, 1))}
    assert {s.name for s in proxies} <= kept("on", specs) & kept("lite", specs)
    assert {(s.measure, s.scope) for s in proxies} == {
        (m, s) for m in ("tx_rate", "gp_rate") for s in ("all", "target")
    }


def test_one_flag_turns_it_all_off(specs):
    assert kept("off", specs) == {s.name for s in specs if not s.is_lag_proxy}
    assert kept("on", specs, mode="off") == kept("off", specs)


def test_lite_is_on_with_als(specs):
    als = {s.name for s in specs if s.family == "als"}
    assert kept("lite", specs) == kept("on", specs) | als


def test_the_shortest_window_is_a_value(specs):
    wider = kept("on", specs, safe_windows_min_months=12) - kept("on", specs)
    fewer = kept("on", specs) - kept("on", specs, safe_windows_min_months=12)
    assert not wider
    assert {s.lookback.months for s in specs if s.name in fewer} == {6}


def test_every_decision_has_a_reason_that_names_its_ground(specs):
    words = ("window", "lagged", "static", "SAFE", "kept")
    for mode in ("on", "lite", "off"):
        for decision in policy(mode).decide(specs):
            assert any(w in decision.reason for w in words), decision
