"""One pass of every family over all cutoffs and targets, from the cache where it can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis
import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, TARGET
from gosales.core.digests import digest_frame, digest_json
from gosales.core.errors import GoSalesError, InternalError
from gosales.data.as_of import AsOfView
from gosales.features.family import FeatureFamily
from gosales.features.spec import FeatureSpec
from gosales.features.store import FeatureStore

# Changes whenever the layout of a cached block does.
_LAYOUT = "1"


@dataclass(frozen=True)
class FeaturePass:
    """Blocks of one family.

    Parameters
    ----------
    family : FeatureFamily
        What to compute.
    store : FeatureStore or None
        Cache; None computes everything anew.
    report : list of str
        One line per block computed or reused, for `gosales features`.
    """

    family: FeatureFamily
    store: FeatureStore | None
    report: list[str] = field(default_factory=list)

    def blocks(
        self, view: AsOfView, membership: pd.DataFrame
    ) -> dict[tuple[str, str | None], pd.DataFrame]:
        """Frames by (cutoff, target); target None holds the columns of scope ``all``.

        Parameters
        ----------
        view : AsOfView
            At all cutoffs.
        membership : pandas.DataFrame
            Columns target, division_key, sku_key.

        Raises
        ------
        InternalError
            If the family breaks its contract or raises; the error names it.
        """
        wanted = self._keys(view, membership)
        found = {} if self.store is None else self._cached(wanted)
        missing = [place for place in wanted if place not in found]
        if missing:
            fresh = self._compute(view, missing)
            for place in missing:
                found[place] = fresh[place]
                if self.store is not None:
                    self.store.put(wanted[place], fresh[place])
        done = len(wanted) - len(missing)
        self.report.append(f"{self.family.name}: {len(missing)} computed, {done} reused")
        return found

    def specs(self, scope: str) -> list[FeatureSpec]:
        """Specs of one scope, in order."""
        return [s for s in self.family.specs() if s.scope == scope]

    def _keys(self, view: AsOfView, membership: pd.DataFrame) -> dict[tuple[str, str | None], str]:
        base = [
            _LAYOUT,
            view.star.digest,
            f"{type(self.family).__module__}.{type(self.family).__qualname__}",
            family_state(self.family),
            [_spec_state(s) for s in self.family.specs()],
        ]
        keys: dict[tuple[str, str | None], str] = {}
        for cutoff in map(str, view.cutoffs):
            if self.specs("all"):
                keys[cutoff, None] = digest_json([*base, cutoff])
            if self.specs("target"):
                for target, rows in membership.groupby(TARGET):
                    pairs = digest_frame(rows.drop(columns=TARGET))
                    keys[cutoff, str(target)] = digest_json([*base, cutoff, pairs])
        return keys

    def _cached(
        self, wanted: dict[tuple[str, str | None], str]
    ) -> dict[tuple[str, str | None], pd.DataFrame]:
        assert self.store is not None
        entries = {place: self.store.get(key) for place, key in wanted.items()}
        return {place: frame for place, frame in entries.items() if frame is not None}

    def _compute(
        self, view: AsOfView, missing: list[tuple[str, str | None]]
    ) -> dict[tuple[str, str | None], pd.DataFrame]:
        view.forget_served()
        try:
            block = self.family.compute(view)
            frames = {
                "all": self._fetch(view, block.all, "all"),
                "target": self._fetch(view, block.target, "target"),
            }
        except GoSalesError:
            raise
        except Exception as error:
            raise InternalError(
                f"the feature family {self.family.name!r} failed",
                got=f"{type(error).__name__}: {error}",
                remedy="mend the family, or switch it off",
                reason_code="family_failed",
            ) from error
        self._check_served(view)
        return {place: _cut(frames, place) for place in missing}

    def _fetch(self, view: AsOfView, table: ibis.Table | None, scope: str) -> pd.DataFrame | None:
        declared = [s.name for s in self.specs(scope)]
        keys = [CUSTOMER, CUTOFF, *([TARGET] if scope == "target" else [])]
        if (table is None) != (not declared):
            raise _broken(self.family, f"specs and block differ for scope {scope}")
        if table is None:
            return None
        got = [c for c in table.columns if c not in keys]
        if sorted(got) != sorted(declared) or any(k not in table.columns for k in keys):
            extra = sorted(set(got) - set(declared))
            lost = sorted(set(declared) - set(got))
            raise _broken(self.family, f"scope {scope}: undeclared {extra}, missing {lost}")
        frame = view.engine.run(table.select(*keys, *declared))
        frame[CUTOFF] = pd.to_datetime(frame[CUTOFF]).dt.strftime("%Y-%m-%d")
        if frame.duplicated(keys).any():
            raise _broken(self.family, f"scope {scope}: more than one row per {', '.join(keys)}")
        for spec in self.specs(scope):
            if spec.dtype == "number":
                frame[spec.name] = frame[spec.name].astype("float64")
        return frame.sort_values(keys, ignore_index=True)

    def _check_served(self, view: AsOfView) -> None:
        declared = {s.lookback for s in self.family.specs() if s.lookback is not None}
        unasked = sorted(lb.token for lb in declared - view.served)
        if unasked:
            raise _broken(self.family, f"declares windows it never asked the view for: {unasked}")


def family_state(family: FeatureFamily) -> dict[str, object]:
    """The plain constructor values of a family, for digests."""
    state = getattr(family, "__dict__", {})
    return {k: v for k, v in sorted(state.items()) if not k.startswith("_cache")}


def _spec_state(spec: FeatureSpec) -> list[object]:
    return [spec.name, spec.dtype, spec.nullable]


def _cut(frames: dict[str, pd.DataFrame | None], place: tuple[str, str | None]) -> pd.DataFrame:
    cutoff, target = place
    frame = frames["all" if target is None else "target"]
    if frame is None:
        raise InternalError("a block was asked for that its family has not", got=str(place))
    mask = frame[CUTOFF] == cutoff
    if target is not None:
        mask &= frame[TARGET] == target
    return frame[mask].drop(columns=[CUTOFF, TARGET], errors="ignore").reset_index(drop=True)


def _broken(family: FeatureFamily, what: str) -> InternalError:
    return InternalError(
        f"the feature family {family.name!r} breaks its contract",
        got=what,
        allowed="exactly the columns of specs(), one row per key, windows asked of the view",
        remedy="mend the family",
        reason_code="family_contract",
    )


def fill(frame: pd.DataFrame, customers: pd.Series, specs: Sequence[FeatureSpec]) -> pd.DataFrame:
    """Columns for the customers of a roster, absent rows filled by declaration.

    Parameters
    ----------
    frame : pandas.DataFrame
        One block: customer_id and its columns.
    customers : pandas.Series
        Customers of the roster, in order.
    specs : sequence of FeatureSpec
        Columns to take.

    Returns
    -------
    pandas.DataFrame, shape (len(customers), len(specs))
        Null where nullable, else zero.
    """
    place = pd.Index(frame[CUSTOMER]).get_indexer(pd.Index(customers))
    absent = place < 0
    columns: dict[str, object] = {}
    for spec in specs:
        if spec.dtype == "category":
            values = frame[spec.name].astype(object).to_numpy()
            taken = np.where(absent, None, values[place]) if len(values) else [None] * len(place)
            columns[spec.name] = pd.array(taken, dtype="str")
            continue
        numbers = frame[spec.name].to_numpy(dtype="float64")
        taken = numbers[place] if len(numbers) else np.full(len(place), np.nan)
        taken = np.where(absent, np.nan, taken)
        columns[spec.name] = taken if spec.nullable else np.nan_to_num(taken, nan=0.0)
    return pd.DataFrame(columns, index=range(len(customers)))
