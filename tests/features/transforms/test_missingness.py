import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import ConfigError, InternalError
from gosales.core.timeline import Lookback
from gosales.features.spec import FeatureSpec
from gosales.features.transforms.missingness import Missingness

EVER = Lookback()
DAYS = FeatureSpec("recency", "days_since_last", "all", EVER, "days", nullable=True)
SIZE = FeatureSpec("profile", "size", "all", None, "size", nullable=True)
COUNT = FeatureSpec("rfm", "tx_count", "all", EVER, "orders")
REGION = FeatureSpec("profile", "region", "all", None, "region", dtype="category", nullable=True)
SPECS = [DAYS, COUNT, SIZE, REGION]


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            DAYS.name: [3.0, np.nan],
            COUNT.name: [1.0, 0.0],
            SIZE.name: [5.0, 6.0],
        }
    )


def test_mask_first_then_one_fill() -> None:
    # DOMAIN §6 case 7: a customer without transactions has the missing flag 1.
    got = Missingness(fill_value=-1.0).fit(frame(), SPECS).apply(frame())
    assert got.to_dict("list") == {
        DAYS.name: [3.0, -1.0],
        COUNT.name: [1.0, 0.0],
        SIZE.name: [5.0, 6.0],
        f"{DAYS.name}_missing": [0.0, 1.0],
        f"{SIZE.name}_missing": [0.0, 0.0],
    }


def test_the_declaration_decides_and_not_the_data() -> None:
    full = frame().fillna(1.0)
    assert Missingness().fit(full, SPECS) == Missingness().fit(frame(), SPECS)


def test_switched_off_it_changes_nothing() -> None:
    got = Missingness(enable=False).fit(frame(), SPECS).apply(frame())
    pd.testing.assert_frame_equal(got, frame())


def test_the_index_is_kept() -> None:
    X = frame().set_axis([7, 9])
    got = Missingness().fit(X, SPECS).apply(X)
    assert list(got.index) == [7, 9]
    assert got.notna().all(axis=None)


def test_a_lost_column_is_named() -> None:
    fitted = Missingness().fit(frame(), SPECS)
    with pytest.raises(InternalError, match="may be null is not in the matrix.*size"):
        fitted.apply(frame().drop(columns=SIZE.name))


def test_a_fill_that_is_no_number_is_refused() -> None:
    with pytest.raises(ConfigError, match="fill value is not a number.*nan"):
        Missingness(fill_value=float("nan"))
