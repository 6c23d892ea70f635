"""Adjacent windows share no event and lose none; labels do not depend on the order of lines."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.label_case import ENGINE
from tests.support.random_log import random_lines
from tests.support.tiny_star import make_star

from gosales.core.timeline import Cutoff, Horizon, Lookback, Window
from gosales.data.as_of import AsOfView
from gosales.data.star import Star
from gosales.labels.known_skus import known_skus
from gosales.labels.label_spec import LabelSpec
from gosales.labels.labeller import Labeller
from gosales.labels.membership import membership
from gosales.labels.target import Target

LINES = random_lines(5, n=400)
TARGETS = [Target("Solidworks"), Target("Support", skus=["Support"])]
FOLDER = TemporaryDirectory()
# Half of the cutoffs are days with an order: an edge that is counted twice must show.
orders = sorted({day.date() for day in LINES["order_date"]})
cutoffs = st.builds(Cutoff, st.dates(date(2021, 9, 1), date(2024, 6, 30)) | st.sampled_from(orders))
fast = settings(max_examples=12, deadline=None)


@cache
def star(seed: int | None = None) -> Star:
    lines = LINES if seed is None else LINES.sample(frac=1.0, random_state=seed)
    return make_star(Path(FOLDER.name) / str(seed), lines)


def outcomes(log: Star, days: list[Cutoff], months: int) -> pd.DataFrame:
    member = membership(TARGETS, known_skus(log, ENGINE))
    found = Labeller(LabelSpec(months)).outcomes(log, TARGETS, days, ENGINE, member)
    return found.to_pandas().astype({"cutoff": "str", "target": "str", "customer_id": "str"})


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 24), st.integers(0, 90))
def test_consecutive_label_windows_touch_and_do_not_overlap(day, months, buffer) -> None:
    horizon = Horizon(months, buffer)
    first = horizon.window(Cutoff(day))
    second = Window(first.end, horizon.window(Cutoff(first.end)).end)
    assert not first.overlaps(second)
    whole = Window(first.start, second.end)
    assert first.days + second.days == whole.days


@fast
@given(cutoffs, st.integers(1, 200), st.integers(1, 400))
def test_every_line_lies_in_exactly_one_of_adjacent_lookbacks(cutoff, near, far) -> None:
    parts = [
        Lookback(days=near), Lookback(days=far, lag_days=near), Lookback(lag_days=near + far)
    ]  # fmt: skip
    # Facts known at once: a lagged window also asks what was known when it ended.
    punctual = LINES.assign(known_date=LINES["order_date"])
    with TemporaryDirectory() as folder:
        log = make_star(Path(folder) / "s", punctual)
        view = AsOfView(log, [cutoff], ENGINE, parts)
        lines = view.transactions()
        hits = sum(view.within(lines, part).cast("int64") for part in parts)
        found = ENGINE.run(lines.select(hits=hits))
    assert (found["hits"] == 1).all()
    assert len(found) == (punctual["order_date"] <= pd.Timestamp(cutoff.day)).sum()


@fast
@given(cutoffs, st.integers(1, 4))
def test_consecutive_label_windows_add_up_to_the_lines_between(cutoff, months) -> None:
    chain = [cutoff]
    for _ in range(3):
        chain.append(Cutoff(Horizon(months).window(chain[-1]).end))
    found = outcomes(star(), chain[:-1], months)
    got = found[found["target"] == "solidworks"].groupby("customer_id")["label_value"].sum()
    dates = LINES["order_date"]
    inside = (dates > pd.Timestamp(chain[0].day)) & (dates <= pd.Timestamp(chain[-1].day))
    division = LINES["division"].str.strip().str.lower() == "solidworks"
    wanted = LINES[inside & division].groupby("customer_id")["gross_profit"].sum()
    both = pd.concat([got, wanted], axis=1).fillna(0.0)
    assert ((both.iloc[:, 0] - both.iloc[:, 1]).abs() < 1e-6).all()


@fast
@given(st.integers(0, 3), cutoffs, st.integers(1, 12))
def test_labels_do_not_depend_on_the_order_of_lines(seed, cutoff, months) -> None:
    days = [cutoff, cutoff.plus_months(3)]
    pd.testing.assert_frame_equal(
        outcomes(star(), days, months), outcomes(star(seed), days[::-1], months), check_exact=True
    )
