"""Warm, cold, prospect: from what was known at the cutoff."""

import pandas as pd
import pytest
from tests.support.label_case import ENGINE, facts_star

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.labels.population import Population

LINES = """
customer_id sku order_date  known_date  quantity gross_profit
warm        A   2024-06-30  2024-06-30   1       5
edge_in     A   2023-01-01  2023-01-01   1       5
edge_out    A   2022-12-31  2022-12-31   1       5
owner       A   2022-01-01  2022-01-01   1       5
returner    A   2024-05-01  2024-05-01  -1      -5
late        A   2024-06-20  2024-07-02   1       5
future      A   2024-07-01  2024-07-01   1       5
"""
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["warm", "edge_in", "edge_out", "owner", "returner", "late", "future", "p"],
        "parent_account_id": ["holding", None, None, None, None, None, None, None],
        "rep": ["Ann", None, None, None, None, None, None, None],
        "first_known_date": [None] * 7 + ["2024-06-30"],
    }
)
ASSETS = pd.DataFrame(
    {
        "asset_id": ["1", "2", "3"],
        "customer_id": ["owner", "edge_out", "warm"],
        "purchase_date": ["2022-01-01", "2024-07-01", "2022-01-01"],
    }
)


def roster(path, **params) -> pd.DataFrame:
    star = facts_star(path / "s", LINES, customers=CUSTOMERS, assets=ASSETS)
    population = Population(**params)
    view = AsOfView(star, [Cutoff.parse("2024-06-30")], ENGINE, population.lookbacks)
    return population.roster(view)


def test_segments_at_the_very_edges_of_the_window(tmp_path) -> None:
    found = roster(tmp_path, include_prospects=True)
    assert dict(zip(found["customer_id"], found["segment"], strict=True)) == {
        "warm": "warm",  # its asset does not make it cold
        "edge_in": "warm",
        "edge_out": "prospect",  # its asset is bought after the cutoff
        "owner": "cold",
        "returner": "prospect",  # a return is no purchase
        "p": "prospect",
    }


def test_prospects_stay_out_unless_asked_for(tmp_path) -> None:
    found = roster(tmp_path)
    assert found["customer_id"].tolist() == ["edge_in", "owner", "warm"]
    assert found["group"].tolist() == ["edge_in", "owner", "holding"]
    assert found["rep"].fillna("-").tolist() == ["-", "-", "Ann"]


def test_a_window_without_length_is_refused() -> None:
    with pytest.raises(ConfigError, match="got warm_months=0"):
        Population(warm_months=0)
