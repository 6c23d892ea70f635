"""The statistics learned as of a cutoff, recomputed in plain pandas and numpy by their formulas."""

from __future__ import annotations

import itertools
from hashlib import shake_256

import numpy as np
import pandas as pd
import pytest
from gensim.models.word2vec import Word2Vec
from tests.support.family_frame import Blocks, family_blocks, members
from tests.support.random_log import (
    ATTRIBUTES,
    CUTOFFS,
    random_customers,
    random_installs,
    random_lines,
)
from tests.support.tiny_star import make_star

from gosales.data.star import Star
from gosales.features.families.als import Als
from gosales.features.families.basket import Basket
from gosales.features.families.encoder import Encoder
from gosales.features.families.item2vec import Item2Vec

TARGETS = members(
    swx=[("Solidworks", "SWX_Core")],
    support=[("Hardware", "Support"), ("Scanning", "Support")],
    training=[("Training", "CAD")],
)
Log = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module", params=[1, 2])
def log(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Log, Star]:
    lines = random_lines(request.param, n=400, n_customers=25)
    customers, assets = random_customers(2, lines), random_installs(3, n_customers=25)
    star = make_star(
        tmp_path_factory.mktemp("log"), lines, customers, assets, attributes=ATTRIBUTES
    )
    item = lines["division"].str.strip().str.lower() + "|" + lines["sku"].str.lower()
    lines = lines.assign(
        item=item,
        bought=lines["quantity"] > 0,
        money=lines["gross_profit"].fillna(lines["revenue"]),
    )
    dated = assets.assign(**{c: pd.to_datetime(assets[c]) for c in ("purchase_date", "known_date")})
    return (lines, customers, dated), star


def within(frame: pd.DataFrame, cutoff: str, months: int | None, lag: int, day: str = "order_date"):
    end = pd.Timestamp(cutoff) - pd.Timedelta(days=lag)
    start = pd.Timestamp("1900-01-01")
    if months is not None:
        start = end - pd.DateOffset(months=months)
        start = start + pd.offsets.MonthEnd(0) if end.is_month_end else start
    inside = (frame[day] > start) & (frame[day] <= end) & (frame["known_date"] <= end)
    return frame[inside]


def items_of(target: str) -> set[str]:
    mine = TARGETS[TARGETS["target"] == target]
    return set(mine["division_key"] + "|" + mine["sku_key"])


def column(blocks: Blocks, place: tuple[str, str | None], name: str) -> pd.Series:
    return blocks[place].set_index("customer_id")[name]


def same(got: pd.Series, want: dict[str, float], rtol: float = 1e-9) -> None:
    known = {c: v for c, v in want.items() if not np.isnan(v)}
    assert set(got.dropna().index) == set(known)
    np.testing.assert_allclose(got[list(known)], list(known.values()), rtol=rtol, atol=1e-12)


def test_basket(log: tuple[Log, Star]) -> None:
    (lines, _, _), star = log
    blocks = family_blocks(Basket(min_support=4), star, CUTOFFS, TARGETS)
    for cutoff, target in blocks:
        inside = within(lines[lines["bought"]], cutoff, 12, 60)
        baskets = inside.groupby("customer_id")["item"].agg(set)
        own = items_of(target)
        buyers = {c for c, held in baskets.items() if held & own}
        lifts = {}
        for item in {*itertools.chain(*baskets)} - own:
            holders = {c for c, held in baskets.items() if item in held}
            if len(holders) >= 4:
                lifts[item] = len(holders & buyers) / len(holders) / (len(buyers) / len(baskets))
        told = {c: sorted((lifts[i] for i in held if i in lifts), reverse=True)
                for c, held in baskets.items()}  # fmt: skip
        told = {c: values for c, values in told.items() if values}
        for name, measure in (
            ("lift_max", max),
            ("lift_mean", np.mean),
            ("lift_top3", lambda values: sum(values[:3])),
        ):
            got = column(blocks, (cutoff, target), f"basket__{name}__target__12m_lag60d")
            same(got, {c: float(measure(values)) for c, values in told.items()})


