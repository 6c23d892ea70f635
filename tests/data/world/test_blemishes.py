"""Faults planted on purpose: where they are said to be, nowhere else, and met as they should be."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hydra import compose, initialize_config_dir
from tests.support.frame_source import FrameSource

from gosales.core.errors import DataError
from gosales.core.progress import SilentProgress
from gosales.core.slug import name_key
from gosales.data.contract import Contract
from gosales.data.ingest import ingest
from gosales.data.sku_map import SkuMap
from gosales.data.sources.world_source import WorldSource
from gosales.data.star import ASSETS, CUSTOMERS, TRANSACTIONS
from gosales.data.world.world import World
from gosales.data.world.world_data import WorldData
from gosales.pipelines.assembly import make
from gosales.pipelines.conf_files import conf_root

DAYS = {"n_accounts": 150, "start": "2023-01-01", "end": "2024-12-31"}
TABLES = ("transactions", "customers", "assets")
STAR = {"transactions": TRANSACTIONS, "customers": CUSTOMERS, "assets": ASSETS}
KINDS = {
    "transactions": {
        "blank_sku", "wrong_date", "unknown_sku", "shouted_division", "negative_quantity",
        "exact_copy",
    },
    "customers": {"mojibake_name", "twin_key"},
    "assets": {"orphan_asset"},
}  # fmt: skip


@pytest.fixture(scope="module")
def clean() -> WorldData:
    return World(**DAYS).generate()


@pytest.fixture(scope="module")
def messy() -> WorldData:
    return World(mess=1.0, **DAYS).generate()


def reseller_map() -> SkuMap:
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        made: SkuMap = make(compose("ingest").sku_map)
    return made


def rows(data: WorldData, table: str, *kinds: str) -> pd.Series:
    planted = data.planted[data.planted["table"] == table]
    return planted.loc[planted["kind"].isin(kinds), "row"] - 1


def test_a_clean_world_has_none_and_the_same_truth(clean: WorldData, messy: WorldData) -> None:
    assert clean.planted.empty
    p, q = (d.truth.probability("printers", "2024-06-30", n_paths=2) for d in (clean, messy))
    pd.testing.assert_series_equal(p, q)
    for name in ("contacts", "deals"):
        pd.testing.assert_frame_equal(getattr(clean, name), getattr(messy, name))


@pytest.mark.parametrize("table", TABLES)
def test_nothing_but_the_listed_rows_is_touched(
    clean: WorldData, messy: WorldData, table: str
) -> None:
    before, after = getattr(clean, table), getattr(messy, table)
    listed = messy.planted[messy.planted["table"] == table]
    assert set(listed["kind"]) == KINDS[table]
    kept = listed[listed["kind"] != "twin_key"]
    assert not kept["row"].duplicated().any()
    assert listed["row"].between(1, len(after)).all()
    whole = after.drop(index=listed["row"] - 1)
    same = before.drop(index=listed["row"] - 1, errors="ignore")
    pd.testing.assert_frame_equal(whole, same)


def test_each_fault_is_what_it_is_called(clean: WorldData, messy: WorldData) -> None:
    tx, was = messy.transactions, clean.transactions
    assert (tx["sku"].iloc[rows(messy, "transactions", "blank_sku")].str.strip() == "").all()
    wrong = tx["order_date"].iloc[rows(messy, "transactions", "wrong_date")]
    assert set(wrong.dt.year // 100) == {18, 22}
    at = rows(messy, "transactions", "shouted_division")
    shouted, plain = tx["source_division"].iloc[at], was["source_division"].iloc[at]
    assert (shouted != plain).all()
    assert (shouted.map(name_key) == plain.map(name_key)).all()
    turned = tx.iloc[rows(messy, "transactions", "negative_quantity")]
    assert (turned["quantity"] < 0).all()
    assert (turned["revenue"] > 0).all()
    copies = tx.iloc[rows(messy, "transactions", "exact_copy")]
    assert len(copies.merge(was.drop_duplicates())) == len(copies)
    names = messy.customers["name"].iloc[rows(messy, "customers", "mojibake_name")]
    mended = names.map(lambda text: text.encode("cp1252").decode("utf-8"))
    assert (mended != names).all()
    assert mended.tolist() == clean.customers["name"].loc[names.index].tolist()
    twins = messy.customers.iloc[rows(messy, "customers", "twin_key")]
    assert (twins.groupby("customer_id")["size"].nunique() == 2).all()
    orphans = messy.assets["customer_id"].iloc[rows(messy, "assets", "orphan_asset")]
    assert not set(orphans) & set(messy.customers["customer_id"])


def test_the_dial_turns_and_its_smallest_turn_plants_each_once(clean: WorldData) -> None:
    little, half = (World(mess=m, **DAYS).generate().planted for m in (1e-9, 0.5))
    whole = World(mess=1.0, **DAYS).generate().planted
    counts = little[little["kind"] != "twin_key"].groupby("kind").size()
    assert set(counts) == {1}
    assert len(little) < len(half) < len(whole)
    pd.testing.assert_frame_equal(half, World(mess=0.5, **DAYS).generate().planted)


def test_a_strict_contract_refuses_exactly_the_rows_that_are_to_be_refused(
    messy: WorldData, tmp_path: Path
) -> None:
    source = WorldSource(World(mess=1.0, **DAYS))
    with pytest.raises(DataError, match="breaks its contract") as raised:
        ingest(source, reseller_map(), tmp_path / "stars", SilentProgress())
    refused = messy.planted[messy.planted["fate"] == "refused"]
    folder = tmp_path / "stars" / "violations"
    found = pd.read_csv(folder / "world.csv")
    assert set(zip(found["table"], found["row"], strict=True)) == {
        (STAR[t], r) for t, r in zip(refused["table"], refused["row"], strict=True)
    }
    counted = re.findall(r"(\S+): (\d+) rows? (?:is|are) not", str(raised.value))
    assert {c for c, _ in counted} == {
        f"{TRANSACTIONS}.sku", f"{TRANSACTIONS}.order_date", f"{CUSTOMERS}.customer_id",
    }  # fmt: skip
    doubted = pd.read_csv(folder / "world.reported.csv")
    turned = messy.planted[messy.planted["kind"] == "negative_quantity"]
    assert set(doubted["row"][doubted["column"] == "quantity"]) == set(turned["row"])


def without_refused(data: WorldData) -> FrameSource:
    """The log as someone would mend it who only takes bad rows out."""
    frames = {name: getattr(data, name) for name in (*TABLES, "contacts", "deals")}
    for name in TABLES:
        bad = data.planted[(data.planted["table"] == name) & (data.planted["fate"] == "refused")]
        frames[name] = frames[name].drop(index=bad["row"] - 1)
    return FrameSource(frames, {"transactions.division": "source_division"}, label_measure="gp")


def test_a_lenient_contract_sets_exactly_those_rows_aside_and_the_books_balance(
    messy: WorldData, tmp_path: Path
) -> None:
    stars = tmp_path / "stars"
    # Ten per cent: a small world at full mess is dirtier than the bounds of contract=lenient.
    terms = Contract("lenient", max_row_share=0.1, max_money_share=0.1)
    source = WorldSource(World(mess=1.0, **DAYS))
    result = ingest(source, reseller_map(), stars, SilentProgress(), terms)
    refused = messy.planted[messy.planted["fate"] == "refused"]
    for table, name in STAR.items():
        rows_of = sorted(refused.loc[refused["table"] == table, "row"])
        file = stars / "violations" / f"world.quarantined.{name}.csv"
        assert rows_of == (sorted(pd.read_csv(file)["_row"]) if file.is_file() else [])
        assert len(rows_of) == result.facts["contract"]["quarantined"].get(name, 0)
    mended = ingest(without_refused(messy), reseller_map(), stars, SilentProgress())
    digests = result.star.manifest.table_digests
    assert digests == mended.star.manifest.table_digests

    (total,) = result.reconciliation.totals()
    bad = refused.loc[refused["table"] == "transactions", "row"] - 1
    lines, star = messy.transactions, pd.read_parquet(result.star.table(TRANSACTIONS))
    for measure in ("gross_profit", "revenue", "quantity"):
        stages = {"in": lines[measure], "excluded": lines[measure].iloc[bad], "out": star[measure]}
        for stage, amounts in stages.items():
            assert total[f"{measure}_{stage}"] == exact(amounts), (measure, stage)
        assert total[f"{measure}_in"] == total[f"{measure}_excluded"] + total[f"{measure}_out"]
    assert (total["lines_in"], total["lines_excluded"]) == (len(lines), len(bad))
    assert total["lines_out"] == len(star)


def exact(amounts: pd.Series) -> Decimal:
    """Their sum to the last of four digits; the log's amounts are floats."""
    cent = Decimal("0.0001")
    return sum((Decimal(str(a)).quantize(cent) for a in amounts.dropna()), Decimal(0))


def test_what_is_left_is_taken_and_reported(
    clean: WorldData, messy: WorldData, tmp_path: Path
) -> None:
    source = without_refused(messy)
    result = ingest(source, reseller_map(), tmp_path / "stars", SilentProgress())
    unknown = messy.transactions["sku"].iloc[rows(messy, "transactions", "unknown_sku")]
    assert set(result.facts["unmapped"]) == set(unknown)
    copies = len(rows(messy, "transactions", "exact_copy"))
    assert result.facts["duplicates"] == copies + clean.transactions.duplicated().sum()
    lines = pd.read_parquet(result.star.table(TRANSACTIONS))
    mapped = lines[lines["family"].notna()]
    assert set(mapped["division_key"]) == set(clean.transactions["source_division"].map(name_key))
    strangers = set(pd.read_parquet(result.star.table(CUSTOMERS))["customer_id"])
    strangers -= set(messy.customers["customer_id"])
    assert len(strangers) == len(rows(messy, "assets", "orphan_asset"))
