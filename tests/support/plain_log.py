"""A log as plain Python rows, and the frame of a test that recomputes features from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from tests.support.family_frame import family_blocks, filled, members
from tests.support.random_log import CUTOFFS

from gosales.data.star import Star

TARGETS = members(
    swx=[("Solidworks", "SWX_Core")],
    support=[("Hardware", "Support"), ("Scanning", "Support")],
    training=[("Training", "CAD")],
)


class Line(NamedTuple):
    customer: str
    day: date
    known: date
    division: str
    sku: str
    quantity: int
    gp: Decimal | None
    revenue: Decimal | None

    @property
    def money(self) -> Decimal | None:
        return self.revenue if self.gp is None else self.gp


Lines = list[Line]


class Cell(NamedTuple):
    """What one cell may be made of: lines of the column's window and nothing else."""

    spec: Any
    customer: str
    mine: Lines  # of this customer, in the column's scope
    own: Lines  # of this customer, of any division
    every: Lines  # of all customers, of any division
    inside: Callable[[Line], bool]  # whether a line is in the column's scope
    end: date


Formula = Callable[[Cell], Any]


def parsed(frame: pd.DataFrame) -> Lines:
    def amount(value: float) -> Decimal | None:
        return None if pd.isna(value) else Decimal(str(value))

    return [
        Line(
            r.customer_id,
            r.order_date.date(),
            r.known_date.date(),
            r.division.strip().lower(),
            r.sku.lower(),
            r.quantity,
            amount(r.gross_profit),
            amount(r.revenue),
        )
        for r in frame.itertuples()
    ]


def months_before(end: date, months: int) -> date:
    """The end of an adjacent window so many months earlier; month ends stay month ends."""
    at = pd.Timestamp(end)
    start = at - pd.DateOffset(months=months)
    return (start + pd.offsets.MonthEnd(0) if at.is_month_end else start).date()


@cache
def bounds(cutoff: str, token: str) -> tuple[date, date]:
    """First day outside to the left, and last day inside, of a window by its token."""
    span, _, lag = token.partition("_lag")
    end = (pd.Timestamp(cutoff) - pd.Timedelta(days=int(lag[:-1]) if lag else 0)).date()
    if span == "ever":
        return date(1900, 1, 1), end
    if span[-1] == "d":
        return (pd.Timestamp(end) - pd.Timedelta(days=int(span[:-1]))).date(), end
    return months_before(end, int(span[:-1])), end


def total(values: Iterable[Decimal | None]) -> Decimal:
    return sum((v for v in values if v is not None), Decimal(0))


def bought(lines: Lines) -> Lines:
    return [x for x in lines if x.quantity > 0]


def by_customer(lines: Lines) -> dict[str, Lines]:
    found: dict[str, Lines] = {}
    for x in lines:
        found.setdefault(x.customer, []).append(x)
    return found


def assert_every_cell(
    family: Any,
    log: tuple[Lines, Star],
    formula: Formula,
    exact: Sequence[str] = (),
    tolerance: float = 1e-12,
) -> None:
    """Every column, cutoff, target and customer, one who never bought included.

    ``exact`` names the beginnings of measures that are whole numbers or sums: these must not
    differ in a single bit, the others by rounding only (``tolerance``, relative and absolute).
    """
    lines, star = log
    blocks = family_blocks(family, star, CUTOFFS, TARGETS)
    ids = [*sorted({x.customer for x in lines}), "nobody"]
    assert {c for c, _ in blocks} == set(CUTOFFS)
    for (cutoff, target), frame in blocks.items():
        got = filled(frame, ids, family)
        for spec in family.specs():
            if spec.scope == ("all" if target is None else "target"):
                want = _column(spec, lines, cutoff, target, ids, formula)
                allowed = 0.0 if spec.measure.startswith(tuple(exact)) else tolerance
                assert_same(got[spec.name], want, spec, allowed)


def _column(
    spec: Any, lines: Lines, cutoff: str, target: Any, ids: Sequence[str], formula: Formula
) -> list[Any]:
    start, end = bounds(cutoff, spec.lookback.token)
    every = [x for x in lines if start < x.day <= end and x.known <= end]
    pairs = TARGETS[TARGETS["target"] == target]
    wanted = set(zip(pairs["division_key"], pairs["sku_key"], strict=True))

    def inside(x: Line) -> bool:
        return target is None or (x.division, x.sku) in wanted

    own = by_customer(every)
    return [
        formula(
            Cell(
                spec,
                c,
                [x for x in own.get(c, []) if inside(x)],
                own.get(c, []),
                every,
                inside,
                end,
            )
        )
        for c in ids
    ]


def assert_same(got: pd.Series, want: list[Any], spec: Any, allowed: float) -> None:
    if spec.dtype == "category":
        assert [None if pd.isna(g) else g for g in got] == want, spec.name
        return
    wanted = np.array([np.nan if w is None else w for w in want], dtype="float64")
    values = got.to_numpy(dtype="float64")
    np.testing.assert_allclose(values, wanted, rtol=allowed, atol=allowed, err_msg=spec.name)
