"""Expected value: own history, then the segment's, then everybody's; known by the cutoff."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import Attribute, Star, StarManifest
from gosales.whitespace.expected_value import HALF_YEARS, ExpectedValue

CUTOFF = Cutoff(date(2024, 6, 30))
INDUSTRIES = {"a": "med", "b": "med", "c": "auto", "new": "auto", "far": None}
# customer, order date, known date, gross profit; the half years begin 2024-01-01, 2023-07-03, ...
LINES = """
a    2024-05-01 2024-05-01   100
a    2024-05-02 2024-05-02   -40
a    2023-10-01 2023-10-01    20
b    2023-12-30 2024-01-09    40
c    2024-03-01 2024-03-01   200
c    2024-06-20 2024-07-05  9000
c    2024-07-01 2024-07-01  9000
far  2021-01-01 2021-01-01  9000
"""


def view(root: Path, lines: str = LINES) -> AsOfView:
    rows = [line.split() for line in lines.strip().splitlines()]
    n = len(rows)
    money = pa.array([float(r[3]) for r in rows]).cast(pa.decimal128(18, 4))
    tx = {
        "customer_id": [r[0] for r in rows],
        "order_date": [date.fromisoformat(r[1]) for r in rows],
        "known_date": [date.fromisoformat(r[2]) for r in rows],
        "sku_key": ["p"] * n,
        "division_key": ["h"] * n,
        "revenue": money,
        "gross_profit": money,
        "is_purchase": [float(r[3]) > 0 for r in rows],
    }
    customers = {
        "customer_id": list(INDUSTRIES),
        "first_known_date": [date(2020, 1, 1)] * len(INDUSTRIES),
        "industry": pa.array(list(INDUSTRIES.values()), pa.string()),
    }
    pq.write_table(pa.table(tx), root / "fact_transactions.parquet")
    pq.write_table(pa.table(customers), root / "dim_customer.parquet")
    attributes = {"industry": Attribute("static")}
    manifest = StarManifest("t", "t", {}, {}, CUTOFF.day, CUTOFF.day, "gp", attributes)
    members = pd.DataFrame({"target": ["t"], "division_key": ["h"], "sku_key": ["p"]})
    return AsOfView(Star(root, manifest), [CUTOFF], DuckDBEngine(threads=1), HALF_YEARS, members)


def values(frame: pd.DataFrame) -> dict[str, float]:
    return dict(
        zip(
            frame["customer_id"].fillna("else"), frame["value_given_purchase"].round(3), strict=True
        )
    )


def test_own_half_years_are_pulled_to_the_mean(tmp_path: Path) -> None:
    # Values 60 and 20 (a), 40 (b), 200 (c): mean 80, no cap; k = 1.
    found = values(ExpectedValue(1.0, 1.0).estimate(view(tmp_path)))
    assert found == {"a": 53.333, "b": 60.0, "c": 140.0, "else": 80.0}


def test_a_segment_has_a_mean_of_its_own(tmp_path: Path) -> None:
    # med: (120 + 80) / 4 = 50; auto: (200 + 80) / 2 = 140.
    found = values(ExpectedValue(1.0, 1.0, segment="industry").estimate(view(tmp_path)))
    assert found == {"a": 43.333, "b": 45.0, "c": 170.0, "new": 140.0, "else": 80.0}


def test_an_unknown_segment_is_left_out(tmp_path: Path) -> None:
    plain = ExpectedValue().estimate(view(tmp_path))
    pd.testing.assert_frame_equal(ExpectedValue(segment="none").estimate(view(tmp_path)), plain)


def test_values_above_the_quantile_are_capped(tmp_path: Path) -> None:
    # The upper half of 20, 40, 60, 200 is cut at 50.
    found = values(ExpectedValue(0.0, 0.5).estimate(view(tmp_path)))
    assert found == {"a": 35.0, "b": 40.0, "c": 50.0, "else": 40.0}


def test_what_comes_after_the_cutoff_changes_nothing(tmp_path: Path) -> None:
    past = "\n".join(line for line in LINES.strip().splitlines() if "-07-0" not in line)
    (tmp_path / "past").mkdir()
    first = ExpectedValue().estimate(view(tmp_path))
    pd.testing.assert_frame_equal(ExpectedValue().estimate(view(tmp_path / "past", past)), first)


def test_a_target_nobody_bought_has_no_value(tmp_path: Path) -> None:
    lines = "far 2021-01-01 2021-01-01 10\na 2024-05-02 2024-05-02 -40"
    assert ExpectedValue(segment="industry").estimate(view(tmp_path, lines)).empty


def test_bad_parameters_are_refused() -> None:
    with pytest.raises(ConfigError, match="malformed.*prior_half_years=-1"):
        ExpectedValue(-1.0)
    with pytest.raises(ConfigError, match="cap_quantile=1.5"):
        ExpectedValue(1.0, 1.5)
