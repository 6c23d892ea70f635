"""Every measure recomputed line by line, in plain Python over a random log, by its formula."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from tests.support.family_frame import family_blocks, filled, members
from tests.support.random_log import ATTRIBUTES, CUTOFFS, SKUS, random_customers, random_lines
from tests.support.tiny_star import make_star

from gosales.features.families.diversity import Diversity
from gosales.features.families.division_mix import DivisionMix
from gosales.features.families.lag_proxy import LagProxy
from gosales.features.families.profile import Profile
from gosales.features.families.recency import Recency
from gosales.features.families.rfm import Rfm
from gosales.features.families.tenure import Tenure

TARGETS = members(
    swx=[("Solidworks", "SWX_Core")],
    support=[("Hardware", "Support"), ("Scanning", "Support")],
    training=[("Training", "CAD")],
)
FAMILIES = {
    "rfm": Rfm(),
    "rfm-gp": Rfm(money="gp"),
    "recency": Recency(),
    "tenure": Tenure(),
    "diversity": Diversity(),
    "lag_proxy": LagProxy(),
    "division_mix": DivisionMix(divisions=list(SKUS)),
}


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


@cache
def bounds(cutoff: str, token: str) -> tuple[date, date]:
    """First day outside to the left, and last day inside, of a window by its token."""
    span, _, lag = token.partition("_lag")
    end = pd.Timestamp(cutoff) - pd.Timedelta(days=int(lag[:-1]) if lag else 0)
    if span == "ever":
        return date(1900, 1, 1), end.date()
    n = int(span[:-1])
    if span[-1] == "d":
        return end.date() - timedelta(days=n), end.date()
    start = end - pd.DateOffset(months=n)
    return (start + pd.offsets.MonthEnd(0) if end.is_month_end else start).date(), end.date()


def total(values: list[Decimal | None]) -> Decimal:
    return sum((v for v in values if v is not None), Decimal(0))


def bought(lines: Lines) -> Lines:
    return [x for x in lines if x.quantity > 0]


def rfm(mine: Lines, measure: str, money: str) -> float:
    count = len(bought(mine))
    if measure == "tx_count":
        return count
    net = float(total([x.gp if money == "gp" else x.money for x in mine]))
    if measure == "gp_sum":
        return net
    if measure == "gp_mean":
        return net / count if count else math.nan
    both = [x for x in mine if x.gp is not None and x.revenue is not None]
    revenue = total([x.revenue for x in both])
    return float(total([x.gp for x in both])) / float(revenue) if revenue > 0 else math.nan


def recency(mine: Lines, measure: str, end: date) -> float:
    days = min(((end - x.day).days for x in bought(mine)), default=None)
    if measure.startswith("decay"):
        return 0.0 if days is None else 2 ** (-days / int(measure.split("_")[1][:-1]))
    if days is None:
        return math.nan
    return days if measure == "days_since_last" else math.log1p(days)


def tenure(mine: Lines, measure: str, end: date) -> Any:
    if measure == "active_months":
        return len({(x.day.year, x.day.month) for x in bought(mine)})
    days = max(((end - x.day).days for x in bought(mine)), default=None)
    if days is None:
        return None
    months = days / 30.4375
    if measure == "months_since_first":
        return months
    names = {3: "lt_3m", 6: "3m_6m", 12: "6m_12m", 24: "12m_24m"}
    return next((name for edge, name in names.items() if months < edge), "ge_24m")


def share(mine: Lines, every: Lines, inside: Callable[[Line], bool], what: str) -> float:
    def size(lines: Lines) -> float:
        if what == "count_share":
            return len(lines)
        return float(total([x.money for x in lines if x.money is not None and x.money > 0]))

    mine, every = bought(mine), bought(every)
    part = [x for x in mine if inside(x)]
    if not part:
        return 0.0
    prior = size([x for x in every if inside(x)]) / size(every)
    raw = size(part) / size(mine) if size(mine) else prior
    return (len(mine) * raw + 5.0 * prior) / (len(mine) + 5.0)


def mix(own: Lines, every: Lines, spec: Any, end: date, inside: Callable[[Line], bool]) -> float:
    measure = spec.measure
    if spec.scope == "all":
        measure, _, division = measure.rpartition("_")

        def inside(x: Line) -> bool:
            return x.division == division

    here = [x for x in own if inside(x)]
    if measure in ("gp_sum", "tx_count"):
        return rfm(here, measure, "auto")
    if measure == "days_since_last":
        return recency(here, measure, end)
    return share(own, every, inside, measure)


def cell(family: Any, spec: Any, own: Lines, every: Lines, end: date, wanted: set[Any]) -> Any:
    """``own`` lines of one customer and ``every`` line, both within the spec's window."""

    def inside(x: Line) -> bool:
        return spec.scope == "all" or (x.division, x.sku) in wanted

    mine = [x for x in own if inside(x)]
    if spec.family == "rfm":
        return rfm(mine, spec.measure, family.money)
    if spec.family == "recency":
        return recency(mine, spec.measure, end)
    if spec.family == "tenure":
        return tenure(mine, spec.measure, end)
    if spec.family == "diversity":
        column = "sku" if spec.measure == "sku_count" else "division"
        return len({getattr(x, column) for x in bought(mine)})
    if spec.family == "lag_proxy":
        return rfm(mine, {"tx_rate": "tx_count", "gp_rate": "gp_sum"}[spec.measure], "auto") / 2
    return mix(own, every, spec, end, inside)


