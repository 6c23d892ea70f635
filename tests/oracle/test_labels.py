"""Labels and their audit recomputed line by line, for random logs and any label."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.label_case import builder
from tests.support.random_log import CUTOFFS, SKUS, random_lines
from tests.support.tiny_star import make_star

from gosales.core.timeline import Cutoff
from gosales.labels.guards import LabelGuard
from gosales.labels.label_audit import LabelAudit
from gosales.labels.label_spec import LabelSpec
from gosales.labels.population import Population
from gosales.labels.target import Target

MEASURES = {"gp": "gross_profit", "revenue": "revenue", "quantity": "quantity"}
WARM_MONTHS = 18


def later(day: date, months: int) -> date:
    """Months on, by pandas: a month end stays a month end."""
    moved = pd.Timestamp(day) + pd.DateOffset(months=months)
    if (pd.Timestamp(day) + pd.Timedelta(days=1)).day == 1:
        moved += pd.offsets.MonthEnd(0)
    return moved.date()


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A log, a target and a label."""
    all_skus = sorted({s for skus in SKUS.values() for s in skus})
    division = draw(st.sampled_from([*SKUS, None]))
    chosen = draw(st.lists(st.sampled_from(all_skus), min_size=1, max_size=3, unique=True))
    return {
        "seed": draw(st.integers(0, 10_000)),
        "target": Target(
            "t",
            division=division,
            skus=None if division else chosen,
            measure=draw(st.sampled_from(["auto", *MEASURES])),
            threshold=draw(st.sampled_from([0.0, 2.0, 150.0])),
        ),
        "declared": draw(st.sampled_from(list(MEASURES))),
        "label": LabelSpec(
            horizon_months=draw(st.integers(1, 9)),
            buffer_days=draw(st.sampled_from([0, 1, 30, 60])),
            mode=draw(st.sampled_from(["all", "expansion", "new_logo"])),
            denylist=draw(st.lists(st.sampled_from([s.upper() for s in all_skus]), max_size=2)),
        ),
    }


