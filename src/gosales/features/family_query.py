"""What a family asks of a view, checked against what it declares, before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import duckdb
import ibis
import ibis.expr.operations as ops
from ibis.common.exceptions import IbisError

from gosales.core.columns import CUSTOMER, CUTOFF, TARGET
from gosales.core.errors import InternalError
from gosales.data.as_of import AsOfView
from gosales.data.window_read import WindowRead
from gosales.features.family import FeatureFamily
from gosales.features.spec import FeatureSpec

SCOPES: Final = ("all", "target")

# What gives another value at another time or in another run, whatever the view shows.
_UNSTABLE: Final = (ops.TimestampNow, ops.DateNow, ops.RandomScalar, ops.RandomUUID)

# What code of a family can raise; the error that stops the run must name the family.
FAILURES: Final = (
    ArithmeticError, AssertionError, AttributeError, ImportError, InternalError, LookupError,
    NameError, OSError, RuntimeError, TypeError, ValueError, IbisError, duckdb.Error,
)  # fmt: skip


@dataclass(frozen=True)
class FamilyQuery:
    """The lazy tables of one family over one view.

    Parameters
    ----------
    family : FeatureFamily
        Whose.
    tables : mapping of str to ibis.Table
        By scope; exactly the keys and the declared columns.
    reads : frozenset of WindowRead
        Which rows of which tables its windows were served.
    """

    family: FeatureFamily
    tables: Mapping[str, ibis.Table]
    reads: frozenset[WindowRead]

    @classmethod
    def of(cls, family: FeatureFamily, view: AsOfView) -> FamilyQuery:
        """Ask a family for its tables.

        Raises
        ------
        InternalError
            If it raises, or breaks its contract: other columns than declared, a window declared
            and not asked for or asked for and not declared, the clock or chance.
        """
        view.forget_served()
        with blamed_on(family):
            block = family.compute(view)
            tables = dict(zip(SCOPES, (block.all, block.target), strict=True))
            found = {s: t for s, t in tables.items() if _sound(family, s, t) and t is not None}
        _check_windows(family, view)
        return cls(family, found, view.reads)

    def specs(self, scope: str) -> list[FeatureSpec]:
        """The declared columns of one scope."""
        return specs_of(self.family, scope)


def specs_of(family: FeatureFamily, scope: str) -> list[FeatureSpec]:
    """The columns a family declares for one scope."""
    return [s for s in family.specs() if s.scope == scope]


def keys_of(scope: str) -> list[str]:
    """The keys of a scope's table, in the order it is sorted by."""
    return [CUTOFF, CUSTOMER] if scope == "all" else [CUTOFF, TARGET, CUSTOMER]


@contextmanager
def blamed_on(family: FeatureFamily) -> Iterator[None]:
    """Errors that leave the block name the family; what a user can mend keeps its own words."""
    try:
        yield
    except FAILURES as error:
        if isinstance(error, InternalError) and error.reason_code == "family_contract":
            raise
        raise InternalError(
            f"the feature family {family.name!r} failed",
            got=f"{type(error).__name__}: {error}",
            remedy="mend the family, or switch it off",
            reason_code="family_failed",
        ) from error


def broken(family: FeatureFamily, what: str) -> InternalError:
    """The error of a family that breaks its contract."""
    return InternalError(
        f"the feature family {family.name!r} breaks its contract",
        got=what,
        allowed="exactly the columns of specs(), finite, one row per key, every window "
        "asked of the view, no clock and no chance",
        remedy="mend the family",
        reason_code="family_contract",
    )


def _sound(family: FeatureFamily, scope: str, table: ibis.Table | None) -> bool:
    declared = specs_of(family, scope)
    if (table is None) != (not declared):
        raise broken(family, f"specs and block differ for scope {scope}")
    if table is None:
        return False
    wanted = {s.name for s in declared} | set(keys_of(scope))
    extra, lost = sorted(set(table.columns) - wanted), sorted(wanted - set(table.columns))
    if extra or lost:
        raise broken(family, f"scope {scope}: undeclared {extra}, missing {lost}")
    if unstable := table.op().find(_UNSTABLE):
        names = sorted({type(op).__name__ for op in unstable})
        raise broken(family, f"scope {scope}: uses the clock or chance: {names}")
    return True


def _check_windows(family: FeatureFamily, view: AsOfView) -> None:
    declared = {s.lookback for s in family.specs() if s.lookback is not None}
    unasked = sorted(lb.token for lb in declared - view.served)
    strange = sorted(lb.token for lb in view.served - declared)
    if unasked:
        raise broken(family, f"declares windows it never asked the view for: {unasked}")
    if strange:
        raise broken(family, f"asks the view for windows it does not declare: {strange}")
