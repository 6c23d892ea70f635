from __future__ import annotations

import pandas as pd
import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate

from gosales.core.errors import ConfigError
from gosales.data.sku_map import SkuMap
from gosales.pipelines.conf_files import conf_root

TABLE = {"Solidworks": {"SWX_Core": ["swx_seats", "licence"]}, "Training": {"Training": ["t", "s"]}}


def reseller() -> pd.DataFrame:
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        return instantiate(compose("sku_map/reseller")["sku_map"], _convert_="all").frame()


def test_the_resellers_map_is_the_businesss_own():
    frame = reseller()
    fixed = frame[frame["source_key"] == ""]
    assert fixed.groupby("division")["sku_key"].nunique().to_dict() == {
        "Solidworks": 5, "Maintenance": 2, "PDM": 2, "Simulation": 2, "Services": 1, "Training": 1,
        "Success_Plan": 1, "Hardware": 15, "Post_Processing": 1, "CPE": 4, "Scanning": 2,
        "CAMWorks": 1,
    }  # fmt: skip
    printers = fixed[fixed["family"] == "printers"]
    assert set(printers["sku_key"]) == {
        "formlabs", "fdm", "saf", "sla", "p3", "metals", "polyjet", "fortus", "uprint",
        "_1200_elite_fortus250",
    }  # fmt: skip
    assert set(fixed["sale_type"]) <= {
        "printer", "consumable", "maintenance", "licence", "service", "subscription",
    }  # fmt: skip
    routed = frame[frame["source_key"] != ""]
    assert routed[["sku_key", "source_key", "division"]].to_numpy().tolist() == [
        ["am_support", "scanning", "Scanning"]
    ]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_override_wins_by_key(tmp_path, suffix):
    path = tmp_path / f"map{suffix}"
    rows = pd.DataFrame([["swx_core ", "CAD", "f", "s"], ["New", "Other", None, None]],
                        columns=["sku", "division", "family", "sale_type"])  # fmt: skip
    rows.to_csv(path, index=False) if suffix == ".csv" else rows.to_parquet(path)
    both = SkuMap(TABLE, override=str(path))
    got = both.frame().set_index("sku_key")["division"].to_dict()
    assert got == {"training": "Training", "swx_core": "CAD", "new": "Other"}
    assert both.digest != SkuMap(TABLE).digest


def test_an_override_places_lines_whatever_comes_later_and_is_part_of_the_star(
    ingest_frames, lines, tmp_path
):
    path = tmp_path / "map.csv"
    path.write_text("sku,division,family,sale_type\nSWX_Core,CAD,f,s\n", "utf-8")
    plain, moved = SkuMap(TABLE), SkuMap(TABLE, override=str(path))
    whole = ingest_frames(lines, sku_map=moved).star
    assert whole.digest != ingest_frames(lines, sku_map=plain).star.digest

    def places(star, last):
        rows = pd.read_parquet(star.table("fact_transactions"))
        columns = ["customer_id", "order_date", "sku", "division", "family", "sale_type"]
        kept = rows.loc[rows["order_date"].astype(str) <= last, columns]
        return kept.sort_values(columns).to_numpy().tolist()

    for last in ("2024-06-01", "2024-07-06"):
        early = ingest_frames(lines[lines["order_date"] <= last], sku_map=moved).star
        assert "CAD" in {row[3] for row in places(whole, last)}
        assert places(early, last) == places(whole, last)


def test_a_row_that_says_the_same_again_doubles_nothing(tmp_path):
    path = tmp_path / "map.csv"
    path.write_text("sku,division,family,sale_type\nNew,CPE,f,s\n new ,cpe,F,s\n", "utf-8")
    frame = SkuMap(TABLE, override=str(path)).frame()
    assert frame["sku_key"].tolist().count("new") == 1
    assert frame.set_index("sku_key").loc["new", "division"] == "CPE"


def test_an_override_wins_over_routing_too(tmp_path):
    table = {"Hardware": {"AM_Support": ["a", "m"]}}
    path = tmp_path / "map.csv"
    path.write_text("sku,division,family,sale_type\nam_support,Services,f,s\n", "utf-8")
    routing = {"AM_Support": {"Scanning": "Scanning"}}
    assert len(SkuMap(table, routing).frame()) == 2
    frame = SkuMap(table, routing, str(path)).frame()
    assert frame[["source_key", "division"]].to_numpy().tolist() == [["", "Services"]]


def test_the_digest_does_not_depend_on_order():
    turned = dict(reversed(TABLE.items()))
    assert SkuMap(TABLE).digest == SkuMap(turned).digest


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("sku,division\na,b\n", "lacks columns; got .* without family, sale_type"),
        ("", "cannot be read"),
        (
            "sku,division,family,sale_type\nA,x,,\n a,y,,\n",
            "contradicts itself; got a with more than one",
        ),
        (
            "sku,division,family,sale_type\nA,x,f,\nA,x,g,\n",
            "more than one division, family or sale",
        ),
        ("sku,division,family,sale_type\n,x,,\n", "rows without a SKU or a division"),
        ("sku,division,family,sale_type\nA,,,\n", "rows without a SKU or a division"),
    ],
)
def test_a_bad_override_is_refused(tmp_path, text, match):
    path = tmp_path / "map.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=match):
        SkuMap(TABLE, override=str(path))


def test_a_missing_override_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        SkuMap(TABLE, override=str(tmp_path / "none.parquet"))


def test_a_binary_csv_is_refused(tmp_path):
    path = tmp_path / "map.csv"
    path.write_bytes(b"sku,division,family,sale_type\n\xff\xfe\x00,x,,\n")
    with pytest.raises(ConfigError, match="cannot be read"):
        SkuMap(TABLE, override=str(path))


@pytest.mark.parametrize(
    ("table", "routing", "match"),
    [
        (
            {"A": {"x": ["f", "s"]}, "B": {" X ": ["f", "s"]}},
            {},
            "got x with more than one division",
        ),
        ({"A": {"x": "f"}}, {}, r"A\.x: f"),
        (TABLE, {"Nobody": {"Scanning": "Scanning"}}, "routing of nobody"),
    ],
)
def test_a_contradictory_table_is_refused(table, routing, match):
    with pytest.raises(ConfigError, match=match):
        SkuMap(table, routing)
