"""Chains of parent accounts: resolved to the top, the same at every cutoff, refused in circles."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest
from tests.support.label_case import panel

from gosales.core.errors import DataError
from gosales.core.timeline import Cutoff
from gosales.data.star import CUSTOMERS
from gosales.data.star_variant import truncate


def accounts(**parents: str | None) -> pd.DataFrame:
    frame = pd.DataFrame({"customer_id": list(parents), "parent_account_id": [*parents.values()]})
    return frame.astype("string")


def tops(result) -> dict[str, str | None]:
    found = duckdb.sql(
        f"SELECT customer_id, parent_account_id FROM '{result.star.table(CUSTOMERS)}'"
    ).fetchall()
    return dict(found)


CHAIN = {"c1": "c2", "c2": "c3", "c3": "holding", "self": "self", "top": None, "child": "top"}


def test_a_grandparent_stands_for_the_whole_chain(ingest_frames, lines):
    assert tops(ingest_frames(lines, accounts(**CHAIN))) == {
        "c1": "holding", "c2": "holding", "c3": "holding", "self": None, "top": None, "child": "top"
    }  # fmt: skip


def test_a_chain_of_any_length_ends(ingest_frames, lines):
    chain = {f"a{i}": f"a{i + 1}" for i in range(60)}
    assert set(tops(ingest_frames(lines, accounts(**chain))).values()) == {"a60", None}


@pytest.mark.parametrize(
    ("links", "rows"),
    [({"c1": "c2", "c2": "c1"}, ["1", "2"]), ({"x": "c1", "c1": "c2", "c2": "c1"}, ["2", "3"])],
)
def test_a_circle_breaks_the_contract_and_names_its_members(
    ingest_frames, lines, tmp_path, links, rows
):
    with pytest.raises(DataError, match="parent_account_id: 2 rows are not the start of a chain"):
        ingest_frames(lines, accounts(**links))
    told = pd.read_csv(tmp_path / "stars" / "violations" / "parquet.csv", dtype=str)
    assert told["row"].tolist() == rows  # who only leads into the circle is not to blame
    assert told["remedy"].eq("break the circle: leave the top account's parent empty").all()
    assert not list((tmp_path / "stars").glob("*/star.json"))


def test_rows_of_one_chain_share_a_group_at_every_cutoff(ingest_frames, lines, tmp_path):
    """The account in the middle is known later, and the chain holds all the same."""
    later = accounts(c1="middle", c2="holding", middle="holding")
    later["first_known_date"] = [None, None, "2024-07-31"]
    end = ("c9", "2024-12-31", "Training", "Training", 1.0)
    more = pd.concat([lines, pd.DataFrame([end], columns=lines.columns)])
    star = ingest_frames(more, later).star
    cut = truncate(star, Cutoff.parse("2024-06-30"), tmp_path / "cut")
    for built in (panel(star), panel(cut)):
        assert built.rows["customer_id"].tolist() == ["c1", "c2"]
        assert built.groups.tolist() == ["holding", "holding"]
