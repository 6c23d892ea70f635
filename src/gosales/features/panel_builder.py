"""Panels of any targets and cutoffs: roster, labels, features and their provenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from gosales.core.columns import (
    CUSTOMER,
    CUTOFF,
    EVER_OWNED,
    IS_OWNER,
    NAIVE_COUNT,
    REP,
    TARGET,
)
from gosales.core.errors import DegenerateError, InternalError
from gosales.core.progress import Progress, SilentProgress
from gosales.core.timeline import Cutoff, Lookback
from gosales.data.as_of import AsOfView
from gosales.data.engine import Engine
from gosales.data.star import Star
from gosales.features.family import FeatureFamily
from gosales.features.feature_pass import FeaturePass, family_state, fill
from gosales.features.panel import Panel
from gosales.features.safe import SafeDecision, SafePolicy
from gosales.features.spec import FeatureSpec
from gosales.features.store import FeatureStore
from gosales.labels.incumbency import Incumbency
from gosales.labels.label_spec import LabelSpec
from gosales.labels.labeller import EVER_BOUGHT, Labeller
from gosales.labels.membership import membership
from gosales.labels.population import Population
from gosales.labels.target import Target

Blocks = dict[tuple[str, str | None], pd.DataFrame]


@dataclass(frozen=True)
class PanelBuilder:
    """Everything that turns a star into panels.

    Parameters
    ----------
    families : sequence of FeatureFamily
        Computed one after the other, each in one pass over all cutoffs and targets.
    safe : SafePolicy
        Decides which columns a candidate may use.
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
    report : list of str
        What the last build computed and what it reused, one line per family.
    """

    families: Sequence[FeatureFamily]
    safe: SafePolicy
    population: Population
    label: LabelSpec
    incumbency: Incumbency
    engine: Engine
    store: FeatureStore | None = None
    report: list[str] = field(default_factory=list, compare=False)

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
        """The columns the SAFE policy keeps, in order."""
        return tuple(d.spec for d in self.decisions if d.keep)

    @property
    def state(self) -> dict[str, object]:
        """Plain values that define the features and labels, without data; for digests."""
        return {
            "families": [
                [f"{type(f).__module__}.{type(f).__qualname__}", family_state(f)]
                for f in self.families
            ],
            "columns": [s.name for s in self.specs],
            "safe": vars(self.safe),
            "population": vars(self.population),
            "label": vars(self.label),
            "incumbency": vars(self.incumbency),
        }

    @property
    def lookbacks(self) -> tuple[Lookback, ...]:
        """Every window a view must be built with."""
        declared = {s.lookback for f in self.families for s in f.specs() if s.lookback}
        return tuple(declared | set(self.population.lookbacks) | set(self.incumbency.lookbacks))

    def build(
        self,
        star: Star,
        targets: Sequence[Target],
        cutoffs: Sequence[Cutoff],
        progress: Progress | None = None,
    ) -> dict[str, Panel]:
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
        dict of str to Panel
            By target key.

        Raises
        ------
        ConfigError
            If a target matches no line of the log.
        DegenerateError
            If nobody is on the roster.
        InternalError
            If a family breaks its contract or fails; the error names it.
        """
        progress = progress or SilentProgress()
        member = membership(targets, star, self.engine)
        view = AsOfView(star, cutoffs, self.engine, self.lookbacks, member)
        roster = self._roster(view)
        blocks = self._blocks(view, member, progress)
        shared = self._assemble(roster, blocks, None)
        newest = self._provenance(view)
        labeller = Labeller(self.label)
        outcomes = labeller.outcomes(star, targets, cutoffs, self.engine, member)
        owned = self.incumbency.measure(view)
        panels = {}
        for target in targets:
            rows = labeller.attach(_owned(roster, owned, target), outcomes, target, star)
            X = pd.concat([shared, self._assemble(roster, blocks, target.key)], axis=1)
            panels[target.key] = self._panel(target, rows, X, newest)
        return panels

    def _roster(self, view: AsOfView) -> pd.DataFrame:
        roster = self.population.roster(view)
        if roster.empty:
            raise DegenerateError(
                "nobody is on the roster",
                got=f"cutoffs {', '.join(map(str, view.cutoffs))}",
                allowed=f"accounts that bought within {self.population.warm_months} months "
                "or own assets",
                remedy="choose a later cutoff, or population.include_prospects=true",
                reason_code="empty_roster",
            )
        ever = self.incumbency.ever_bought(view).assign(**{EVER_BOUGHT: True})
        out = roster.merge(ever, on=[CUSTOMER, CUTOFF], how="left")
        out[EVER_BOUGHT] = out[EVER_BOUGHT].fillna(value=False).astype(bool)
        return out

    def _blocks(self, view: AsOfView, member: pd.DataFrame, progress: Progress) -> list[Blocks]:
        self.report.clear()
        progress.start("features", len(self.families))
        found = []
        for family in self.families:
            done = FeaturePass(family, self.store, self.report)
            found.append(done.blocks(view, member))
            progress.advance()
        return found

    def _assemble(
        self, roster: pd.DataFrame, blocks: list[Blocks], target: str | None
    ) -> pd.DataFrame:
        scope = "all" if target is None else "target"
        kept = {s.name for s in self.specs}
        parts = []
        for cutoff, rows in roster.groupby(CUTOFF, sort=True):
            columns = [
                fill(block[str(cutoff), target], rows[CUSTOMER], wanted)
                for family, block in zip(self.families, blocks, strict=True)
                if (wanted := [s for s in family.specs() if s.scope == scope and s.name in kept])
            ]
            if columns:
                parts.append(pd.concat(columns, axis=1))
        if not parts:
            return pd.DataFrame(index=range(len(roster)))
        return pd.concat(parts, ignore_index=True)

    def _provenance(self, view: AsOfView) -> pd.DataFrame:
        newest = view.newest()
        dates = {
            (str(pd.Timestamp(r.cutoff).date()), str(r.lookback)): (
                None if pd.isna(r.newest) else str(pd.Timestamp(r.newest).date())
            )
            for r in newest.itertuples()
        }
        rows = [
            {
                "feature": spec.name,
                CUTOFF: str(cutoff),
                "newest_date": None
                if spec.lookback is None
                else dates.get((str(cutoff), spec.lookback.token)),
                "source": "static" if spec.lookback is None else "recorded",
            }
            for spec in self.specs
            for cutoff in view.cutoffs
        ]
        return pd.DataFrame(rows)

    def _panel(
        self, target: Target, rows: pd.DataFrame, X: pd.DataFrame, newest: pd.DataFrame
    ) -> Panel:
        X = X[[s.name for s in self.specs]].iloc[rows["_at"].to_numpy()]
        return Panel(
            target=target.key,
            rows=rows.drop(columns="_at"),
            X=X.reset_index(drop=True),
            specs=self.specs,
            provenance=newest,
        )


def _owned(roster: pd.DataFrame, owned: pd.DataFrame, target: Target) -> pd.DataFrame:
    mine = owned[owned[TARGET] == target.key].drop(columns=TARGET)
    rows = roster.assign(_at=range(len(roster))).merge(mine, on=[CUSTOMER, CUTOFF], how="left")
    for name in (IS_OWNER, EVER_OWNED):
        rows[name] = rows[name].fillna(value=False).astype(bool)
    rows[NAIVE_COUNT] = rows[NAIVE_COUNT].astype("float64").fillna(0.0)
    rows[REP] = rows[REP].astype(object)
    return rows
