"""DOMAIN §1: every target has its YAML, and each means exactly the SKUs the business means."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from tests.support.label_case import ENGINE, builder

from gosales.core.progress import SilentProgress
from gosales.core.slug import name_key
from gosales.core.timeline import Cutoff
from gosales.data.ingest import ingest
from gosales.data.sku_map import SkuMap
from gosales.data.sources.parquet_source import ParquetSource
from gosales.data.star import Star
from gosales.labels.known_skus import known_skus
from gosales.labels.membership import membership
from gosales.labels.target import Target
from gosales.pipelines.conf_files import conf_root

PRINTERS = {
    "FormLabs", "FDM", "SAF", "SLA", "P3", "Metals", "Polyjet", "Fortus", "uPrint",
    "_1200_Elite_Fortus250",
}  # fmt: skip
DIVISIONS = {
    "Solidworks": {"SWX_Core", "SWX_Pro_Prem", "SW_Electrical", "SW_Inspection", "DraftSight"},
    "Maintenance": {"Core_New_UAP", "Pro_Prem_New_UAP"},
    "PDM": {"PDM", "EPDM_CAD_Editor_Seats"},
    "Simulation": {"Simulation", "SW_Plastics"},
    "Services": {"Services"},
    "Training": {"Training"},
    "Success_Plan": {"Success_Plan"},
    "Hardware": {
        "Consumables", "AM_Support", "SpareParts_RepairParts_TimeAndMaterials", "AM_Software",
        "_3DP_Software", *PRINTERS,
    },
    "Post_Processing": {"Post_Processing"},
    "CPE": {"HV_Simulation", "CATIA", "Delmia_Apriso", "DELMIA"},
    "Scanning": {"Creaform", "Artec", "AM_Support"},  # AM_Support only where it was booked there
    "CAMWorks": {"CAMWorks_Seats"},
}  # fmt: skip
TARGETS = {
    "Printers": PRINTERS,
    "SWX_Seats": {"SWX_Core", "SWX_Pro_Prem"},
    "PDM_Seats": {"PDM", "EPDM_CAD_Editor_Seats"},
    "SW_Electrical": {"SW_Electrical"},
    "SW_Inspection": {"SW_Inspection"},
    "SW_Plastics": {"SW_Plastics"},
    "DraftSight": {"DraftSight"},
    **{name: skus for name, skus in DIVISIONS.items() if name not in ("Hardware", "Maintenance")},
}
SOLD_BY = "Whatever_Was_Booked"  # a source division that the map must overrule


def reseller() -> SkuMap:
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        found: SkuMap = instantiate(compose("sku_map/reseller")["sku_map"], _convert_="all")
    return found


def star_of(frame: pd.DataFrame, folder: Path) -> Star:
    folder.mkdir(parents=True)
    frame.to_parquet(folder / "tx.parquet")
    source = ParquetSource(str(folder / "tx.parquet"))
    return ingest(source, reseller(), folder / "stars", SilentProgress()).star


def every_sku() -> pd.DataFrame:
    """One line of each SKU, and AM_Support once more as Scanning books it."""
    skus = sorted(set().union(*DIVISIONS.values()))
    frame = pd.DataFrame({"sku": skus, "division": SOLD_BY})
    frame = pd.concat([frame, pd.DataFrame({"sku": ["AM_Support"], "division": ["Scanning"]})])
    return frame.assign(customer_id="c", order_date="2024-01-05", quantity=1, gross_profit=5.0)


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> Star:
    return star_of(every_sku(), tmp_path_factory.mktemp("every") / "log")


def found(target: Target, star: Star) -> set[tuple[str, str]]:
    rows = membership([target], known_skus(star, ENGINE))
    return set(map(tuple, rows[["division_key", "sku_key"]].to_numpy().tolist()))


def yaml_target(name: str) -> Target:
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        target: Target = instantiate(compose(f"division/{name_key(name)}")["division"])
    return target


def test_every_target_of_the_domain_has_a_yaml_and_no_other_has() -> None:
    files = {p.stem for p in Path(conf_root(), "division").glob("*.yaml")} - {"any"}
    assert files == {name_key(name) for name in TARGETS}
    assert {yaml_target(name).name for name in TARGETS} == set(TARGETS)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_target_is_exactly_its_skus(name: str, star: Star) -> None:
    assert {sku for _, sku in found(yaml_target(name), star)} == set(map(name_key, TARGETS[name]))


def test_the_map_places_every_sku_and_routing_keeps_support_with_scanning(star: Star) -> None:
    for name, skus in DIVISIONS.items():
        assert found(Target(name), star) == {(name_key(name), name_key(sku)) for sku in skus}
    assert found(Target("AM_Support", skus=["AM_Support"]), star) == {
        ("hardware", "am_support"), ("scanning", "am_support"),
    }  # fmt: skip


def test_printers_hold_no_consumables_and_no_post_processing(star: Star) -> None:
    held = {sku for _, sku in found(yaml_target("Printers"), star)}
    assert not held & {"consumables", "post_processing", "am_support", "creaform"}
    assert len(held) == 10


def test_scoring_matches_names_on_the_key_training_does(tmp_path: Path) -> None:
    """The same log written in another hand gives the same lines, columns and rows."""
    lines = pd.concat([every_sku(), every_sku().assign(order_date="2024-03-05")])
    other = lines.assign(
        sku=[f" {s.upper()}\t" for s in lines["sku"]],
        division=[d.swapcase() for d in lines["division"]],
    )
    trained, scored = star_of(lines, tmp_path / "a"), star_of(other, tmp_path / "b")
    target = yaml_target("Printers")
    assert found(target, trained) == found(target, scored)
    one, two = (
        builder().build(s, [target], [Cutoff.parse("2024-02-01")])[target.key]
        for s in (trained, scored)
    )
    pd.testing.assert_frame_equal(one.X, two.X)
    assert one.X["rfm__tx_count__target__12m"].tolist() == [10.0]
    pd.testing.assert_frame_equal(one.rows, two.rows)
