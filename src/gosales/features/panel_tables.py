"""What a panel holds besides features: roster, owners, outcomes and the newest dates used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from gosales.core.columns import CUSTOMER, CUTOFF, DIVISION_KEY, SKU_KEY, TARGET
from gosales.core.digests import digest_frame
from gosales.core.timeline import Cutoff, Lookback
from gosales.data.as_of import AsOfView
from gosales.data.engine import Engine
from gosales.data.star import Star
from gosales.data.window_read import WindowRead
from gosales.features.frame_cache import Compute, FrameCache, Place
from gosales.features.made_of import MadeOf
from gosales.features.tables_by_cutoff import tables_by_cutoff
from gosales.features.tables_by_place import tables_by_place
from gosales.labels.incumbency import Incumbency
from gosales.labels.label_spec import LabelSpec
from gosales.labels.labeller import EVER_BOUGHT, Labeller
from gosales.labels.population import Population
from gosales.labels.target import Target

_NEWEST = "newest_date"


@dataclass(frozen=True)
class _Windows:
    reads: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class _Outcomes:
    """What of a label decides its outcomes: a mode or a wish to widen does not."""

    horizon_months: int
    buffer_days: int
    denied: tuple[str, ...]

    @classmethod
    def of(cls, label: LabelSpec) -> _Outcomes:
        return cls(label.horizon_months, label.buffer_days, tuple(sorted(label.denied_keys)))


@dataclass(frozen=True)
class PanelTables:
    """Tables of some targets at some cutoffs, each computed in one pass and cached.

    Parameters
    ----------
    star : Star
        The data.
    engine : Engine
        Where expressions run.
    cache : FrameCache
        Where tables are kept.
    cutoffs : sequence of Cutoff
        Distinct.
    targets : sequence of Target
        Distinct keys.
    membership : pandas.DataFrame
        Columns target, division_key, sku_key.
    """

    star: Star
    engine: Engine
    cache: FrameCache
    cutoffs: Sequence[Cutoff]
    targets: Sequence[Target]
    membership: pd.DataFrame

    def roster(self, population: Population, incumbency: Incumbency) -> pd.DataFrame:
        """The accounts of every cutoff, with whether each ever bought anything.

        Returns
        -------
        pandas.DataFrame
            As of `Population.roster`, with ``ever_bought``; sorted by cutoff, customer.
        """

        def compute(places: list[Place]) -> dict[Place, pa.Table]:
            view = self._view(places, population.lookbacks)
            rows = population.roster(view)
            ever = incumbency.ever_bought(view).assign(**{EVER_BOUGHT: True})
            rows = rows.merge(ever, on=[CUSTOMER, CUTOFF], how="left")
            rows[EVER_BOUGHT] = rows[EVER_BOUGHT].fillna(value=False).astype(bool)
            return tables_by_cutoff(rows, places)

        return self._whole("roster", population, compute)

    def owned(self, incumbency: Incumbency) -> dict[str, pd.DataFrame]:
        """Per target, ownership and naive count of the accounts that ever bought it."""

        def compute(places: list[Place]) -> dict[Place, pa.Table]:
            view = self._view(places, incumbency.lookbacks)
            return tables_by_place(incumbency.measure(view), places)

        return self._by_key("owners", incumbency, compute)

    def outcomes(self, label: LabelSpec) -> dict[str, pd.DataFrame]:
        """Per target, what each account bought in each label window."""

        def compute(places: list[Place]) -> dict[Place, pa.Table]:
            rows = Labeller(label).outcomes(
                self.star,
                [t for t in self.targets if t.key in {key for _, key in places}],
                _cutoffs(places),
                self.engine,
                self._members(places),
            )
            return tables_by_place(rows, places)

        return self._by_key("outcomes", _Outcomes.of(label), compute)

    def newest(self, reads: Iterable[WindowRead]) -> dict[tuple[str, str, str], str | None]:
        """Largest known date served, by cutoff, lookback token and table; None for no rows."""
        wanted = {read.words: read for read in reads}
        if not wanted:
            return {}

        def compute(places: list[Place]) -> dict[Place, pa.Table]:
            view = self._view(places, list({read.lookback for read in wanted.values()}))
            rows = view.newest(wanted.values())
            rows[_NEWEST] = pd.to_datetime(rows["newest"]).dt.strftime("%Y-%m-%d").astype("str")
            rows[CUTOFF] = pd.to_datetime(rows[CUTOFF]).dt.strftime("%Y-%m-%d")
            return tables_by_cutoff(rows.drop(columns="newest"), places)

        windows = _Windows(tuple(sorted(wanted)))
        found = self._whole("newest dates", windows, compute)
        dates = found[_NEWEST].astype(object).where(found[_NEWEST].notna(), None)
        keys = zip(found[CUTOFF], found["lookback"], found["table"], strict=True)
        return dict(zip(keys, dates, strict=True))

    def _view(self, places: list[Place], lookbacks: Sequence[Lookback]) -> AsOfView:
        members = self._members(places)
        return AsOfView(self.star, _cutoffs(places), self.engine, lookbacks, members)

    def _members(self, places: list[Place]) -> pd.DataFrame:
        wanted = {key for _, key in places if key is not None}
        rows = self.membership[TARGET].isin(wanted)
        return self.membership[rows].reset_index(drop=True)

    def _by_cutoff(self, made_of: MadeOf) -> dict[Place, object]:
        return {(str(c), None): [made_of.facts, str(c)] for c in sorted(self.cutoffs)}

    def _by_target(self, made_of: MadeOf) -> dict[Place, object]:
        keys: dict[Place, object] = {}
        for target in self.targets:
            mine = self.membership[TARGET] == target.key
            pairs = digest_frame(self.membership.loc[mine, [DIVISION_KEY, SKU_KEY]])
            for (cutoff, _), base in self._by_cutoff(made_of).items():
                keys[cutoff, target.key] = [base, target.measure, pairs]
        return keys

    def _whole(self, what: str, part: object, compute: Compute) -> pd.DataFrame:
        made_of = MadeOf.of(self.star, part)
        keys = self._by_cutoff(made_of)
        found = self.cache.frames(what, made_of, keys, compute)
        parts = [found[place].assign(**{CUTOFF: place[0]}) for place in keys]
        return pd.concat(parts, ignore_index=True)

    def _by_key(self, what: str, part: object, compute: Compute) -> dict[str, pd.DataFrame]:
        made_of = MadeOf.of(self.star, part)
        keys = self._by_target(made_of)
        found = self.cache.frames(what, made_of, keys, compute)
        return {
            target.key: pd.concat(
                [found[p].assign(**{CUTOFF: p[0]}) for p in keys if p[1] == target.key],
                ignore_index=True,
            )
            for target in self.targets
        }


def _cutoffs(places: list[Place]) -> list[Cutoff]:
    return [Cutoff.parse(c) for c in sorted({cutoff for cutoff, _ in places})]
