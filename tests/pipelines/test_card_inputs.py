"""A waiver shows on the card, whichever family reads the attribute."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gosales.data.star import Attribute
from gosales.features.families.encoder import Encoder
from gosales.features.families.profile import Profile
from gosales.features.families.recency import Recency
from gosales.pipelines.card_inputs import waiver_tags, waivers


def prepared(*families: Any) -> Any:
    attributes = {
        "Last status": Attribute("snapshot", waived=True),
        "industry": Attribute("static"),
        "size": Attribute("snapshot"),
    }
    specs = [spec for family in families for spec in family.specs()]
    return SimpleNamespace(
        training=SimpleNamespace(specs=specs),
        star=SimpleNamespace(manifest=SimpleNamespace(attributes=attributes)),
    )


@pytest.mark.parametrize(
    ("family", "said"),
    [
        (Profile(attributes=["Last status"]), "used by waiver"),
        (Encoder(levels=["Last status"], pseudo_counts=[50.0]), "used by waiver"),
        (Encoder(levels=["industry"], pseudo_counts=[50.0]), "admitted by waiver, no column"),
        (Recency(), "admitted by waiver, no column"),
    ],
)
def test_the_card_says_whether_a_waived_attribute_is_used(family: Any, said: str) -> None:
    (sentence,) = waivers(prepared(family))
    assert sentence.startswith(f"Last status: a snapshot attribute {said}")
    assert sentence.endswith("may know the future")
    assert waiver_tags(prepared(family)) == {"waivers": "Last status"}
