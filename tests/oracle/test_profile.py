"""Attributes are what the source says of the customers known at each cutoff."""

from __future__ import annotations

from tests.support.family_frame import family_blocks
from tests.support.plain_log import TARGETS
from tests.support.random_log import ATTRIBUTES, CUTOFFS, random_customers, random_lines
from tests.support.tiny_star import make_star

from gosales.features.families.profile import Profile


def test_the_profile_is_what_the_source_says(tmp_path):
    lines = random_lines(3)
    customers = random_customers(3, lines)
    star = make_star(tmp_path, lines, customers, attributes=ATTRIBUTES)
    known = lines.groupby("customer_id")["known_date"].min()
    family = Profile().for_attributes(ATTRIBUTES)
    for (cutoff, _), frame in family_blocks(family, star, CUTOFFS, TARGETS).items():
        want = customers[(customers["customer_id"].map(known) <= cutoff).to_numpy()]
        assert frame["customer_id"].tolist() == want["customer_id"].tolist()
        assert frame["profile__size__all__static"].tolist() == want["size"].tolist()
        region = frame["profile__region__all__static"].fillna("none").tolist()
        assert region == want["region"].fillna("none").tolist()
