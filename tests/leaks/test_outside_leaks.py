"""Values from where the view cannot see: memory, other files, the clock, the account's name."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.outside_toy import OutsideToy
from tests.support.toy_candidate import toy_context

from gosales.gauntlet.checks.future_invariance import FutureInvariance
from gosales.gauntlet.finding import Outcome

# Which history must show it, and what is said of it. One of each kind runs always.
FIRES = {
    "memory": ("truncated", "toy__count__target__12m"),
    "file": ("truncated", "(build)"),
    "arrow": ("truncated", "(build)"),
    "swallowed": ("truncated", "(build)"),
    "today": ("truncated", "toy__count__target__12m"),
    "seconds": ("truncated", "toy__count__target__12m"),
    "number": ("poisoned, renamed", "toy__count__target__12m"),
    "kept": ("truncated", "toy__count__target__12m"),
    "environment": ("truncated", "toy__count__target__12m"),
    "shared": ("truncated", "(build)"),
}
_QUICK = {"kept", "arrow"}
LEAKS = [pytest.param(w, marks=[] if w in _QUICK else [pytest.mark.slow]) for w in FIRES]


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch, tmp_path):
    monkeypatch.delenv("TOY_LATER", raising=False)
    yield
    (Path("/dev/shm") / f"{tmp_path.name}.csv").unlink(missing_ok=True)


def audit(star, tmp_path, way):
    side = tmp_path / "elsewhere" / f"{tmp_path.name}.csv"
    side.parent.mkdir()
    side.write_text("score\n7\n")
    context = toy_context(star, OutsideToy(way, side), tmp_path / "work")
    return FutureInvariance(max_examples=10_000).run(context)


def test_silent_on_the_clean_twin(star, tmp_path):
    finding = audit(star, tmp_path, "honest")
    assert (finding.outcome, finding.values["differences"]) == (Outcome.PASS, 0)


@pytest.mark.parametrize("way", LEAKS)
def test_fires_on_what_the_view_did_not_serve(star, tmp_path, way):
    finding = audit(star, tmp_path, way)
    if way == "shared" and not Path("/dev/shm").is_dir():
        pytest.skip("this system has no shared memory that looks like files")
    if way == "arrow" and not finding.values["fenced_by_kernel"]:
        pytest.skip("this kernel keeps no fence: reads of compiled code go unseen")
    assert finding.outcome is Outcome.FAIL
    assert FIRES[way] in {(d["history"], d["column"]) for d in finding.detail}
    if FIRES[way][1] == "(build)":
        assert "reads outside the star" in finding.reason
        assert f"{tmp_path.name}.csv" in finding.reason
