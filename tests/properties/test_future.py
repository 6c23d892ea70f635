"""Whatever is added after a cutoff, no feature and no roster row at that cutoff changes."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.label_case import builder
from tests.support.random_log import ATTRIBUTES, SKUS, random_customers, random_lines
from tests.support.tiny_star import make_star

from gosales.core.timeline import Cutoff
from gosales.data.star import Attribute, Star
from gosales.features.families.assets import Assets
from gosales.features.families.basket import Basket
from gosales.features.families.cycle import Cycle
from gosales.features.families.diversity import Diversity
from gosales.features.families.division_mix import DivisionMix
from gosales.features.families.encoder import Encoder
from gosales.features.families.lag_proxy import LagProxy
from gosales.features.families.profile import Profile
from gosales.features.families.recency import Recency
from gosales.features.families.rfm import Rfm
from gosales.features.families.tenure import Tenure
from gosales.features.panel import Panel
from gosales.labels.population import Population
from gosales.labels.target import Target

OUTCOME = ["y", "label_value", "label_gp", "first_event_days", "cohort"]
TARGET = Target("Solidworks")
FAMILIES = [
    Rfm(months=(3, 24)),
    Recency(half_lives_days=(90,)),
    Cycle(),
    Tenure(),
    Assets(),
    Diversity(months=(3,)),
    DivisionMix(divisions=["Training"]),
    LagProxy(),
    Profile(attributes=["region"], numbers=["size"]),
    Basket(min_support=2),
    Encoder(levels=["region"], pseudo_counts=[5.0]),
]
LINES = random_lines(11, n=150, n_customers=12)
CUSTOMERS = random_customers(11, LINES)

who = st.sampled_from([*CUSTOMERS["customer_id"], "new1", "new2"])
products = st.sampled_from([(d, s) for d in SKUS for s in SKUS[d]] + [("Solidworks", "Nova")])


@st.composite
def future_lines(draw: st.DrawFn, cutoff: Cutoff) -> pd.DataFrame:
    """Lines that happened, or became known, after the cutoff."""
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        division, sku = draw(products)
        after = cutoff.plus_days(draw(st.integers(1, 200)))
        # An old order that is entered late is as unknown as one that has not happened.
        happened = draw(st.sampled_from([after, cutoff, cutoff.minus_days(100)]))
        rows.append(
            {
                "customer_id": draw(who),
                "division": division,
                "sku": sku,
                "order_date": str(happened),
                "known_date": str(after),
                "quantity": draw(st.sampled_from([-50, 1, 1000])),
                "gross_profit": draw(st.sampled_from([-1e6, 1.0, 1e6])),
            }
        )
    return pd.DataFrame(rows)


def past(cutoff: Cutoff) -> pd.DataFrame:
    dates = LINES[["order_date", "known_date"]].max(axis=1)
    return LINES[dates <= pd.Timestamp(cutoff.day)]


def accounts(lines: pd.DataFrame, later: Cutoff | None = None) -> pd.DataFrame:
    found = CUSTOMERS[CUSTOMERS["customer_id"].isin(lines["customer_id"])]
    more = sorted(set(lines["customer_id"]) - set(found["customer_id"]))
    found = pd.concat([found, pd.DataFrame({"customer_id": more})], ignore_index=True)
    if later is not None:
        prospect = {"customer_id": "later", "first_known_date": str(later), "region": "south"}
        found = pd.concat([found, pd.DataFrame([prospect])], ignore_index=True)
    return found


def asset(customer: str, day: Cutoff, known: Cutoff | None = None) -> dict[str, str]:
    own = {"asset_id": f"{customer}{day}", "customer_id": customer, "purchase_date": str(day)}
    return own | {"known_date": str(known or day)}


def rewritten(customers: pd.DataFrame) -> pd.DataFrame:
    """Accounts as a later extraction shows them: a snapshot attribute tells of the future."""
    return customers.assign(status=[f"won {i}" for i in range(len(customers))])


def panel(star: Star, cutoff: Cutoff) -> Panel:
    parts = builder(families=FAMILIES, population=Population(include_prospects=True))
    return parts.build(star, [TARGET], [cutoff])[TARGET.key]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), day=st.dates(date(2023, 6, 1), date(2024, 8, 31)))
def test_the_future_changes_nothing(data: st.DataObject, day: date) -> None:
    cutoff = Cutoff(day)
    known = past(cutoff)
    later = cutoff.plus_days(data.draw(st.integers(1, 100)))
    lines = pd.concat([known, data.draw(future_lines(cutoff))], ignore_index=True)
    owned = [asset("c01", cutoff.minus_days(3))]
    bought = [
        asset("c02", later), asset("c03", later),
        asset("c04", cutoff.minus_days(9), known=later), asset("new1", cutoff, known=later),
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        before = make_star(
            Path(folder) / "a", known, accounts(known), pd.DataFrame(owned), attributes=ATTRIBUTES
        )
        after = make_star(
            Path(folder) / "b",
            lines,
            rewritten(accounts(lines, later)),
            pd.DataFrame([*owned, *bought]),
            attributes=ATTRIBUTES,
        )
        one, two = panel(before, cutoff), panel(after, cutoff)
    pd.testing.assert_frame_equal(
        one.rows.drop(columns=OUTCOME), two.rows.drop(columns=OUTCOME), check_exact=True
    )
    pd.testing.assert_frame_equal(one.X, two.X, check_exact=True)
    pd.testing.assert_frame_equal(one.provenance, two.provenance)


def test_a_waived_attribute_does_tell_of_the_future(tmp_path: Path) -> None:
    """The test above can fail: what a waiver admits changes with the extraction."""
    cutoff = Cutoff(date(2024, 3, 31))
    waived = ATTRIBUTES | {"status": Attribute("snapshot", waived=True)}
    parts = builder(families=[Profile(attributes=["status"])])
    one, two = (
        parts.build(
            make_star(tmp_path / str(i), past(cutoff), made, attributes=waived), [TARGET], [cutoff]
        )[TARGET.key]
        for i, made in enumerate((accounts(past(cutoff)), rewritten(accounts(past(cutoff)))))
    )
    assert not one.X.equals(two.X)
