"""Contacts and deals as features: rebuilt without a future they stay, and a deal's end does not."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from tests.support.label_case import panel
from tests.support.random_log import random_lines
from tests.support.tiny_star import make_star

from gosales.core.columns import CLOSED_DATE, CONTACT_DATE, CUTOFF, KNOWN_DATE, OPENED_DATE, STAGE
from gosales.core.timeline import Cutoff, Lookback
from gosales.data.renamed_star import RenamedStar
from gosales.data.star import DEALS
from gosales.data.star_table import star_table
from gosales.data.star_variant import poison, truncate
from gosales.features.family import FeatureBlock
from gosales.features.spec import FeatureSpec
from gosales.gauntlet.panel_difference import panel_differences

CUT = "2024-06-30"
YEAR, EVER = Lookback(months=12), Lookback()


@dataclass(frozen=True)
class Selling:
    """Contacts of the year, deals open now, deals won so far: of the view, or with a peek."""

    peek: str = ""
    name: str = field(default="selling", init=False)

    def specs(self):
        measures = {"contacts": YEAR, "open_deals": EVER, "won_deals": EVER}
        return [FeatureSpec(self.name, m, "all", lb, m) for m, lb in measures.items()]

    def compute(self, view):
        contacts, deals = view.contacts(), self._deals(view)
        names = [spec.name for spec in self.specs()]
        recent = view.within(contacts, YEAR, CONTACT_DATE).cast("int64").sum()
        begun = view.within(deals, EVER, OPENED_DATE)
        counts = [(begun & (deals[STAGE] == s)).cast("int64").sum() for s in ("open", "won")]
        told = contacts.group_by(view.keys(contacts)).aggregate(**{names[0]: recent})
        keys = view.keys(deals)
        made = deals.group_by(keys).aggregate(**dict(zip(names[1:], counts, strict=True)))
        both = made.outer_join(told, keys)
        return FeatureBlock(
            all=both.select(
                *[both[k].coalesce(both[f"{k}_right"]).name(k) for k in keys],
                *[both[n].coalesce(0).name(n) for n in names],
            )
        )

    def _deals(self, view):
        if self.peek != "end":
            return view.deals()
        # Opened in time, but with the stage the log ends with.
        raw = star_table(view.star, DEALS, view.engine)
        bounds = view.deals().select(CUTOFF, "ever__start", "ever__end").distinct()
        joined = raw.cross_join(bounds)
        return joined.filter(
            (joined[OPENED_DATE] <= joined[CUTOFF]) & (joined[KNOWN_DATE] <= joined[CUTOFF])
        )


@pytest.fixture(scope="module")
def star(tmp_path_factory):
    rng, lines = np.random.default_rng(4), random_lines(4, n=200, n_customers=20)
    days = pd.date_range("2024-01-01", "2024-12-31").strftime("%Y-%m-%d").to_numpy()

    def some(n):
        first = rng.integers(0, 300, n)
        return {
            "customer_id": rng.choice(lines["customer_id"].unique(), n),
            "event": days[first],
            "known_date": days[first + rng.integers(0, 10, n)],
            "later": days[first + rng.integers(10, 65, n)],
        }

    contacts = pd.DataFrame(some(80)).rename(columns={"event": CONTACT_DATE, "later": "channel"})
    deals = pd.DataFrame(some(80)).rename(columns={"event": OPENED_DATE, "later": CLOSED_DATE})
    deals[STAGE] = rng.choice(["won", "lost"], 80)
    deals = deals.assign(deal_id=[f"D{i}" for i in range(80)], division="Training", amount=5.0)
    return make_star(tmp_path_factory.mktemp("s"), lines, contacts=contacts, deals=deals)


def differences(star, tmp_path, **options):
    def build(one):
        return panel(one, CUT, families=[Selling(**options)])

    truth, cut = build(star), Cutoff.parse(CUT)
    assert truth.X.to_numpy().sum() > 30
    found = {"truncated": build(truncate(star, cut, tmp_path / "cut"))}
    renamed = RenamedStar.of(star, tmp_path / "named", 3)
    other = build(poison(renamed.star, cut, tmp_path / "poisoned", 3))
    rows = other.rows.copy()
    for name in ("customer_id", "group"):
        rows[name] = rows[name].map(lambda n: renamed.true_names.get(n, n))
    found["poisoned"] = type(other)(**{**vars(other), "rows": rows})
    return {kind: panel_differences(truth, p, "features") for kind, p in found.items()}


def test_what_the_view_shows_is_the_same_without_a_future(star, tmp_path):
    assert differences(star, tmp_path) == {"truncated": [], "poisoned": []}


def test_a_peek_at_how_deals_end_shows_in_both(star, tmp_path):
    found = differences(star, tmp_path, peek="end")
    for kind in ("truncated", "poisoned"):
        assert "selling__won_deals__all__ever" in {d["column"] for d in found[kind]}
