"""One pass of a family over all cutoffs and targets, from the cache where it can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb
import ibis
import ibis.expr.operations as ops
import numpy as np
import pandas as pd
from ibis.common.exceptions import IbisError

from gosales.core.columns import CUSTOMER, CUTOFF, DIVISION_KEY, SKU_KEY, TARGET
from gosales.core.digests import digest_frame
from gosales.core.errors import InternalError
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.features.code_digest import code_digest
from gosales.features.declared_state import declared_state
from gosales.features.family import FeatureBlock, FeatureFamily
from gosales.features.frame_cache import FrameCache, Place
from gosales.features.frames_by_place import frames_by_place
from gosales.features.spec import FeatureSpec

Blocks = dict[Place, pd.DataFrame]

# What gives another value at another time or in another run, whatever the view shows.
_UNSTABLE: Final = (ops.TimestampNow, ops.DateNow, ops.RandomScalar, ops.RandomUUID)

# What code of a family can raise; the error that stops the run must name the family.
_FAILURES: Final = (
    ArithmeticError, AssertionError, AttributeError, ImportError, InternalError, LookupError,
    NameError, OSError, RuntimeError, TypeError, ValueError, IbisError, duckdb.Error,
)  # fmt: skip


@dataclass(frozen=True)
class FeaturePass:
    """Blocks of one family.

    Parameters
    ----------
    family : FeatureFamily
        What to compute.
    cache : FrameCache
        Where blocks are kept.
    """

    family: FeatureFamily
    cache: FrameCache

    def blocks(self, view: AsOfView, membership: pd.DataFrame, targets: list[str]) -> Blocks:
        """Frames by (cutoff, target); target None holds the columns of scope ``all``.

        Parameters
        ----------
        view : AsOfView
            At all cutoffs.
        membership : pandas.DataFrame
            Columns target, division_key, sku_key.
        targets : list of str
            Keys of the targets wanted.

        Returns
        -------
        dict of (cutoff, target or None) to pandas.DataFrame
            customer_id and the columns of that scope; only rows that have something to say.

        Raises
        ------
        InternalError
            If the family breaks its contract or raises; the error names it.
        """
        wanted = self._keys(view, membership, targets)
        return self.cache.frames(
            self.family.name, wanted, lambda places: self._compute(view, membership, places)
        )

    def _specs(self, scope: str) -> list[FeatureSpec]:
        return [s for s in self.family.specs() if s.scope == scope]

    def _keys(
        self, view: AsOfView, membership: pd.DataFrame, targets: list[str]
    ) -> dict[Place, object]:
        base = [
            view.star.digest,
            code_digest(type(self.family)),
            declared_state(self.family),
            [[s.name, s.dtype, s.nullable] for s in self.family.specs()],
        ]
        cutoffs = [str(c) for c in view.cutoffs]
        keys: dict[Place, object] = {}
        if self._specs("all"):
            keys.update({(c, None): [*base, c] for c in cutoffs})
        if self._specs("target"):
            for target in targets:
                rows = membership[membership[TARGET] == target]
                pairs = digest_frame(rows[[DIVISION_KEY, SKU_KEY]])
                keys.update({(c, target): [*base, c, pairs] for c in cutoffs})
        return keys

    def _compute(self, view: AsOfView, membership: pd.DataFrame, places: list[Place]) -> Blocks:
        part = self._narrowed(view, membership, places)
        try:
            block = self.family.compute(part)
            frames = self._fetched(part, block, places)
        except _FAILURES as error:
            if isinstance(error, InternalError) and error.reason_code == "family_contract":
                raise
            raise InternalError(
                f"the feature family {self.family.name!r} failed",
                got=f"{type(error).__name__}: {error}",
                remedy="mend the family, or switch it off",
                reason_code="family_failed",
            ) from error
        self._check_served(part)
        return frames

    def _narrowed(self, view: AsOfView, membership: pd.DataFrame, places: list[Place]) -> AsOfView:
        """The view at the cutoffs and targets still wanted, with this family's windows only."""
        targets = {target for _, target in places if target is not None}
        rows = membership[membership[TARGET].isin(targets)] if targets else membership
        return AsOfView(
            view.star,
            [Cutoff.parse(c) for c in sorted({cutoff for cutoff, _ in places})],
            view.engine,
            [s.lookback for s in self.family.specs() if s.lookback is not None],
            rows.reset_index(drop=True),
        )

    def _fetched(self, view: AsOfView, block: FeatureBlock, places: list[Place]) -> Blocks:
        found: Blocks = {}
        for scope, table in (("all", block.all), ("target", block.target)):
            declared = self._checked_columns(table, scope)
            if table is not None and (unstable := table.op().find(_UNSTABLE)):
                names = sorted({type(op).__name__ for op in unstable})
                raise self._broken(f"scope {scope}: uses the clock or chance: {names}")
            mine = [p for p in places if (p[1] is None) == (scope == "all")]
            if table is not None and mine:
                frame = self._fetch(view, table, declared, scope)
                found.update(frames_by_place(frame, mine))
        return found

    def _checked_columns(self, table: ibis.Table | None, scope: str) -> list[FeatureSpec]:
        declared = self._specs(scope)
        if (table is None) != (not declared):
            raise self._broken(f"specs and block differ for scope {scope}")
        if table is not None:
            keys = _keys_of(scope)
            names = {s.name for s in declared}
            extra = sorted(set(table.columns) - names - set(keys))
            lost = sorted((names | set(keys)) - set(table.columns))
            if extra or lost:
                raise self._broken(f"scope {scope}: undeclared {extra}, missing {lost}")
        return declared

    def _fetch(
        self, view: AsOfView, table: ibis.Table, specs: list[FeatureSpec], scope: str
    ) -> pd.DataFrame:
        keys = _keys_of(scope)
        frame = view.engine.run(table.select(*keys, *(s.name for s in specs)))
        frame[CUTOFF] = pd.to_datetime(frame[CUTOFF]).dt.strftime("%Y-%m-%d")
        # Sorted, so that the same content is the same bytes in the store.
        frame = frame.sort_values(keys, ignore_index=True)
        same = frame[keys].eq(frame[keys].shift()).all(axis=1)
        if same.any() or frame[CUSTOMER].isna().any():
            raise self._broken(f"scope {scope}: a null customer or rows with the same key {keys}")
        numbers = [s.name for s in specs if s.dtype == "number"]
        frame = frame.astype(dict.fromkeys(numbers, "float64"))
        infinite = [n for n in numbers if np.isinf(frame[n].to_numpy()).any()]
        if infinite:
            raise self._broken(f"scope {scope}: infinite values in {infinite}")
        return frame

    def _check_served(self, view: AsOfView) -> None:
        declared = {s.lookback for s in self.family.specs() if s.lookback is not None}
        unasked = sorted(lb.token for lb in declared - view.served)
        if unasked:
            raise self._broken(f"declares windows it never asked the view for: {unasked}")

    def _broken(self, what: str) -> InternalError:
        return InternalError(
            f"the feature family {self.family.name!r} breaks its contract",
            got=what,
            allowed="exactly the columns of specs(), finite, one row per key, every window "
            "asked of the view, no clock and no chance",
            remedy="mend the family",
            reason_code="family_contract",
        )


def _keys_of(scope: str) -> list[str]:
    return [CUTOFF, CUSTOMER] if scope == "all" else [CUTOFF, TARGET, CUSTOMER]
