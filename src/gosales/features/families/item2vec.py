"""How near an account that no longer buys lies to the target's owners, by what it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, DIVISION_KEY, ORDER_DATE, SKU, SKU_KEY, TARGET
from gosales.core.errors import ConfigError
from gosales.core.slug import name_key
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.embedding.account_vectors import AccountVectors
from gosales.features.embedding.installed_pieces import installed_pieces
from gosales.features.embedding.interactions import Interactions
from gosales.features.embedding.item_names import item_names
from gosales.features.embedding.purchase_days import purchase_days
from gosales.features.embedding.rows_at import rows_at
from gosales.features.embedding.skip_gram import SkipGram
from gosales.features.embedding.target_pairs import target_pairs
from gosales.features.family import FeatureBlock
from gosales.features.scored_table import scored_table
from gosales.features.spec import FeatureSpec

_PAIR: Final = (DIVISION_KEY, SKU_KEY)
_ITEM: Final = "item"
_HELD: Final = "held"


@dataclass(frozen=True)
class Item2Vec:
    """Likeness to the target's owners from old orders and assets, where ALS has nothing to say.

    Parameters
    ----------
    months : int, default 24
        An account with a purchase within so many months has a vector in family ``als`` and is
        left to it; owners are accounts that bought the target within the same window.
    lag_days : int, default 30
        Lag of the twins that the SAFE policy keeps.
    everyone : bool, default False
        Also speak for the accounts that ``als`` speaks for.
    size, reach, epochs, negative
        As in `SkipGram`.
    seed : int, default 7
        Not the run's seed, so that every run shares the cached scores.

    Notes
    -----
    A sequence is an account's purchases by day, over all history; within a day, whose order is
    not told, by name of division and SKU. An account's vector is the mean of the vectors of the
    different items it ever bought or has installed; an asset counts for the items of its SKU.

    ``similarity`` = cosine with the mean direction of the owners, the account itself left out;
    ``backfilled`` = 1 for an account without a purchase in the window that has a vector.
    """

    months: int = 24
    lag_days: int = 30
    everyone: bool = False
    size: int = 16
    reach: int = 5
    epochs: int = 10
    negative: int = 5
    seed: int = 7
    name: str = field(default="item2vec", init=False)

    def __post_init__(self) -> None:
        if self.lag_days <= 0:
            raise ConfigError(
                "the item2vec family is malformed",
                got=f"lag_days={self.lag_days}",
                allowed="lag_days >= 1",
                remedy="mend features.families.item2vec",
                reason_code="bad_family",
            )
        Lookback(months=self.months)
        # Refuses malformed sizes when the family is built.
        _ = self._model

    @property
    def _model(self) -> SkipGram:
        return SkipGram(self.size, self.reach, self.epochs, self.negative, self.seed)

    @property
    def _recent(self) -> tuple[Lookback, ...]:
        return (Lookback(months=self.months), Lookback(months=self.months, lag_days=self.lag_days))

    @property
    def _ever(self) -> tuple[Lookback, ...]:
        return (Lookback(), Lookback(lag_days=self.lag_days))

    def specs(self) -> list[FeatureSpec]:
        """Whether it speaks, and likeness to owners, now and lagged."""
        flags = [
            FeatureSpec(
                self.name,
                "backfilled",
                "all",
                window,
                described("known by older orders or assets only", "all", window),
                adjacency=True,
            )
            for window in self._recent
        ]
        return flags + [
            FeatureSpec(
                self.name,
                "similarity",
                "target",
                window,
                described(
                    "likeness of what it has to what this division's owners have", "all", window
                ),
                nullable=True,
                adjacency=True,
            )
            for window in self._ever
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """Learn item vectors at each cutoff and window, then place every account."""
        tables = (
            purchase_days(view, [*self._recent, *self._ever]),
            installed_pieces(view, self._ever),
            target_pairs(view, self._ever),
        )
        flagged, scored = [], []
        for cutoff in view.cutoffs:
            days, held, pairs = (rows_at(view, table, cutoff) for table in tables)
            days[_ITEM], pairs[_ITEM] = item_names(days, _PAIR), item_names(pairs, _PAIR)
            places = [self._placed(days, held, ever.token) for ever in self._ever]
            customers = pd.Index(sorted({c for at in places for c in at.customers}), dtype=object)
            flags = self._flags(days, places, customers)
            frame = self._frame(customers, "all", flags)
            flagged.append(frame.assign(**{CUTOFF: cutoff.day}))
            for target, mine in pairs.groupby(TARGET, sort=True):
                values = self._similarities(days, places, set(mine[_ITEM]), flags, customers)
                frame = self._frame(customers, "target", values)
                scored.append(frame.assign(**{CUTOFF: cutoff.day, TARGET: target}))
        keys = [CUSTOMER, CUTOFF]
        return FeatureBlock(
            all=scored_table(view, flagged, self._names("all"), keys),
            target=scored_table(view, scored, self._names("target"), [*keys, TARGET]),
        )

    def _placed(self, days: pd.DataFrame, held: pd.DataFrame, token: str) -> AccountVectors:
        """Vectors of all accounts that ever bought something or have something installed."""
        told = days[days[token].to_numpy(dtype=bool)].sort_values([CUSTOMER, ORDER_DATE, _ITEM])
        sequences = told.groupby(CUSTOMER, sort=False)[_ITEM].agg(list)
        vectors = self._model.fit(list(sequences))
        known = told.drop_duplicates(_ITEM)
        rows = pd.concat([told[[CUSTOMER, _ITEM]], _assets(held, known, token)])
        rows = rows.drop_duplicates([CUSTOMER, _ITEM]).assign(**{_HELD: 1.0})
        matrix = Interactions.of(rows, [_ITEM], _HELD)
        count = np.asarray(matrix.weights.sum(axis=1)).reshape(-1, 1)
        mean = matrix.weights @ vectors.reindex(matrix.items).to_numpy() / count
        return AccountVectors(matrix.customers, mean)

    def _flags(
        self, days: pd.DataFrame, places: list[AccountVectors], customers: pd.Index
    ) -> list[np.ndarray]:
        """Per window, 1.0 for accounts with a vector and no recent purchase."""
        found = []
        for window, at in zip(self._recent, places, strict=True):
            buys = days.loc[days[window.token].to_numpy(dtype=bool), CUSTOMER].unique()
            found.append((customers.isin(at.customers) & ~customers.isin(buys)).astype("float64"))
        return found

    def _similarities(
        self,
        days: pd.DataFrame,
        places: list[AccountVectors],
        items: set[str],
        flags: list[np.ndarray],
        customers: pd.Index,
    ) -> list[np.ndarray]:
        mine, found = days[_ITEM].isin(items).to_numpy(), []
        for window, at, flag in zip(self._recent, places, flags, strict=True):
            owners = days.loc[mine & days[window.token].to_numpy(dtype=bool), CUSTOMER].unique()
            held = np.asarray(pd.Index(at.customers, dtype=object).isin(owners))
            cosine = at.laid_on(customers, at.similarity(held))
            found.append(cosine if self.everyone else np.where(flag > 0, cosine, np.nan))
        return found

    def _frame(self, customers: pd.Index, scope: str, values: list[np.ndarray]) -> pd.DataFrame:
        named = dict(zip(self._names(scope), values, strict=True))
        return pd.DataFrame({CUSTOMER: customers, **named})

    def _names(self, scope: str) -> list[str]:
        return [s.name for s in self.specs() if s.scope == scope]


def _assets(held: pd.DataFrame, known: pd.DataFrame, token: str) -> pd.DataFrame:
    """The known items of each account's installed SKUs."""
    here = held.dropna(subset=[SKU, token])
    keys = {sku: name_key(sku) for sku in here[SKU].unique()}
    named = pd.DataFrame({CUSTOMER: here[CUSTOMER], SKU_KEY: here[SKU].map(keys)})
    return named.merge(known[[SKU_KEY, _ITEM]], on=SKU_KEY)[[CUSTOMER, _ITEM]]
