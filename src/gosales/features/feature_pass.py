"""One pass of all families over all cutoffs and targets, from the cache where it can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
import pyarrow as pa

from gosales.core.columns import DIVISION_KEY, SKU_KEY, TARGET
from gosales.core.digests import digest_frame, digest_json
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.features.family import FeatureFamily
from gosales.features.family_query import SCOPES, FamilyQuery
from gosales.features.feature_block import PlacedBlock, empty_block, with_reads
from gosales.features.frame_cache import FrameCache, Place
from gosales.features.fused_queries import FamilyBlocks, FusedQueries
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

    def complete(self, view: AsOfView, membership: pd.DataFrame, targets: Sequence[str]) -> None:
        """Compute what the cache lacks, all families, cutoffs and targets in one pass.

        Parameters
        ----------
        view : AsOfView
            At all cutoffs.
        membership : pandas.DataFrame
            Columns target, division_key, sku_key.
        targets : sequence of str
            Keys of the targets wanted.

        Raises
        ------
        InternalError
            If a family breaks its contract or raises; the error names it.

        Notes
        -----
        Families that lack the same cutoffs are computed together, so that they share scans. What
        is computed is kept at once and never held whole, unless there is no store.
        """
        keys = self._keys(view, membership, targets)
        lacking = {name: self.cache.lacking(wanted) for name, wanted in keys.items()}
        self._compute_all(view, membership, lacking, keys)
        for family in self.families:
            missed, all_of = len(lacking[family.name]), len(keys[family.name])
            self.cache.tell(family.name, _made_of(family, view), missed, all_of - missed)

    def blocks(
        self,
        view: AsOfView,
        membership: pd.DataFrame,
        targets: Sequence[str],
        scopes: Sequence[str] = SCOPES,
    ) -> Iterator[PlacedBlock]:
        """Every block, one after the other, from the cache.

        Parameters
        ----------
        view, membership, targets
            As of `complete`, or a part of its targets.
        scopes : sequence of str, default both
            ``all``, ``target``.

        Yields
        ------
        PlacedBlock

        Notes
        -----
        An entry that was damaged or deleted since `complete` is computed anew.
        """
        keys = {
            name: {p: k for p, k in wanted.items() if ("all", "target")[p[1] is not None] in scopes}
            for name, wanted in self._keys(view, membership, targets).items()
        }
        while keys:
            lost: dict[str, list[Place]] = {}
            for name, wanted in keys.items():
                unseen = dict.fromkeys(wanted)
                for place, table in self.cache.stored(name, wanted):
                    del unseen[place]
                    yield PlacedBlock(place, table, name)
                lost[name] = list(unseen)
            self._compute_all(view, membership, lost, keys)
            keys = {n: {p: keys[n][p] for p in places} for n, places in lost.items() if places}

    def _compute_all(
        self,
        view: AsOfView,
        membership: pd.DataFrame,
        lacking: Mapping[str, list[Place]],
        keys: Mapping[str, Mapping[Place, object]],
    ) -> None:
        for names in _with_the_same_cutoffs(lacking):
            self._compute(view, membership, {n: lacking[n] for n in names}, keys)

    def _keys(
        self,
        view: AsOfView,
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
            base = digest_json(_made_of(family, view).facts)
            keys: dict[Place, object] = {}
            if "all" in scopes:
                keys.update({(c, None): [base, c] for c in cutoffs})
            if "target" in scopes:
                keys.update({(c, t): [base, c, pairs[t]] for t in targets for c in cutoffs})
            found[family.name] = keys
        return found

    def _compute(
        self,
        view: AsOfView,
        membership: pd.DataFrame,
        missing: Mapping[str, list[Place]],
        keys: Mapping[str, Mapping[Place, object]],
    ) -> None:
        families = [f for f in self.families if f.name in missing]
        part = _narrowed(view, membership, families, missing)
        progress = self.cache.progress
        progress.start("features", len(part.cutoffs))
        with part.stepwise() as step:
            queries = {family.name: FamilyQuery.of(family, part) for family in families}
            fused = FusedQueries.of(list(queries.values()), part)
            keep = partial(self._keep, queries, missing, keys)
            for cutoff in part.cutoffs:
                step(cutoff)
                fused.compute(cutoff, keep)
                progress.advance()

    def _keep(
        self,
        queries: Mapping[str, FamilyQuery],
        missing: Mapping[str, list[Place]],
        keys: Mapping[str, Mapping[Place, object]],
        cutoff: Cutoff,
        found: FamilyBlocks,
    ) -> None:
        for name, blocks in found.items():
            self.cache.keep(keys[name], _places(missing[name], cutoff, queries[name], blocks))


def _places(
    missing: Sequence[Place],
    cutoff: Cutoff,
    query: FamilyQuery,
    blocks: Mapping[str | None, pa.Table],
) -> dict[Place, pa.Table]:
    """One block for each place that is missing, those without rows too."""
    for_all = None in blocks
    empty = empty_block(query.specs("all" if for_all else "target"))
    return {
        place: with_reads(blocks.get(place[1], empty), query.reads)
        for place in missing
        if place[0] == str(cutoff) and (place[1] is None) == for_all
    }


def _made_of(family: FeatureFamily, view: AsOfView) -> MadeOf:
    columns = [[s.name, s.dtype, s.nullable] for s in family.specs()]
    return MadeOf.of(view.star, family, columns)


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
