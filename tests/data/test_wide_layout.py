from __future__ import annotations

import pytest

from gosales.core.errors import ConfigError, DataError
from gosales.data.wide_layout import WideLayout

HEADER = ["FDM", "FDM_Qty", " swx_core", "SWX_Core_QTY", "Odd", "Odd_Qty", "CPE_Qty", "note"]
KNOWN = {"fdm", "swx_core", "cpe", "saf"}


def names(columns):
    return [(c.sku, c.gross_profit, c.quantity) for c in columns]


def test_the_maps_skus_in_the_header_are_the_logs():
    skus, pairs, rest = WideLayout().split(HEADER, KNOWN)
    assert names(skus) == [
        ("FDM", "FDM", "FDM_Qty"),
        (" swx_core", " swx_core", "SWX_Core_QTY"),
        ("CPE", None, "CPE_Qty"),
    ]
    assert names(pairs) == [("Odd", "Odd", "Odd_Qty")]
    assert rest == ["note"]


def test_without_a_map_every_pair_is_a_sku():
    skus, pairs, rest = WideLayout().split(HEADER, set())
    assert [c.sku for c in skus] == ["FDM", " swx_core", "Odd"]
    assert (pairs, rest) == ([], ["note", "CPE_Qty"])


def test_patterns_and_names_decide_when_they_are_declared():
    skus, pairs, rest = WideLayout(["swx_*", "?dd"]).split(HEADER, KNOWN)
    assert [c.sku for c in skus] == [" swx_core", "Odd"]
    assert [c.sku for c in pairs] == ["FDM"]
    assert rest == ["note", "CPE_Qty"]


def test_another_suffix():
    skus, _, rest = WideLayout(quantity_suffix=" units").split(["A", "A Units", "A_Qty"], set())
    assert names(skus) == [("A", "A", "A Units")]
    assert rest == ["A_Qty"]


@pytest.mark.parametrize(
    ("layout", "match"),
    [
        (WideLayout(["SAF", "FDM"]), "nothing for saf in FDM"),
        (WideLayout(["*_printer"]), r"nothing for \*_printer"),
        (WideLayout(quantity_suffix="#"), "nothing for any SKU of the map in note"),
    ],
)
def test_what_is_declared_and_missing_is_named(layout, match):
    header = ["note"] if layout.quantity_suffix == "#" else HEADER
    with pytest.raises(DataError, match=match):
        layout.split(header, {"cpe"})


def test_two_columns_of_one_sku_are_refused():
    with pytest.raises(DataError, match="two columns .* stand for one SKU; got  fdm, FDM"):
        WideLayout().split(["FDM", " fdm"], {"fdm"})


@pytest.mark.parametrize("wrong", [{"quantity_suffix": " "}, {"skus": []}, {"skus": [" "]}])
def test_a_malformed_layout_is_refused(wrong):
    with pytest.raises(ConfigError, match="the layout of the wide log is malformed"):
        WideLayout(**wrong)
