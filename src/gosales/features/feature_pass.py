"""One pass of all families over all cutoffs and targets, from the cache where it can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from gosales.core.columns import DIVISION_KEY, SKU_KEY, TARGET
from gosales.core.digests import digest_frame, digest_json
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.features.family import FeatureFamily
from gosales.features.family_query import FamilyQuery
from gosales.features.feature_block import PlacedBlock, empty_block, with_reads
from gosales.features.frame_cache import FrameCache, Place
from gosales.features.fused_queries import FusedQueries
from gosales.features.made_of import MadeOf


@dataclass(frozen=True)
class FeaturePass:
    """Blocks of all families.

    Parameters
    ----------
    families : sequence of FeatureFamily
        What to compute.
    cache : FrameCache
        Where blocks are kept.
    """

    families: Sequence[FeatureFamily]
    cache: FrameCache

    def blocks(
        self, view: AsOfView, membership: pd.DataFrame, targets: Sequence[str]
    ) -> Iterator[PlacedBlock]:
        """Every block, one after the other: those the store has, then those computed.

        Parameters
        ----------
        view : AsOfView
            At all cutoffs.
        membership : pandas.DataFrame
            Columns target, division_key, sku_key.
        targets : sequence of str
            Keys of the targets wanted.

        Yields
        ------
        PlacedBlock

        Raises
        ------
        InternalError
            If a family breaks its contract or raises; the error names it.

        Notes
        -----
        Families that lack the same cutoffs are computed together, so that they share scans. What
        is computed is put into the store cutoff by cutoff and never held whole.
        """
        made_of = {f.name: _made_of(f, view) for f in self.families}
        keys = self._keys(view, made_of, membership, targets)
        missing: dict[str, list[Place]] = {}
        for name, wanted in keys.items():
            unseen = dict.fromkeys(wanted)
            for place, table in self.cache.stored(name, wanted):
                del unseen[place]
                yield PlacedBlock(place, table, name)
            missing[name] = list(unseen)
        for names in _with_the_same_cutoffs(missing):
            yield from self._computed(view, membership, {n: missing[n] for n in names}, keys)
        for name, wanted in keys.items():
            lacking = missing[name]
            self.cache.tell(name, made_of[name], len(lacking), len(wanted) - len(lacking))

    def _keys(
        self,
        view: AsOfView,
        made_of: Mapping[str, MadeOf],
        membership: pd.DataFrame,
        targets: Sequence[str],
    ) -> dict[str, dict[Place, object]]:
        cutoffs = [str(c) for c in view.cutoffs]
        pairs = {
            target: digest_frame(
                membership.loc[membership[TARGET] == target, [DIVISION_KEY, SKU_KEY]]
            )
            for target in targets
        }
        found = {}
        for family in self.families:
            scopes = {s.scope for s in family.specs()}
            base = digest_json(made_of[family.name].facts)
            keys: dict[Place, object] = {}
            if "all" in scopes:
                keys.update({(c, None): [base, c] for c in cutoffs})
            if "target" in scopes:
                keys.update({(c, t): [base, c, pairs[t]] for t in targets for c in cutoffs})
            found[family.name] = keys
        return found

    def _computed(
        self,
        view: AsOfView,
        membership: pd.DataFrame,
        missing: Mapping[str, list[Place]],
        keys: Mapping[str, Mapping[Place, object]],
    ) -> Iterator[PlacedBlock]:
        families = [f for f in self.families if f.name in missing]
        part = _narrowed(view, membership, families, missing)
        queries = [FamilyQuery.of(family, part) for family in families]
        progress = self.cache.progress
        progress.start("features", len(part.cutoffs))
        with FusedQueries.of(queries, part) as fused:
            for cutoff in part.cutoffs:
                found = fused.at(cutoff)
                for query in queries:
                    name = query.family.name
                    wanted = [p for p in missing[name] if p[0] == str(cutoff)]
                    tables = {p: found[name].get(p, _empty(query, p)) for p in wanted}
                    blocks = {p: with_reads(t, query.reads) for p, t in tables.items()}
                    self.cache.keep(keys[name], blocks)
                    yield from (PlacedBlock(p, t, name) for p, t in blocks.items())
                progress.advance()


def _made_of(family: FeatureFamily, view: AsOfView) -> MadeOf:
    columns = [[s.name, s.dtype, s.nullable] for s in family.specs()]
    return MadeOf.of(view.star, family, columns)


def _empty(query: FamilyQuery, place: Place) -> pa.Table:
    return empty_block(query.specs("all" if place[1] is None else "target"))


def _with_the_same_cutoffs(missing: Mapping[str, list[Place]]) -> list[list[str]]:
    groups: dict[frozenset[str], list[str]] = defaultdict(list)
    for name, places in missing.items():
        if places:
            groups[frozenset(cutoff for cutoff, _ in places)].append(name)
    return list(groups.values())


def _narrowed(
    view: AsOfView,
    membership: pd.DataFrame,
    families: Sequence[FeatureFamily],
    missing: Mapping[str, list[Place]],
) -> AsOfView:
    """The view at the cutoffs and targets still wanted, with the families' windows."""
    places = [place for wanted in missing.values() for place in wanted]
    targets = {target for _, target in places if target is not None}
    rows = membership[membership[TARGET].isin(targets)] if targets else membership
    return AsOfView(
        view.star,
        [Cutoff.parse(c) for c in sorted({cutoff for cutoff, _ in places})],
        view.engine,
        [s.lookback for f in families for s in f.specs() if s.lookback is not None],
        rows.reset_index(drop=True),
    )
