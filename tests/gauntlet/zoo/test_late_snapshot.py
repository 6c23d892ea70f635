"""The zoo's leak of days that no fit and no test asks for: only the shift grid looks there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hydra.utils import instantiate
from tests.support.toy_candidate import FORWARD, ToyCandidate, toy_context
from tests.support.toy_star import toy_star

from gosales.data.duckdb_engine import DuckDBEngine
from gosales.gauntlet.checks.shift_grid import ShiftGrid
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.zoo.habitat import Habitat

CONF = Path(__file__).resolve().parents[3] / "conf"
LEAK = instantiate(
    yaml.safe_load((CONF / "zoo" / "late_snapshot.yaml").read_text(encoding="utf-8"))
)


@pytest.fixture(scope="module")
def star(tmp_path_factory):
    return toy_star(tmp_path_factory.mktemp("toy") / "star")


def planted(star, folder, amount):
    engine = DuckDBEngine(threads=1, memory_limit="500MB")
    specimen = LEAK.plant(Habitat(ToyCandidate(), star, FORWARD, engine, folder, 1), amount)
    return toy_context(specimen.star, specimen.candidate, folder)


@pytest.mark.parametrize("amount", [LEAK.strong, LEAK.weak])
def test_both_amounts_are_caught_with_their_days(star, tmp_path, amount):
    finding = ShiftGrid(replicates=200).run(planted(star, tmp_path, amount))
    assert finding.outcome is Outcome.FAIL
    assert {7, 14, 28} <= {cell["days"] for cell in finding.detail}


def test_train_and_forward_rows_are_honest(star, tmp_path):
    leaky, honest = (planted(star, tmp_path, a) for a in (LEAK.strong, 0.0))
    assert leaky.training.digest == honest.training.digest
    assert leaky.forward.digest == honest.forward.digest
    finding = ShiftGrid(replicates=200).run(honest)
    assert finding.outcome in (Outcome.PASS, Outcome.WARN)