@pytest.mark.parametrize("relative", [True, False])
def test_encoder(log: tuple[Log, Star], relative: bool) -> None:
    (lines, customers, _), star = log
    family = Encoder(levels=["region", "size"], pseudo_counts=[5.0, 2.0], relative=relative)
    blocks = family_blocks(family, star, CUTOFFS[1:], TARGETS)
    first = lines.groupby("customer_id")["known_date"].min()
    for cutoff, target in blocks:
        inside = within(lines[lines["bought"]], cutoff, 12, 60)
        gain = inside.assign(money=inside["money"].where(inside["money"] > 0, 0.0).fillna(0.0))
        mine = gain[gain["item"].isin(items_of(target))]
        whole, part = (f.groupby("customer_id")["money"].sum() for f in (gain, mine))
        known = customers[(customers["customer_id"].map(first) <= cutoff).to_numpy()]
        table = customers.set_index("customer_id").reindex(whole.index)
        table["rate"] = table.index.isin(part.index).astype(float)
        share = part.reindex(table.index) / whole.where(whole > 0)
        table["gp_share"] = share.fillna(0.0)
        for measure in ("rate", "gp_share"):
            everybody = table[measure].mean()
            unit = everybody if relative else 1.0
            regional, sized = {}, {}
            for row in known.itertuples():
                if not isinstance(row.region, str):
                    continue
                peers = table[table["region"] == row.region]
                above = (peers[measure].sum() + 5 * everybody) / (len(peers) + 5)
                twins = peers[peers["size"] == row.size]
                mine_too = (twins[measure].sum() + 2 * above) / (len(twins) + 2)
                regional[row.customer_id], sized[row.customer_id] = above / unit, mine_too / unit
            for level, want in (("region", regional), ("size", sized)):
                name = f"encoder__{measure}_{level}__target__12m_lag60d"
                same(column(blocks, (cutoff, target), name), want)


def factorised(weights: pd.DataFrame, factors: int, iterations: int) -> tuple[np.ndarray, ...]:
    """Alternating least squares, dense; regularisation 0.1, alpha 10, seed 7."""
    raw = [shake_256(f"7\x1f{name}".encode()).digest(8 * factors) for name in weights.columns]
    start = np.array([np.frombuffer(r, "<u8") >> np.uint64(11) for r in raw], dtype=float)
    w, y = weights.to_numpy(), start * 2.0**-53 * 0.01

    def half(rows: np.ndarray, other: np.ndarray) -> np.ndarray:
        out = []
        for row in rows:
            c = np.where(row > 0, 10.0 * row, 1.0)
            left = (other.T * c) @ other + 0.1 * np.eye(factors)
            out.append(np.linalg.solve(left, (other.T * c) @ (row > 0)))
        return np.array(out)

    for _ in range(iterations):
        x = half(w, y)
        y = half(w.T, x)
    return x, y


def likeness(vectors: pd.DataFrame, owners: set[str]) -> dict[str, float]:
    unit = vectors.div(np.sqrt((vectors**2).sum(axis=1)), axis=0)
    found = {}
    for customer in vectors.index:
        centre = unit.loc[sorted(owners & set(vectors.index) - {customer})].sum()
        length = np.sqrt((centre**2).sum())
        found[customer] = float(unit.loc[customer] @ centre / length) if length else np.nan
    return found


def interactions(lines: pd.DataFrame, by: str, amount: pd.Series) -> pd.DataFrame:
    net = amount.groupby([lines["customer_id"], lines[by]]).sum().unstack(fill_value=0.0)
    net = np.log1p(net.clip(lower=0.0))
    return net.loc[net.sum(axis=1) > 0, net.sum(axis=0) > 0].sort_index(axis=1)


