"""Owners and the naive rank."""

from tests.support.label_case import ENGINE, facts_star

from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.labels.incumbency import Incumbency
from gosales.labels.known_skus import known_skus
from gosales.labels.membership import membership
from gosales.labels.target import Target

LINES = """
customer_id sku order_date quantity gross_profit
now         A   2024-06-30  1  5
now         A   2024-06-30  1  5
now         A   2024-01-01 -1 -5
now         B   2024-06-30  1  5
two_years   A   2022-07-01  1  5
long_ago    A   2022-06-30  1  5
other       B   2024-06-01  1  5
later       A   2024-07-01  1  5
"""


def test_owners_within_the_window_and_counts_of_purchase_lines(tmp_path) -> None:
    star = facts_star(tmp_path / "s", LINES)
    incumbency = Incumbency()
    member = membership([Target("A", skus=["A"])], known_skus(star, ENGINE))
    view = AsOfView(star, [Cutoff.parse("2024-06-30")], ENGINE, incumbency.lookbacks, member)
    found = incumbency.measure(view).to_pandas().set_index("customer_id").sort_index()
    assert found["is_owner"].to_dict() == {"long_ago": False, "now": True, "two_years": True}
    assert found["naive_count"].to_dict() == {"long_ago": 0.0, "now": 2.0, "two_years": 0.0}
    assert found["ever_owned"].all()
    assert set(incumbency.ever_bought(view)["customer_id"]) == {
        "now", "two_years", "long_ago", "other"
    }  # fmt: skip
