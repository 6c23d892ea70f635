"""What is owned, active and running out, recomputed asset by asset."""

from __future__ import annotations

import math
from datetime import date
from typing import NamedTuple

import pandas as pd
import pytest
from tests.support.family_frame import family_blocks, filled
from tests.support.plain_log import TARGETS, assert_same, bounds
from tests.support.random_log import CUTOFFS, random_assets, random_lines
from tests.support.tiny_star import make_star

from gosales.features.families.assets import Assets


class Asset(NamedTuple):
    customer: str
    bought: date
    known: date
    expiry: date | None
    rollup: str
    subscribed: bool


def parsed(frame: pd.DataFrame) -> list[Asset]:
    def day(text: str) -> date | None:
        return None if pd.isna(text) else date.fromisoformat(text)

    return [
        Asset(
            r.customer_id,
            day(r.purchase_date),
            day(r.known_date),
            day(r.expiry_date),
            " ".join(r.rollup.split()).lower().replace(" ", "_"),
            r.is_subscription is True,
        )
        for r in frame.itertuples()
    ]


def recomputed(family: Assets, measure: str, mine: list[Asset], end: date) -> float:
    def left(x: Asset) -> int | None:
        return None if x.expiry is None else (x.expiry - end).days

    active = [x for x in mine if x.expiry is None or left(x) > 0]
    expired = [x for x in mine if x not in active]
    if measure == "owned":
        return len(mine)
    if measure == "active":
        return len(active)
    if measure == "subscription_share":
        return sum(x.subscribed for x in active) / len(active) if active else math.nan
    if measure.startswith("subscriptions_"):
        _, state, *rollup = measure.split("_", 2)
        chosen = active if state == "on" else expired
        return sum(x.subscribed and (not rollup or x.rollup == rollup[0]) for x in chosen)
    if measure == "days_since_expiry":
        return min((-left(x) for x in expired), default=math.nan)
    days = int(measure.removeprefix("expiring_").removesuffix("d"))
    guard = family.guard_days
    return sum(x.expiry is not None and guard < left(x) <= guard + days for x in mine)


@pytest.mark.parametrize(
    "family",
    [Assets(rollups=["Printers", "am support"]), Assets([7, 45], guard_days=0, lag_days=60)],
)
def test_every_cell_is_what_its_formula_says(family, tmp_path):
    lines = random_lines(4, n=60, n_customers=12)
    frame = random_assets(4, lines)
    ids = [*sorted({*lines["customer_id"]}), "nobody"]
    star = make_star(tmp_path, lines, assets=frame)
    blocks = family_blocks(family, star, CUTOFFS, TARGETS)
    assert set(blocks) == {(c, None) for c in CUTOFFS}
    for (cutoff, _), block in blocks.items():
        got = filled(block, ids, family)
        for spec in family.specs():
            _, end = bounds(cutoff, spec.lookback.token)
            seen = [x for x in parsed(frame) if max(x.bought, x.known) <= end]
            want = [
                recomputed(family, spec.measure, [x for x in seen if x.customer == c], end)
                for c in ids
            ]
            share = spec.measure == "subscription_share"
            assert_same(got[spec.name], want, spec, 1e-12 if share else 0.0)
