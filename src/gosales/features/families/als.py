"""How an account's purchases point to the target, by factorising who bought what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, DIVISION_KEY, ROLLUP, SKU, SKU_KEY, TARGET
from gosales.core.errors import ConfigError
from gosales.core.slug import name_key
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.embedding.implicit_factors import ImplicitFactors
from gosales.features.embedding.installed_pieces import installed_pieces
from gosales.features.embedding.interactions import Interactions
from gosales.features.embedding.item_names import item_names
from gosales.features.embedding.net_quantities import net_quantities
from gosales.features.embedding.rows_at import rows_at
from gosales.features.embedding.target_pairs import target_pairs
from gosales.features.embedding.window_fit import WindowFit
from gosales.features.family import FeatureBlock
from gosales.features.scored_table import scored_table
from gosales.features.spec import FeatureSpec

_PAIR: Final = (DIVISION_KEY, SKU_KEY)
_SCALES: Final = ("log", "raw")
_Scope = Literal["all", "target"]


@dataclass(frozen=True)
class Als:
    """Preference for the target and nearness to its owners, from purchases and from assets.

    Parameters
    ----------
    months : int, default 24
        Lookback of the purchases that are factorised; assets count whenever they were bought.
    lag_days : int, default 30
        The lagged twins are fitted on what was known so many days before the cutoff; the SAFE
        policy keeps them when it drops the others.
    factors, regularization, alpha, iterations
        As in `ImplicitFactors`.
    quantities : {"log", "raw"}, default "log"
        Weight of an interaction: ln(1 + q) or q, for the net quantity q.
    seed : int, default 7
        Where item vectors start; not the run's seed, so that every run shares the cached scores.

    Notes
    -----
    An interaction is an account and a pair of division and SKU with a positive net quantity (a
    line without quantity counts 1, a return without quantity -1). With x the account's vector:

    ``preference`` = mean of x . y over the target's items y;
    ``similarity`` = cosine of x with the mean direction of the target's owners (accounts with an
    interaction with the target in the same window), the account itself left out;
    ``has_vector`` = 1 where there is an interaction; the other two are null where there is none.

    The ``asset_`` columns are the same over asset rollups: an item is a rollup, the target's are
    those that hold an asset of one of its SKUs, owners are as before; all null without assets.

    Vectors of different cutoffs are not comparable, so every centroid belongs to one cutoff and
    to the fit of one window there, and only rotation-invariant scores are columns. A cached block
    is keyed by the content of the log, the cutoff and the target's pairs: a centroid of another
    cutoff, content or division cannot be met.
    """

    months: int = 24
    lag_days: int = 30
    factors: int = 16
    regularization: float = 0.1
    alpha: float = 10.0
    iterations: int = 15
    quantities: str = "log"
    seed: int = 7
    name: str = field(default="als", init=False)

    def __post_init__(self) -> None:
        if self.quantities not in _SCALES or self.lag_days <= 0:
            raise ConfigError(
                "the als family is malformed",
                got=f"quantities={self.quantities!r}, lag_days={self.lag_days}",
                allowed=f"quantities one of {', '.join(_SCALES)}; lag_days >= 1",
                remedy="mend features.families.als",
                reason_code="bad_family",
            )
        Lookback(months=self.months)
        # Refuses malformed sizes and strengths when the family is built.
        _ = self._model

    @property
    def _model(self) -> ImplicitFactors:
        return ImplicitFactors(
            self.factors, self.regularization, self.alpha, self.iterations, self.seed
        )

    @property
    def _bought(self) -> tuple[Lookback, ...]:
        return (Lookback(months=self.months), Lookback(months=self.months, lag_days=self.lag_days))

    @property
    def _installed(self) -> tuple[Lookback, ...]:
        return (Lookback(), Lookback(lag_days=self.lag_days))

    def specs(self) -> list[FeatureSpec]:
        """Coverage, preference and similarity, from purchases and from assets, now and lagged."""
        found = [s for w in self._bought for s in self._of(w, "", "orders")]
        return found + [s for w in self._installed for s in self._of(w, "asset_", "assets")]

    def _of(self, window: Lookback, prefix: str, source: str) -> list[FeatureSpec]:
        told: list[tuple[str, _Scope, str]] = [
            ("has_vector", "all", f"whether the account has {source} to compare"),
            ("preference", "target", f"pull of the account's {source} towards this division"),
            (
                "similarity",
                "target",
                f"likeness of its {source} to those of this division's owners",
            ),
        ]
        return [
            FeatureSpec(
                self.name,
                f"{prefix}{measure}",
                scope,
                window,
                described(words, "all", window),
                nullable=scope == "target",
                adjacency=True,
            )
            for measure, scope, words in told
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """Fit each cutoff and window, then score every account of it for every target."""
        tables = (
            net_quantities(view, self._bought),
            installed_pieces(view, self._installed),
            target_pairs(view, self._installed),
        )
        covered, scored = [], []
        for cutoff in view.cutoffs:
            bought, held, pairs = (rows_at(view, table, cutoff) for table in tables)
            fits = self._fits(bought, held)
            customers = pd.Index(sorted({c for fit in fits for c in fit.interactions.customers}))
            covered.append(self._covered(fits, customers).assign(**{CUTOFF: cutoff.day}))
            for target, mine in pairs.groupby(TARGET, sort=True):
                frame = self._scored(fits, customers, mine, held)
                scored.append(frame.assign(**{CUTOFF: cutoff.day, TARGET: target}))
        keys = [CUSTOMER, CUTOFF]
        return FeatureBlock(
            all=scored_table(view, covered, self._names("all"), keys),
            target=scored_table(view, scored, self._names("target"), [*keys, TARGET]),
        )

    def _fits(self, bought: pd.DataFrame, held: pd.DataFrame) -> list[WindowFit]:
        """Of each window of purchases, then of each window of assets."""
        tokens = [w.token for w in self._installed]
        # In order of SKU within each account: floats are added in one order.
        told = held.dropna(subset=[ROLLUP]).sort_values([CUSTOMER, ROLLUP, SKU])
        rolled = told.groupby([CUSTOMER, ROLLUP], as_index=False)[tokens].sum()
        parts: list[tuple[pd.DataFrame, Sequence[str], str]] = [
            (bought, _PAIR, window.token) for window in self._bought
        ]
        found = []
        for rows, item, token in [*parts, *((rolled, [ROLLUP], token) for token in tokens)]:
            weighed = rows.assign(**{token: self._weights(rows[token])})
            found.append(WindowFit.of(Interactions.of(weighed, item, token), self._model))
        return found

    def _weights(self, quantity: pd.Series) -> np.ndarray:
        values = quantity.to_numpy(dtype="float64", na_value=0.0).clip(min=0.0)
        return np.log1p(values) if self.quantities == "log" else values

    def _names(self, scope: _Scope) -> list[str]:
        return [s.name for s in self.specs() if s.scope == scope]

    def _covered(self, fits: Sequence[WindowFit], customers: pd.Index) -> pd.DataFrame:
        flags = [customers.isin(fit.interactions.customers).astype("float64") for fit in fits]
        named = dict(zip(self._names("all"), flags, strict=True))
        return pd.DataFrame({CUSTOMER: customers, **named})

    def _scored(
        self,
        fits: Sequence[WindowFit],
        customers: pd.Index,
        pairs: pd.DataFrame,
        held: pd.DataFrame,
    ) -> pd.DataFrame:
        bought, installed = fits[: len(self._bought)], fits[len(self._bought) :]
        items = pd.Index(item_names(pairs, _PAIR))
        owners = [fit.owners(items) for fit in bought]
        wanted = [items for _ in bought]
        wanted += [_rollups(held, pairs, w.token) for w in self._installed]
        values = [
            fit.accounts.laid_on(customers, score)
            for fit, names, own in zip([*bought, *installed], wanted, owners * 2, strict=True)
            for score in (fit.preference(names), fit.similarity(own))
        ]
        named = dict(zip(self._names("target"), values, strict=True))
        return pd.DataFrame({CUSTOMER: customers, **named})


def _rollups(held: pd.DataFrame, pairs: pd.DataFrame, token: str) -> pd.Index:
    """The rollups that hold an asset of one of the target's SKUs."""
    skus = set(pairs.loc[pairs[token].to_numpy(dtype=bool), SKU_KEY])
    here = held.dropna(subset=[ROLLUP, SKU, token])
    keys = {sku: name_key(sku) for sku in here[SKU].unique()}
    found: pd.Index = pd.Index(here.loc[here[SKU].map(keys).isin(skus), ROLLUP].unique())
    return found
