from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from tests.support.toy_candidate import FORWARD, HORIZON, ToyCandidate
from tests.support.toy_star import star_of_lines

from gosales.core.timeline import Cutoff
from gosales.gauntlet.announcements import announcements

IDS = ["open", "later", "late", "lost", "won", "expires", "expired", "beyond", "soon", "none"]


def days(*after):
    return [pd.Timestamp(FORWARD.day) + pd.Timedelta(days=d) for d in after]


@pytest.fixture
def told(tmp_path):
    lines = pd.DataFrame(
        {"customer_id": IDS, "order_date": pd.Timestamp("2022-01-01"), "division": "alpha"}
    )
    deals = pd.DataFrame(
        {
            "deal_id": list("abcde"),
            "customer_id": ["open", "later", "late", "lost", "won"],
            "opened_date": days(-20, 1, -20, -20, -20),
            "known_date": days(0, 1, 1, -20, -20),
            "closed_date": days(5, 5, 5, -1, 0),
            "stage": ["won", "won", "won", "lost", "won"],
            "amount": 1.0,
        }
    )
    last = HORIZON.window(FORWARD).end
    assets = pd.DataFrame(
        {
            "asset_id": list("abcde"),
            "customer_id": ["expires", "expired", "beyond", "soon", "soon"],
            "purchase_date": pd.Timestamp("2022-01-01"),
            "known_date": pd.Timestamp("2022-01-01"),
            "expiry_date": [
                pd.Timestamp(last),
                *days(0),
                pd.Timestamp(last + pd.Timedelta(days=1)),
                *days(1, 9),
            ],
        }
    )
    return star_of_lines(tmp_path / "star", lines, deals=deals, assets=assets)


def test_an_open_deal_and_an_expiry_in_the_window_announce(audit, told):
    panel = ToyCandidate().build(told, [FORWARD])
    found = announcements(replace(audit(), star=told), panel)
    said = dict(zip(panel.rows["customer_id"], found, strict=True))
    horizon = FORWARD.days_until(Cutoff(HORIZON.window(FORWARD).end))
    near = {name: value for name, value in said.items() if value > 0}
    assert near == {"open": 1.0, "expires": pytest.approx(1 / horizon), "soon": 1.0}


def test_a_log_without_deals_announces_nothing(audit):
    context = audit()
    found = announcements(context, context.training)
    assert len(found) == len(context.training) and not found.any()
    assert not len(announcements(context, context.training.at([])))
