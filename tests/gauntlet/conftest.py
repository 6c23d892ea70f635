"""One toy star for the room, and contexts of candidates with a leak switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from tests.support.planted_toy import planted_toy
from tests.support.toy_candidate import PermutableToy, ToyCandidate, toy_context
from tests.support.toy_star import toy_star
from tests.support.variant_cache import remember_variants

from gosales.data.star import CUSTOMERS, TRANSACTIONS, Star
from gosales.gauntlet.context import GauntletContext


@pytest.fixture(scope="session")
def star(tmp_path_factory: pytest.TempPathFactory) -> Star:
    return toy_star(tmp_path_factory.mktemp("toy") / "star")


@pytest.fixture(scope="session")
def variants_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Reuse truncated and poisoned stars for the rest of the session."""
    with pytest.MonkeyPatch.context() as patch:
        remember_variants(patch, tmp_path_factory.mktemp("variants"))
        yield


@pytest.fixture(scope="session")
def prepared() -> dict[tuple[object, ...], GauntletContext]:
    """Contexts made so far: frames are copied on write, so tests may share them."""
    return {}


@pytest.fixture
def audit(
    star: Star, prepared: dict[tuple[object, ...], GauntletContext], tmp_path: Path
) -> Callable[..., GauntletContext]:
    """``audit("peek")`` gives the context of a candidate with that leak."""

    def make(*leaks: str, on: Star = star, permutable: bool = False, n_jobs: int = 1):
        kind = PermutableToy if permutable else ToyCandidate
        key = (kind, leaks, on.path)
        if key not in prepared:
            prepared[key] = toy_context(on, planted_toy(on, *leaks, kind=kind), tmp_path)
        context = prepared[key]
        candidate = copy(context.candidate)
        return replace(context, candidate=candidate, workdir=tmp_path / "work", n_jobs=n_jobs)

    return make


@pytest.fixture
def quiet_star(tmp_path: Path) -> Callable[..., Star]:
    """A star in which 60 accounts, known from the start, order from some day on only."""

    def make(buyers: int, since: str = "2024-09-01") -> Star:
        star = toy_star(tmp_path / f"star{buyers}")
        lines = pd.read_parquet(star.table(TRANSACTIONS))
        customers = pd.read_parquet(star.table(CUSTOMERS))
        quiet = sorted(customers["customer_id"])[:60]
        late = lines["order_date"] >= pd.Timestamp(since).date()
        mine = lines["customer_id"].isin(quiet)
        buys = lines["customer_id"].isin(quiet[:buyers])
        kept = lines[~mine | (late & buys)]
        one = lines[late].groupby("customer_id").head(1).iloc[:buyers]
        first = one.assign(customer_id=quiet[: len(one)])
        pd.concat([kept, first]).to_parquet(star.table(TRANSACTIONS), index=False)
        known = customers["first_known_date"].where(
            ~customers["customer_id"].isin(quiet), pd.Timestamp("2021-01-01").date()
        )
        customers.assign(first_known_date=known).to_parquet(star.table(CUSTOMERS), index=False)
        return star

    return make