@pytest.mark.parametrize("lag", [0, 30])
def test_als(log: tuple[Log, Star], lag: int) -> None:
    (lines, _, assets), star = log
    family = Als(factors=2, iterations=6)
    blocks = family_blocks(family, star, CUTOFFS[2:], TARGETS)
    end = f"_lag{lag}d" if lag else ""
    for cutoff in CUTOFFS[2:]:
        inside = within(lines, cutoff, 24, lag)
        # The names of items as the package joins them, for the same starts.
        named = inside.assign(item=inside["item"].str.replace("|", "\x1f"))
        bought = interactions(named, "item", named["quantity"].astype(float))
        x, y = factorised(bought, 2, 6)
        accounts = pd.DataFrame(x, index=bought.index)
        held = within(assets, cutoff, None, lag, "purchase_date").dropna(subset=["rollup"])
        owned = interactions(held, "rollup", held["quantity"].fillna(1.0))
        u, v = factorised(owned, 2, 6)
        flag = column(blocks, (cutoff, None), f"als__has_vector__all__24m{end}")
        assert set(flag[flag == 1].index) == set(bought.index)
        flag = column(blocks, (cutoff, None), f"als__asset_has_vector__all__ever{end}")
        assert set(flag[flag == 1].index) == set(owned.index)
        for target in ("swx", "support", "training"):
            own = [i.replace("|", "\x1f") for i in items_of(target)]
            mine = bought.columns.isin(own)
            owners = set(bought.index[(bought.loc[:, mine] > 0).any(axis=1)])
            skus = {i.split("|")[1] for i in items_of(target)}
            rollups = set(held.loc[held["sku"].str.lower().isin(skus), "rollup"])
            pull = x @ y[mine].mean(axis=0)
            there = owned.columns.isin(rollups)
            asset_pull = u @ v[there].mean(axis=0) if there.any() else np.full(len(u), np.nan)
            place = (cutoff, target)
            for name, want in (
                (f"preference__target__24m{end}", dict(zip(bought.index, pull, strict=True))),
                (f"similarity__target__24m{end}", likeness(accounts, owners)),
                (
                    f"asset_preference__target__ever{end}",
                    dict(zip(owned.index, asset_pull, strict=True)),
                ),
                (
                    f"asset_similarity__target__ever{end}",
                    likeness(pd.DataFrame(u, index=owned.index), owners),
                ),
            ):
                same(column(blocks, place, f"als__{name}"), want, rtol=1e-4)


def test_item2vec(log: tuple[Log, Star]) -> None:
    (lines, _, assets), star = log
    blocks = family_blocks(Item2Vec(epochs=2, everyone=True), star, CUTOFFS[2:], TARGETS)
    for cutoff, target in blocks:
        if target is None:
            continue
        inside = within(lines[lines["bought"]], cutoff, None, 0)
        days = inside[["customer_id", "order_date", "item"]].drop_duplicates()
        days["item"] = days["item"].str.replace("|", "\x1f")
        days = days.sort_values(["customer_id", "order_date", "item"])
        told = sorted(days.groupby("customer_id")["item"].agg(list))
        model = Word2Vec(
            told, vector_size=16, window=5, epochs=2, negative=5, seed=7, sg=1, min_count=1,
            sample=0.0, workers=1,
        )  # fmt: skip
        have = days.groupby("customer_id")["item"].agg(set).to_dict()
        owned = within(assets, cutoff, None, 0, "purchase_date").dropna(subset=["sku"])
        for row in owned.itertuples():
            same_sku = {i for i in model.wv.index_to_key if i.endswith("\x1f" + row.sku.lower())}
            have[row.customer_id] = have.get(row.customer_id, set()) | same_sku
        vectors = pd.DataFrame(
            {c: np.mean([model.wv[i].astype(float) for i in sorted(h)], axis=0)
             for c, h in have.items() if h}
        ).T  # fmt: skip
        recent = within(lines[lines["bought"]], cutoff, 24, 0)
        owners = set(recent.loc[recent["item"].isin(items_of(target)), "customer_id"])
        name = "item2vec__similarity__target__ever"
        same(column(blocks, (cutoff, target), name), likeness(vectors, owners), rtol=1e-6)