def made(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines, some known before they happened, and who owns an asset since when."""
    lines = random_lines(seed, n=140, n_customers=14)
    rng = np.random.default_rng(seed + 1)
    booked = rng.random(len(lines)) < 0.1
    lines.loc[booked, "known_date"] = lines.loc[booked, "order_date"] - pd.Timedelta(days=9)
    owners = [f"c{i:02d}" for i in range(0, 14, 3)]
    bought = pd.to_datetime("2021-01-01") + pd.to_timedelta(rng.integers(0, 1300, 5), unit="D")
    assets = pd.DataFrame({"asset_id": list("vwxyz"), "customer_id": owners})
    return lines, assets.assign(purchase_date=bought.strftime("%Y-%m-%d"))


class Oracle:
    """The domain's words, one line and one account at a time."""

    def __init__(self, case: dict[str, Any], lines: pd.DataFrame, assets: pd.DataFrame) -> None:
        self.target, self.label = case["target"], case["label"]
        chosen = case["declared"] if self.target.measure == "auto" else self.target.measure
        self.column = MEASURES[chosen]
        self.lines = lines.to_dict("records")
        for line in self.lines:
            line["order"], line["known"] = (line[f"{k}_date"].date() for k in ("order", "known"))
            line["mine"] = self._mine(line)
            line["denied"] = line["sku"].casefold() in {s.casefold() for s in self.label.denylist}
        self.assets = assets.to_dict("records")
        self.last = max(line["order"] for line in self.lines)

    def _mine(self, line: dict[str, Any]) -> bool:
        if self.target.skus is not None:
            return line["sku"] in self.target.skus
        return line["division"].strip().casefold() == self.target.division.casefold()

    def window(self, cutoff: date) -> tuple[date, date]:
        start = cutoff + timedelta(days=self.label.buffer_days)
        return start, later(start, self.label.horizon_months)

    def history(self, customer: str, cutoff: date) -> list[dict[str, Any]]:
        return [
            line
            for line in self.lines
            if line["customer_id"] == customer
            and max(line["order"], line["known"]) <= cutoff
            and line["quantity"] > 0
        ]

    def segment(self, customer: str, cutoff: date) -> str | None:
        """None for an account nobody knew."""
        mine = [line for line in self.lines if line["customer_id"] == customer]
        if min(line["known"] for line in mine) > cutoff:
            return None
        since = later(cutoff, -WARM_MONTHS)
        if any(line["order"] > since for line in self.history(customer, cutoff)):
            return "warm"
        owns = any(
            a["customer_id"] == customer and date.fromisoformat(a["purchase_date"]) <= cutoff
            for a in self.assets
        )
        return "cold" if owns else "prospect"

    def outcome(self, customer: str, cutoff: date) -> list[dict[str, Any]]:
        start, end = self.window(cutoff)
        return [
            line
            for line in self.lines
            if line["customer_id"] == customer and line["mine"] and start < line["order"] <= end
        ]

    def buys(self, customer: str, cutoff: date) -> bool:
        counted = [line for line in self.outcome(customer, cutoff) if not line["denied"]]
        return total(counted, self.column) > self.target.threshold

    def row(self, customer: str, cutoff: date) -> dict[str, Any] | None:
        """A labelled row; None where the mode does not admit the account."""
        history = self.history(customer, cutoff)
        owned = any(line["mine"] for line in history)
        admitted = {
            "all": True, "expansion": bool(history) and not owned, "new_logo": not history
        }  # fmt: skip
        if not admitted[self.label.mode]:
            return None
        window = self.outcome(customer, cutoff)
        counted = [line for line in window if not line["denied"]]
        value = total(counted, self.column)
        profits = [line for line in counted if not pd.isna(line["gross_profit"])]
        bought = [line for line in counted if line["quantity"] > 0]
        y = float(value > self.target.threshold)
        days = [(line["order"] - cutoff).days for line in bought]
        found = {
            "y": y,
            "label_value": value,
            "label_gp": total(profits, "gross_profit") if profits or not counted else None,
            "first_event_days": float(min(days)) if y and days else None,
        }
        if self.window(cutoff)[1] > self.last:
            found = dict.fromkeys(found)
        cohort = "renewal_like" if owned else "expansion" if history else "new_logo"
        told = {
            "denied_value": total([line for line in window if line["denied"]], self.column),
            "return_only": bool(counted) and not bought,
            "unmeasured": not y and any(pd.isna(line[self.column]) for line in bought),
        }
        return {**found, "cohort": cohort, **told}


def total(lines: list[dict[str, Any]], column: str) -> float:
    known = [Decimal(str(line[column])) for line in lines if not pd.isna(line[column])]
    return float(sum(known, Decimal(0)))


@given(cases())
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
def test_every_label_is_what_the_domain_says(case: dict[str, Any]) -> None:
    lines, assets = made(case["seed"])
    oracle = Oracle(case, lines, assets)
    days = [Cutoff.parse(c) for c in CUTOFFS]
    with tempfile.TemporaryDirectory() as folder:
        star = make_star(Path(folder), lines, assets=assets, label_measure=case["declared"])
        parts = builder(
            label=case["label"],
            population=Population(WARM_MONTHS, include_prospects=True),
            targets_may_be_absent=True,
        )
        labelled = parts.labelled(star, [case["target"]], days)
        rows = labelled.rows(case["target"])
        audit = labelled.audited(case["target"], LabelAudit(case["label"], LabelGuard()))
    for cutoff in days:
        here = rows[rows["cutoff"] == str(cutoff)].set_index("customer_id")
        everyone = sorted(lines["customer_id"].unique())
        segments = {c: oracle.segment(c, cutoff.day) for c in everyone}
        found = {c: oracle.row(c, cutoff.day) for c, s in segments.items() if s}
        want = {c: row for c, row in found.items() if row}
        assert here.index.tolist() == sorted(want)
        for customer, row in want.items():
            assert here.loc[customer, "segment"] == segments[customer]
            assert here.loc[customer, "cohort"] == row["cohort"]
            for name in ("y", "label_value", "label_gp", "first_event_days"):
                got = here.loc[customer, name]
                assert got == row[name] or (pd.isna(got) and row[name] is None), (customer, name)
        the_same_audit(audit[audit["cutoff"] == str(cutoff)].iloc[0], oracle, cutoff, segments)


def the_same_audit(
    line: pd.Series, oracle: Oracle, cutoff: Cutoff, segments: dict[str, str | None]
) -> None:
    rows = {c: oracle.row(c, cutoff.day) for c, s in segments.items() if s}
    want = [row for row in rows.values() if row]
    start, end = oracle.window(cutoff.day)
    assert (line["window_start"], line["window_end"]) == (
        str(start + timedelta(days=1)),
        str(end),
    )
    assert line["roster_rows"] == len(rows)
    assert line["rows"] == len(want)
    for segment in ("warm", "cold", "prospect"):
        assert line[segment] == list(segments.values()).count(segment)
    for cohort in ("new_logo", "expansion", "renewal_like"):
        assert line[cohort] == sum(row["cohort"] == cohort for row in want)
    assert bool(line["censored"]) == bool(want and end > oracle.last)
    if line["censored"]:
        assert pd.isna(line["positives"]) and pd.isna(line["label_gp"])
        assert "rows are censored" in line["guard"]
        return
    assert line["positives"] == line["positive_accounts"] == sum(row["y"] for row in want)
    assert line["return_only_accounts"] == sum(row["return_only"] for row in want)
    assert line["unmeasured_accounts"] == sum(row["unmeasured"] for row in want)
    off = sum(oracle.buys(c, cutoff.day) for c in segments if not rows.get(c))
    assert line["buyers_off_roster"] == off
    assert np.isclose(line["denied_value"], sum(row["denied_value"] for row in want))
    assert np.isclose(line["label_gp"], sum(row["label_gp"] or 0.0 for row in want))
