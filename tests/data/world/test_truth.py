"""The truth: calibrated against what the world then did, and without look-ahead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import ConfigError
from gosales.data.world.catalogue import CATALOGUE, LINE_NAMES
from gosales.data.world.world import World
from gosales.data.world.world_data import WorldData

CUTOFF = "2024-06-30"


def bought(data: WorldData, skus: set[str], index: pd.Index) -> np.ndarray:
    tx = data.transactions
    inside = (tx["order_date"] > CUTOFF) & (tx["order_date"] <= "2024-12-31")
    hit = tx[inside & (tx["quantity"] > 0) & tx["sku"].isin(skus)]
    return index.isin(hit["customer_id"]).astype(float)


def z_score(y: np.ndarray, p: np.ndarray) -> float:
    return float((y - p).sum() / np.sqrt((p * (1 - p)).sum()))


@pytest.mark.parametrize("target", ["Solidworks", "printers", "Training"])
def test_probabilities_hold_in_total_and_in_every_quarter(
    world_data: WorldData, target: str
) -> None:
    p = world_data.truth.probability(target, CUTOFF, n_paths=12)
    skus = {s for line in CATALOGUE if target in (line.division, line.name) for s in line.skus}
    y = bought(world_data, skus or {target}, p.index)
    quarter = np.argsort(np.argsort(p.to_numpy())) * 4 // len(p)
    scores = [z_score(y, p.to_numpy())]
    scores += [z_score(y[quarter == q], p.to_numpy()[quarter == q]) for q in range(4)]
    # Five scores on three targets: 3.5 is passed by chance once in some 150 worlds.
    assert np.abs(scores).max() < 3.5, scores


@pytest.mark.parametrize("target", ["printers", "Solidworks"])
def test_the_truth_knows_what_an_open_deal_is_worth(world_data: WorldData, target: str) -> None:
    """Calibrated among accounts with an open deal and among the others alike."""
    p = world_data.truth.probability(target, CUTOFF, n_paths=12)
    skus = {s for line in CATALOGUE if target in (line.division, line.name) for s in line.skus}
    y = bought(world_data, skus, p.index)
    deals = world_data.deals
    begun, ended = deals["opened_date"] <= CUTOFF, deals["closed_date"] <= CUTOFF
    here = deals["division"].isin([target, "Hardware"])
    has_deal = p.index.isin(deals.loc[begun & ~ended & here, "customer_id"])
    assert has_deal.sum() > 40
    assert abs(z_score(y[has_deal], p[has_deal])) < 3
    assert abs(z_score(y[~has_deal], p[~has_deal])) < 3
    assert p[has_deal].mean() > 2 * p[~has_deal].mean()


@pytest.mark.parametrize("target", ["consumables", "printers"])
def test_integrating_the_target_out_equals_simulating_it(
    world_data: WorldData, target: str
) -> None:
    """Consumables come round, printers follow deals; plain futures are the independent count."""
    dynamics, closed = world_data.truth.dynamics, world_data.truth.calendar.n_months - 12
    line, n_paths = LINE_NAMES.index(target), 32
    state = dynamics.simulate(closed)[1].repeated(n_paths)
    rng, hit = np.random.default_rng(1), np.zeros(len(state.level), dtype=bool)
    for month in range(closed, closed + 12):
        dynamics.advance(state, month, rng)
        rates = dynamics.rates(state, month)
        orders = rng.poisson(rates)
        dynamics.open_deals(state, rates, dynamics.record(state, orders), rng)
        hit |= orders[:, line] > 0
    known = dynamics.accounts.first_known_day < world_data.truth.calendar.first_days[closed]
    counted = hit.reshape(n_paths, -1).mean(axis=0)[known]
    p = world_data.truth.probability(target, CUTOFF, months=12, n_paths=n_paths).to_numpy()
    # Both sides are simulated.
    error = np.sqrt(2 * (p * (1 - p)).sum() / n_paths) / len(p)
    assert abs(counted.mean() - p.mean()) < 3 * error
    assert np.corrcoef(counted, p)[0, 1] > 0.96


def test_the_truth_ranks_better_than_past_counts(world_data: WorldData) -> None:
    p = world_data.truth.probability("printers", CUTOFF, n_paths=12)
    skus = next(set(line.skus) for line in CATALOGUE if line.name == "printers")
    y = bought(world_data, skus, p.index)
    tx = world_data.transactions
    past = tx[(tx["order_date"] <= CUTOFF) & tx["sku"].isin(skus)]
    count = past.groupby("customer_id").size().reindex(p.index).fillna(0)
    assert auc(y, p) > 0.75
    assert auc(y, p) > auc(y, count) + 0.03


def auc(y: np.ndarray, score: pd.Series) -> float:
    rank = score.rank().to_numpy()
    n_pos, n_neg = y.sum(), (1 - y).sum()
    return float((rank[y == 1].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg))


def test_only_accounts_known_at_the_cutoff_have_a_probability(world_data: WorldData) -> None:
    p = world_data.truth.probability("PDM", "2022-12-31", n_paths=2)
    customers = world_data.customers
    known = customers.loc[customers["first_known_date"] <= "2022-12-31", "customer_id"]
    assert set(p.index) == set(known)
    assert p.between(0, 1).all()


def test_targets_nest_and_windows_grow(world_data: WorldData) -> None:
    truth = world_data.truth
    core = truth.probability(["SWX_Core"], CUTOFF, n_paths=8)
    seats = truth.probability(["SWX_Core", "SWX_Pro_Prem"], CUTOFF, n_paths=8)
    by_line = truth.probability("swx_seats", CUTOFF, n_paths=8)
    assert core.mean() < 0.75 * seats.mean()
    pd.testing.assert_series_equal(seats, by_line)
    year = truth.probability("swx_seats", CUTOFF, months=12, n_paths=8)
    assert (year > by_line).all()


def test_names_match_whatever_their_case(world_data: WorldData) -> None:
    truth = world_data.truth
    pd.testing.assert_series_equal(
        truth.probability("Solidworks", CUTOFF, n_paths=1),
        truth.probability("  SOLIDWORKS ", CUTOFF, n_paths=1),
    )


def test_without_signal_all_customers_are_alike() -> None:
    world = World(n_accounts=300, start="2023-01-01", end="2024-12-31", signal=0.0)
    p = world.generate().truth.probability("Solidworks", CUTOFF, n_paths=2)
    assert p.std() < 1e-12
    assert p.mean() > 0


def test_errors_say_what_is_known(world_data: WorldData) -> None:
    truth = world_data.truth
    with pytest.raises(ConfigError, match="month ends only.*2024-06-15"):
        truth.probability("PDM", "2024-06-15")
    with pytest.raises(ConfigError, match="leaves the world.*1 to 3 months"):
        truth.probability("PDM", "2025-03-31")
    with pytest.raises(ConfigError, match="not sold.*Garden.*CAMWorks"):
        truth.probability("Garden", CUTOFF)
    with pytest.raises(ConfigError, match="not sold.*Creaform, Nothing"):
        truth.probability(["Creaform", "Nothing"], CUTOFF)
