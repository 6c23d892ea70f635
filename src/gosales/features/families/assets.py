"""What a customer owns, and what of it is about to run out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import ibis

from gosales.core.columns import EXPIRY_DATE, IS_SUBSCRIPTION, PURCHASE_DATE, ROLLUP
from gosales.core.errors import ConfigError
from gosales.core.slug import slug
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.spec import FeatureSpec

_NOW: Final = Lookback()


@dataclass(frozen=True)
class Assets:
    """Assets owned, active, expiring soon and lapsed; on request, subscriptions by rollup.

    Parameters
    ----------
    expiring_days : sequence of int, default (30, 60, 90)
        Lengths of the windows of ``expiring_<d>d``.
    guard_days : int, default 30
        Days between the day looked from and the start of those windows.
    lag_days : int, default 30
        The lagged twins of ``expiring_<d>d`` and ``days_since_expiry`` look from so many days
        before the cutoff and know what was known then; the SAFE policy keeps them when it drops
        the others.
    rollups : sequence of str, optional
        Rollups that get subscription columns of their own, matched without regard to case and
        blanks. A fixed list, never "those in the data", so that training and scoring have the
        same columns. None: counts over all rollups only.

    Notes
    -----
    Over the assets bought and known by the window's end t; an expiry date is a value and not a
    date of knowledge, so it may lie ahead. An asset is active when it has no expiry date or one
    after t.

    - ``owned``, ``active``: assets ever and now; ``subscription_share``: subscriptions among the
      active ones, null without any;
    - ``subscriptions_on``, ``subscriptions_off``: active and expired subscriptions; likewise
      ``..._<rollup>``;
    - ``expiring_<d>d``: assets whose expiry lies in (t + guard, t + guard + d];
    - ``days_since_expiry``: days from the latest expiry on or before t, null without one.
    """

    expiring_days: Sequence[int] = (30, 60, 90)
    guard_days: int = 30
    lag_days: int = 30
    rollups: Sequence[str] | None = None
    name: str = field(default="assets", init=False)

    def __post_init__(self) -> None:
        days, slugs = list(self.expiring_days), [slug(r) for r in self.rollups or ()]
        twice = len(set(days)) != len(days) or len(set(slugs)) != len(slugs)
        if twice or any(d <= 0 for d in days) or self.guard_days < 0 or self.lag_days <= 0:
            raise ConfigError(
                "the assets family is malformed",
                got=f"expiring_days={days}, guard_days={self.guard_days}, "
                f"lag_days={self.lag_days}, rollups={list(self.rollups or ())}",
                allowed="distinct expiring_days >= 1, guard_days >= 0, lag_days >= 1 and rollups "
                "with distinct keys",
                remedy="mend features.families.assets",
                reason_code="bad_family",
            )

    @property
    def _ages(self) -> tuple[Lookback, ...]:
        return (_NOW, Lookback(lag_days=self.lag_days))

    def specs(self) -> list[FeatureSpec]:
        """What is owned, then what runs out now and lagged."""
        return [*self._standing(), *(s for age in self._ages for s in self._ending(age))]

    def _standing(self) -> list[FeatureSpec]:
        told = [
            ("owned", "assets ever owned"),
            ("active", "active assets"),
            ("subscription_share", "share of subscriptions in the active assets"),
            ("subscriptions_on", "active subscriptions"),
            ("subscriptions_off", "lapsed subscriptions"),
        ]
        for rollup in self.rollups or ():
            told.append((f"subscriptions_on_{slug(rollup)}", f"active subscriptions to {rollup}"))
            told.append((f"subscriptions_off_{slug(rollup)}", f"lapsed subscriptions to {rollup}"))
        return [
            FeatureSpec(
                self.name,
                measure,
                "all",
                _NOW,
                described(words, "all", _NOW),
                nullable=measure == "subscription_share",
            )
            for measure, words in told
        ]

    def _ending(self, age: Lookback) -> list[FeatureSpec]:
        guard = self.guard_days
        told = [
            (f"expiring_{d}d", f"assets expiring in {guard + 1} to {guard + d} days")
            for d in self.expiring_days
        ]
        told.append(("days_since_expiry", "days since an asset last expired"))
        return [
            FeatureSpec(
                self.name,
                measure,
                "all",
                age,
                described(words, "all", age),
                nullable=measure == "days_since_expiry",
                adjacency=True,
            )
            for measure, words in told
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the assets."""
        assets = view.assets()
        values = self._standing_values(view, assets)
        for age in self._ages:
            values += self._ending_values(view, assets, age)
        columns = {spec.name: v for spec, v in zip(self.specs(), values, strict=True)}
        return FeatureBlock(all=assets.group_by(view.keys(assets)).aggregate(**columns))

    def _standing_values(self, view: AsOfView, assets: ibis.Table) -> list[ibis.Value]:
        owned = view.within(assets, _NOW, PURCHASE_DATE)
        expired = owned & _is_expired(view, assets, _NOW)
        active = owned & ~_is_expired(view, assets, _NOW)
        subscribed = assets[IS_SUBSCRIPTION].fill_null(False)
        on, off = _count(assets, active & subscribed), _count(assets, expired & subscribed)
        n_active = _count(assets, active)
        values = [_count(assets, owned), n_active, on / n_active.nullif(0.0), on, off]
        for rollup in self.rollups or ():
            mine = subscribed & _is_rollup(assets, rollup)
            values += [_count(assets, active & mine), _count(assets, expired & mine)]
        return values

    def _ending_values(self, view: AsOfView, assets: ibis.Table, age: Lookback) -> list[ibis.Value]:
        owned = view.within(assets, age, PURCHASE_DATE)
        since = view.age_days(assets, age, EXPIRY_DATE)
        left = -since - self.guard_days
        soon = [_count(assets, owned & (left > 0) & (left <= d)) for d in self.expiring_days]
        last = since.min(where=owned & _is_expired(view, assets, age))
        return [*soon, last.cast("float64")]


def _is_expired(view: AsOfView, assets: ibis.Table, age: Lookback) -> ibis.Value:
    return (view.age_days(assets, age, EXPIRY_DATE) >= 0).fill_null(False)


def _is_rollup(assets: ibis.Table, rollup: str) -> ibis.Value:
    given = assets[ROLLUP].strip().lower().re_replace(r"\s+", " ")
    return (given == " ".join(rollup.split()).lower()).fill_null(False)


def _count(assets: ibis.Table, where: ibis.Value) -> ibis.Value:
    return assets.count(where=where).cast("float64")