def column(family: Any, spec: Any, lines: Lines, cutoff: str, target: Any, ids: Any) -> list[Any]:
    start, end = bounds(cutoff, spec.lookback.token)
    every = [x for x in lines if start < x.day <= end and x.known <= end]
    owned: dict[str, Lines] = {c: [] for c in ids}
    for x in every:
        owned[x.customer].append(x)
    pairs = TARGETS[TARGETS["target"] == target]
    wanted = set(zip(pairs["division_key"], pairs["sku_key"], strict=True))
    return [cell(family, spec, owned[c], every, end, wanted) for c in ids]


def same(got: pd.Series, want: list[Any], spec: Any) -> None:
    if spec.dtype == "category":
        assert [None if pd.isna(g) else g for g in got] == want, spec.name
        return
    wanted = np.array([np.nan if w is None else w for w in want], dtype="float64")
    # Counts and sums are exact; only quotients, logs and powers may differ in the last bits.
    exact = spec.measure.startswith(("tx_count", "gp_sum", "days_since", "sku_c", "division_c"))
    np.testing.assert_allclose(
        got.to_numpy(), wanted, rtol=0 if exact else 1e-12, err_msg=spec.name
    )


@pytest.fixture(scope="module", params=[1, 2])
def log(request, tmp_path_factory):
    frame = random_lines(request.param, n=400, n_customers=12)
    return parsed(frame), make_star(tmp_path_factory.mktemp("log"), frame)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_cell_is_what_its_formula_says(name, log):
    family, (lines, star) = FAMILIES[name], log
    blocks = family_blocks(family, star, CUTOFFS, TARGETS)
    ids = [*sorted({x.customer for x in lines}), "nobody"]
    assert {c for c, _ in blocks} == set(CUTOFFS)
    for (cutoff, target), frame in blocks.items():
        specs = [s for s in family.specs() if s.scope == ("all" if target is None else "target")]
        got = filled(frame, ids, family)
        for spec in specs:
            same(got[spec.name], column(family, spec, lines, cutoff, target, ids), spec)


def test_the_profile_is_what_the_source_says(tmp_path):
    lines = random_lines(3)
    customers = random_customers(3, lines)
    star = make_star(tmp_path, lines, customers, attributes=ATTRIBUTES)
    known = lines.groupby("customer_id")["known_date"].min()
    family = Profile().for_attributes(ATTRIBUTES)
    for (cutoff, _), frame in family_blocks(family, star, CUTOFFS, TARGETS).items():
        want = customers[(customers["customer_id"].map(known) <= cutoff).to_numpy()]
        assert frame["customer_id"].tolist() == want["customer_id"].tolist()
        assert frame["profile__size__all__static"].tolist() == want["size"].tolist()
        region = frame["profile__region__all__static"].fillna("none").tolist()
        assert region == want["region"].fillna("none").tolist()
