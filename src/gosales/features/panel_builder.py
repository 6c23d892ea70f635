"""Panels of any targets and cutoffs: roster, labels, features and their provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from gosales.core.columns import CUTOFF
from gosales.core.errors import DegenerateError, InternalError
from gosales.core.progress import Progress, SilentProgress
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.engine import Engine
from gosales.data.star import Star
from gosales.data.window_read import WindowRead
from gosales.features.cache_use import CacheUse
from gosales.features.code_digest import code_digest
from gosales.features.family import FeatureFamily
from gosales.features.feature_pass import FeaturePass
from gosales.features.frame_cache import FrameCache, Place
from gosales.features.labelled_roster import LabelledRoster
from gosales.features.made_of import MadeOf
from gosales.features.panel_tables import PanelTables
from gosales.features.panels import Panels
from gosales.features.safe import SafeDecision, SafePolicy
from gosales.features.safe_auto import SafeAuto
from gosales.features.spec import STATIC, FeatureSpec
from gosales.features.store import FeatureStore
from gosales.labels.incumbency import Incumbency
from gosales.labels.known_skus import known_skus
from gosales.labels.label_spec import LabelSpec
from gosales.labels.membership import membership
from gosales.labels.population import Population
from gosales.labels.target import Target


@dataclass(frozen=True)
class PanelBuilder:
    """Everything that turns a star into panels.

    Parameters
    ----------
    families : sequence of FeatureFamily
        Computed one after the other, each in one pass over all cutoffs and targets.
    safe : SafePolicy or SafeAuto
        Decides which columns a candidate may use; one that has yet to be chosen builds labels
        alone.
    population : Population
        Who is on the roster.
    label : LabelSpec
        What counts as buying.
    incumbency : Incumbency
        Owners and the naive rank.
    engine : Engine
        Where expressions run.
    store : FeatureStore or None
        Cache of feature blocks.
    targets_may_be_absent : bool, default False
        Whether a target may match no line of the log: a history cut before a division's launch
        has none, and its panel is that of a division nobody bought. An audit sets it for such
        histories; for a user's log it would hide a misspelt name.
    report : list of CacheUse
        What the last build computed and what it reused, one entry per table and family.
    """

    families: Sequence[FeatureFamily]
    safe: SafePolicy | SafeAuto
    population: Population
    label: LabelSpec
    incumbency: Incumbency
    engine: Engine
    store: FeatureStore | None = None
    targets_may_be_absent: bool = False
    report: list[CacheUse] = field(default_factory=list, compare=False)

    def __post_init__(self) -> None:
        names = [s.name for family in self.families for s in family.specs()]
        twice = sorted({n for n in names if names.count(n) > 1})
        strange = [f.name for f in self.families for s in f.specs() if s.family != f.name]
        if twice or strange or not names:
            raise InternalError(
                "the feature families do not fit together",
                got=f"names twice: {twice}; specs of another family in: {sorted(set(strange))}; "
                f"{len(names)} columns",
                allowed="distinct column names, each of its own family",
                remedy="rename the family or the measure",
                reason_code="family_contract",
            )

    @property
    def decisions(self) -> list[SafeDecision]:
        """SAFE decision of every declared column, in order."""
        return list(self.safe.decide([s for f in self.families for s in f.specs()]))

    @property
    def specs(self) -> tuple[FeatureSpec, ...]:
        """The columns the SAFE policy keeps: scope ``all`` first, numbers before categories."""
        kept = [d.spec for d in self.decisions if d.keep]
        # One scope after the other, so that panels of many targets can share the first; numbers
        # together, so that they lie in one block of memory.
        return tuple(sorted(kept, key=lambda s: (s.scope != "all", s.dtype != "number")))

    def build(
        self,
        star: Star,
        targets: Sequence[Target],
        cutoffs: Sequence[Cutoff],
        progress: Progress | None = None,
    ) -> Panels:
        """Panels of several targets, all families passing once over all cutoffs and targets.

        Parameters
        ----------
        star : Star
            The data.
        targets : sequence of Target
            Distinct keys.
        cutoffs : sequence of Cutoff
            Distinct; labels are null where the log does not complete their window.
        progress : Progress, optional
            Listener.

        Returns
        -------
        Panels
            By target key; computed, and laid out when asked for.

        Raises
        ------
        ConfigError
            If a target matches no line of the log.
        DegenerateError
            If nobody is on the roster, or the label mode admits nobody of it.
        InternalError
            If a family breaks its contract or fails; the error names it.
        """
        labelled = self.labelled(star, targets, cutoffs, progress)
        tables = labelled.tables
        view = AsOfView(star, cutoffs, self.engine, (), tables.membership)
        features = FeaturePass(self.families, tables.cache)
        features.complete(view, tables.membership, [t.key for t in targets])
        labelled.compute()
        if all(labelled.is_empty(target) for target in targets):
            raise self._empty(targets)

        def newest(reads: Mapping[str, frozenset[WindowRead]]) -> pd.DataFrame:
            return self._provenance(tables, view, reads)

        return Panels(labelled, view, features, self.specs, newest)

    def labelled(
        self,
        star: Star,
        targets: Sequence[Target],
        cutoffs: Sequence[Cutoff],
        progress: Progress | None = None,
    ) -> LabelledRoster:
        """Roster and labels alone: what `build` lays the features on.

        Parameters
        ----------
        star, targets, cutoffs, progress
            As of `build`.

        Raises
        ------
        ConfigError
            If a target matches no line of the log.
        InternalError
            If the cutoffs are not distinct.
        """
        self.report.clear()
        cache = FrameCache(self.store, progress or SilentProgress(), self.report)
        known = self._known(star, cache)
        member = membership(targets, known, may_be_absent=self.targets_may_be_absent)
        ordered = AsOfView(star, cutoffs, self.engine).cutoffs
        tables = PanelTables(star, self.engine, cache, ordered, targets, member)
        return LabelledRoster(tables, self.population, self.incumbency, self.label)

    def family_view(
        self, star: Star, targets: Sequence[Target], cutoffs: Sequence[Cutoff]
    ) -> AsOfView:
        """The view families are given at some cutoffs, with all their windows.

        Parameters
        ----------
        star, targets, cutoffs
            As of `build`.
        """
        tables = self.labelled(star, targets, cutoffs).tables
        declared = {s.lookback for f in self.families for s in f.specs() if s.lookback}
        windows = sorted(declared, key=lambda lookback: lookback.token)
        return AsOfView(star, cutoffs, self.engine, windows, tables.membership)

    def _known(self, star: Star, cache: FrameCache) -> pd.DataFrame:
        place: Place = ("log", None)
        made_of = MadeOf(star.digest, code_digest(), "known skus")
        wanted = {place: [made_of.facts]}

        def compute(_: list[Place]) -> dict[Place, pa.Table]:
            return {place: pa.Table.from_pandas(known_skus(star, self.engine))}

        found = cache.frames("names", made_of, wanted, compute)
        return found[place]

    def _provenance(
        self, tables: PanelTables, view: AsOfView, reads: Mapping[str, frozenset[WindowRead]]
    ) -> pd.DataFrame:
        used = {s: sorted({r.table for r in reads[s.family] if r.lookback == s.lookback})
                for s in self.specs}  # fmt: skip
        dates = tables.newest(frozenset().union(*(reads[s.family] for s in self.specs)))
        rows: list[tuple[str | None, ...]] = []
        for spec, of in used.items():
            lookback = spec.lookback
            for cutoff in map(str, view.cutoffs):
                if lookback is None:
                    rows.append((spec.name, cutoff, None, None, STATIC))
                    continue
                for table in of:
                    newest = dates.get((cutoff, lookback.token, table))
                    rows.append((spec.name, cutoff, table, newest, "recorded"))
        return pd.DataFrame(rows, columns=["feature", CUTOFF, "table", "newest_date", "source"])

    def _empty(self, targets: Sequence[Target]) -> DegenerateError:
        return DegenerateError(
            f"the label mode {self.label.mode!r} admits nobody on the roster",
            got=f"no row of {', '.join(target.key for target in targets)}",
            allowed="a population with such accounts",
            remedy="set label.mode=all, or population.include_prospects=true",
            reason_code="empty_roster",
        )
