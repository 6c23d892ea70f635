from __future__ import annotations

import pandas as pd
import pytest
from tests.support.toy_star import toy_star

from gosales.data.star import CUSTOMERS, TABLES, TRANSACTIONS
from gosales.data.swapped_star import swapped_star


@pytest.fixture(scope="module")
def star(tmp_path_factory):
    return toy_star(tmp_path_factory.mktemp("toy") / "star", n=20)


def test_nobody_keeps_its_undated_values_and_they_stay_together(star, tmp_path):
    swapped = swapped_star(star, tmp_path / "swapped", 1)
    old, new = (pd.read_parquet(s.table(CUSTOMERS)) for s in (star, swapped))
    dated = ["customer_id", "first_known_date"]
    pd.testing.assert_frame_equal(new[dated], old[dated])
    # Sizes differ between all accounts of the toy.
    assert (new["size"] != old["size"]).all()
    pairs = [set(t[["size", "region"]].itertuples(index=False, name=None)) for t in (old, new)]
    assert pairs[0] == pairs[1]


def test_nothing_with_a_date_differs_but_the_digests(star, tmp_path):
    swapped = swapped_star(star, tmp_path / "swapped", 1)
    old, new = (pd.read_parquet(s.table(TRANSACTIONS)) for s in (star, swapped))
    pd.testing.assert_frame_equal(new, old)
    assert swapped.digest not in (star.digest, swapped_star(star, tmp_path / "other", 2).digest)
    digests = [s.manifest.table_digests for s in (star, swapped)]
    assert all(digests[0][name] != digests[1][name] for name in TABLES)
