"""Other names, the same order, and nothing else."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.support.tiny_star import make_star
from tests.support.toy_star import toy_star

from gosales.data.renamed_star import RenamedStar
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS


def test_every_account_has_another_name_in_the_same_order(tmp_path):
    star = toy_star(tmp_path / "star", n=30)
    renamed = RenamedStar.of(star, tmp_path / "renamed", 5)
    old = pd.read_parquet(star.table(CUSTOMERS)).sort_values("customer_id")
    new = pd.read_parquet(renamed.star.table(CUSTOMERS)).sort_values("customer_id")
    assert not set(old["customer_id"]) & set(new["customer_id"])
    assert [renamed.true_names[n] for n in new["customer_id"]] == old["customer_id"].tolist()
    assert new["size"].tolist() == old["size"].tolist()


def test_lines_stay_as_they_are_but_for_names(tmp_path):
    star = toy_star(tmp_path / "star", n=30)
    renamed = RenamedStar.of(star, tmp_path / "renamed", 5)
    old = pd.read_parquet(star.table(TRANSACTIONS))
    new = pd.read_parquet(renamed.star.table(TRANSACTIONS))
    new["customer_id"] = new["customer_id"].map(renamed.true_names)
    keys = ["customer_id", "order_date", "sku", "revenue"]
    columns = [c for c in old.columns if c != "invoice_id"]
    both = [f[columns].sort_values(keys, ignore_index=True) for f in (old, new)]
    pd.testing.assert_frame_equal(*both)
    assert renamed.star.digest != star.digest


def test_assets_contacts_and_deals_follow_their_accounts(tmp_path):
    # Two lines of one invoice and two deals of one account stay two.
    lines = {"customer_id": ["a", "b", "b"], "order_date": "2024-01-01", "sku": "A", "quantity": 1,
             "invoice_id": ["1", "2", "2"]}  # fmt: skip
    star = make_star(
        tmp_path / "star",
        pd.DataFrame(lines),
        assets=pd.DataFrame(
            {"asset_id": ["AS1"], "customer_id": ["b"], "purchase_date": ["2024-01-01"]}
        ),
        contacts=pd.DataFrame({"customer_id": ["a"], "contact_date": ["2024-01-02"]}),
        deals=pd.DataFrame(
            {"deal_id": ["D1", "D2"], "customer_id": "a", "opened_date": "2024-01-02"}
        ),
    )
    renamed = RenamedStar.of(star, tmp_path / "renamed", 5)
    assert renamed.star.manifest.rows == star.manifest.rows
    shown = pd.read_parquet(renamed.star.table(TRANSACTIONS))
    assert shown.groupby("invoice_id").size().tolist() == [1, 2]
    for name, whose in ((ASSETS, ["b"]), (CONTACTS, ["a"]), (DEALS, ["a", "a"])):
        old, new = (pd.read_parquet(s.table(name)) for s in (star, renamed.star))
        assert [renamed.true_names[n] for n in new["customer_id"]] == whose
        same = [c for c in old.columns if c not in ("customer_id", "asset_id", "deal_id")]
        pd.testing.assert_frame_equal(old[same], new[same])
        for key in {"asset_id", "deal_id"} & {*old.columns}:
            assert not set(old[key]) & set(new[key])


def named(tmp_path, ids, accounts=13):
    """Old and new invoice ids of lines whose accounts take turns."""
    lines = pd.DataFrame({"invoice_id": ids, "order_date": "2024-01-01", "sku": "A", "quantity": 1})
    lines["customer_id"] = [f"c{i % accounts}" for i in range(len(ids))]
    star = make_star(tmp_path / "star", lines)
    renamed = RenamedStar.of(star, tmp_path / "renamed", 5)
    tables = [pd.read_parquet(s.table(TRANSACTIONS)) for s in (star, renamed.star)]
    tables[1]["customer_id"] = tables[1]["customer_id"].map(renamed.true_names)
    # Lines keep their places: one a row.
    assert tables[0]["customer_id"].tolist() == tables[1]["customer_id"].tolist()
    return dict(zip(tables[0]["invoice_id"], tables[1]["invoice_id"], strict=True))


@pytest.mark.parametrize(
    "ids",
    [
        [str(536365 + 7 * i) for i in range(200)],
        [f"{'C' if i % 3 else ''}{536365 + 7 * i}" for i in range(200)],
        [f"W-{i:06d}/{i % 7}x" for i in range(200)],
    ],
)
def test_an_invoice_keeps_what_is_no_digit_and_how_many_digits(tmp_path, ids):
    names = named(tmp_path, ids)
    assert len(set(names.values())) == len(names)
    for old, new in names.items():
        assert new != old
        assert [c if not c.isdigit() else "0" for c in old] == [
            c if not c.isdigit() else "0" for c in new
        ]
    for start in ("C", "5"):
        some = sorted(old for old in ids if old.startswith(start))
        assert [names[old] for old in some] == sorted(names[old] for old in some)


def test_ids_that_leave_no_room_get_one_digit_more(tmp_path):
    names = named(tmp_path, [f"i{n}" for n in range(150)])
    assert {(len(old), len(new)) for old, new in names.items()} == {(2, 3), (3, 4), (4, 5)}
    assert len(set(names.values())) == len(names)
    assert not [old for old, new in names.items() if old == new]
    numbers = [int(new[1:]) for _, new in sorted(names.items(), key=lambda n: int(n[0][1:]))]
    assert numbers == sorted(numbers)


def test_an_invoice_that_names_its_account_does_so_no_longer(tmp_path):
    accounts = ["acme", "bolt", "cork"]
    names = named(tmp_path, [f"{accounts[i % 3]}-{100 + 7 * i}" for i in range(60)], 3)
    assert not any(word in new for new in names.values() for word in accounts)
