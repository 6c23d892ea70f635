"""The world sells what DOMAIN §1 lists."""

from __future__ import annotations

import pytest

from gosales.data.world.catalogue import CATALOGUE, LINE_NAMES

DOMAIN = {
    "Solidworks": "SWX_Core SWX_Pro_Prem SW_Electrical SW_Inspection DraftSight",
    "Maintenance": "Core_New_UAP Pro_Prem_New_UAP",
    "PDM": "PDM EPDM_CAD_Editor_Seats",
    "Simulation": "Simulation SW_Plastics",
    "Services": "Services",
    "Training": "Training",
    "Success_Plan": "Success_Plan",
    "Hardware": "Consumables AM_Support SpareParts_RepairParts_TimeAndMaterials AM_Software "
    "_3DP_Software FormLabs FDM SAF SLA P3 Metals Polyjet Fortus uPrint _1200_Elite_Fortus250",
    "Post_Processing": "Post_Processing",
    "CPE": "HV_Simulation CATIA Delmia_Apriso DELMIA",
    "Scanning": "Creaform Artec AM_Support",
    "CAMWorks": "CAMWorks_Seats",
}


def test_divisions_and_skus_are_the_domains() -> None:
    sold: dict[str, set[str]] = {}
    for line in CATALOGUE:
        sold.setdefault(line.division, set()).update(line.skus)
    assert sold == {division: set(skus.split()) for division, skus in DOMAIN.items()}


def test_lines_are_sound() -> None:
    assert len(set(LINE_NAMES)) == len(LINE_NAMES)
    for line in CATALOGUE:
        assert sum(line.skus.values()) == pytest.approx(1.0)
        assert set(line.needs) | set(line.after) <= set(LINE_NAMES)
        assert line.rollup or not (line.term_months or line.subscription)
