"""Calibration bins and gains agree with the metrics of the same names."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.small_panel import small_panel

from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.curves import Curves
from gosales.evaluation.forward import evaluate
from gosales.evaluation.metrics.cal_mae import CalMae
from gosales.evaluation.metrics.capture_at_k import CaptureAtK

BOOTSTRAP = CustomerBootstrap(replicates=40)


@pytest.fixture(scope="module")
def curves() -> Curves:
    panel = small_panel(n=400, cutoffs=("2024-06-30",))
    return Curves.of(panel, panel.X.iloc[:, 0].rank(pct=True).to_numpy(), BOOTSTRAP)


def test_bins_have_equal_mass_rise_and_give_cal_mae(curves: Curves) -> None:
    panel = small_panel(n=400, cutoffs=("2024-06-30",))
    p = panel.X.iloc[:, 0].rank(pct=True).to_numpy()
    wanted = evaluate(panel, p, [CalMae()], BOOTSTRAP).get("cal_mae").value
    bins = curves.calibration[curves.calibration["population"] == "all"]
    assert bins["mass"].tolist() == pytest.approx([40.0] * 10)
    assert bins["mean_p"].is_monotonic_increasing
    assert ((bins["lo"] <= bins["rate"]) & (bins["rate"] <= bins["hi"])).all()
    assert np.average(bins["distance"], weights=bins["mass"]) == pytest.approx(wanted)


def test_gains_end_at_everything_and_match_capture(curves: Curves) -> None:
    panel = small_panel(n=400, cutoffs=("2024-06-30",))
    p = panel.X.iloc[:, 0].rank(pct=True).to_numpy()
    wanted = evaluate(panel, p, [CaptureAtK(k_pct=[20])], BOOTSTRAP)
    for population in ("all", "owners", "whitespace"):
        for ranker in ("model", "naive"):
            rows = curves.gains.query("population == @population and ranker == @ranker")
            assert rows["capture"].is_monotonic_increasing
            assert rows["capture"].iloc[-1] == pytest.approx(1.0)
            assert rows["lift"].iloc[-1] == pytest.approx(1.0)
            at_20 = rows[rows["top_pct"] == 20].iloc[0]
            found = wanted.get("capture_at_20pct", population, ranker)
            assert at_20["capture"] == pytest.approx(found.value)
    model = curves.gains.query("population == 'all' and ranker == 'model'")
    assert (model["capture_lo"] <= model["capture"] + 1e-12).all()


def test_a_log_without_profit_has_no_profit_curve() -> None:
    panel = small_panel(n=200, cutoffs=("2024-06-30",))
    rows = panel.rows.assign(label_gp=np.nan)
    panel = type(panel)(panel.target, rows, panel.X, panel.specs, panel.provenance)
    gains = Curves.of(panel, np.linspace(0, 1, 200), BOOTSTRAP).gains
    assert gains[["rev_capture", "realised_gp"]].isna().all(axis=None)


def test_a_population_smaller_than_its_bins_has_no_calibration() -> None:
    panel = small_panel(n=30, cutoffs=("2024-06-30",), base=0.0)
    owner = np.arange(30) < 4
    rows = panel.rows.assign(is_owner=owner)
    panel = type(panel)(panel.target, rows, panel.X, panel.specs, panel.provenance)
    bins = Curves.of(panel, np.linspace(0, 1, 30), BOOTSTRAP).calibration
    assert set(bins["population"]) == {"all", "whitespace"}
