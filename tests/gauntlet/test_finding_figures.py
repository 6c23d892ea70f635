"""Every check's figure says what it shows, of whom, of which rows, how many and how surely."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hydra.utils import instantiate
from tests.support.toy_candidate import toy_context
from tests.support.whole_toy import WholeToy

from gosales.gauntlet.audited_check import audited_check
from gosales.gauntlet.checks.duplicates import Duplicates
from gosales.gauntlet.checks.group_overlap import GroupOverlap
from gosales.gauntlet.checks.roster_hindsight import RosterHindsight
from gosales.gauntlet.finding import Outcome
from gosales.pipelines.finding_files import write_finding
from gosales.reporting.figures.figure_about import FigureAbout

CONF = Path(__file__).resolve().parents[2] / "conf" / "gauntlet" / "check"
CHECKS = sorted(path.stem for path in CONF.glob("*.yaml"))
ABOUT = FigureAbout("Additive Manufacturing of the Northern Region", "2024-06-30", "cv")
REPLICATES = 60  # fewer than the YAML asks for are quicker


@pytest.fixture(scope="module")
def context(star, tmp_path_factory):
    made = toy_context(star, WholeToy(), tmp_path_factory.mktemp("figures"))
    return replace(made, shared={})


@pytest.fixture(scope="module")
def findings(context, variants_once):
    """One audit of the toy by every check."""
    found = {}
    for name in CHECKS:
        node = yaml.safe_load((CONF / f"{name}.yaml").read_text(encoding="utf-8"))
        node |= {"replicates": REPLICATES} if "replicates" in node else {}
        found[name] = audited_check(name, instantiate(node), context)
    return found


@pytest.fixture
def finding_of(findings, audit, quiet_star):
    """The finding of a check; of the roster on a star with accounts that are slow to order."""

    def make(name):
        if name != "roster_hindsight":
            return findings[name]
        return audited_check(name, RosterHindsight(), audit(on=quiet_star(20)))

    return make


def words(figure):
    return " ".join(" ".join(t.get_text() for t in figure.texts).split())


@pytest.mark.parametrize("name", CHECKS)
def test_a_figure_tells_where_its_numbers_come_from(finding_of, tmp_path, drawn, name):
    finding = finding_of(name)
    assert finding.outcome in (Outcome.PASS, Outcome.WARN), finding.reason
    figure = finding.figure
    assert figure is not None
    assert figure["title"] and figure["population"] and figure["split"]
    assert figure["n"] and all(word and count >= 0 for word, count in figure["n"])
    assert max(count for _, count in figure["n"]) > 0
    assert bool(figure.get("interval")) != bool(figure.get("no_interval"))
    write_finding(finding, ABOUT, tmp_path / "figures")
    assert (tmp_path / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    (page,) = drawn
    said = words(page)
    title = "the frozen model month by month" if name == "prequential" else figure["title"]
    assert f"{ABOUT.name}: {title}" in said
    assert "Population: " in said and "Split: " in said and "not told" not in said
    assert "n: " in said or "n per month: " in said
    assert "nterval" in said
    assert f"Reading: {finding.outcome}: {' '.join(finding.reason.split())}." in said
    for text in (*page.texts, *(t for axes in page.axes for t in axes.get_yticklabels())):
        box = text.get_window_extent()
        assert page.bbox.x0 - 1 <= box.x0 and box.x1 <= page.bbox.x1 + 1, text
        assert page.bbox.y0 - 1 <= box.y0, text


def counted(findings, name):
    return dict(findings[name].figure["n"])


def buyers(panel):
    return len(set(panel.groups[panel.y > 0]))


def test_n_is_that_of_the_rows_that_are_drawn(context, findings):
    training, forward = context.training, context.forward
    whole = {"rows": len(training), "positive accounts": buyers(training)}
    assert counted(findings, "single_feature") == whole
    folds = [f for f in context.plan.folds if f.name in findings["permutation"].values["folds"]]
    held = training.take(np.concatenate([f.valid for f in folds]))
    told = {"rows": len(held), "positive accounts": buyers(held), "draws": 99}
    assert len(held) < len(training)
    assert counted(findings, "permutation") == told
    assert counted(findings, "time_adjacency")["rows"] == findings["time_adjacency"].values["rows"]
    gap = findings["optimism_gap"].values
    assert counted(findings, "optimism_gap")["cross-validation rows"] == gap["cv_rows"]
    assert counted(findings, "optimism_gap")["forward rows"] == gap["rows"]
    validated = findings["duplicates"].values["validation_rows"]
    assert counted(findings, "duplicates")["rows"] == validated
    learned = np.unique(np.concatenate([f.train for f in context.plan.folds]))
    assert counted(findings, "importance_stability")["rows"] == len(learned)
    both = {"training rows": len(training), "forward rows": len(forward)}
    assert counted(findings, "adversarial_validation") == both
    grid = findings["shift_grid"].values
    assert counted(findings, "shift_grid") == {
        "forward rows": grid["rows"],
        "forward positive accounts": grid["positive_accounts"],
    }


def test_the_population_is_the_checks_own(findings):
    told = {"shift_grid": "every earlier day", "time_adjacency": "ordered before the cutoff"}
    for name, words_of_it in {**told, "single_feature": "all customers on the roster"}.items():
        assert words_of_it in findings[name].figure["population"]


def test_the_roster_shows_its_share_at_every_cutoff(finding_of):
    finding = finding_of("roster_hindsight")
    assert "without an order" in finding.figure["population"]
    (line,) = finding.figure["lines"]
    assert [p["cutoff"] for p in line["points"]] == [f["cutoff"] for f in finding.detail]
    n = sum(f["accounts"] for f in finding.detail)
    assert dict(finding.figure["n"]) == {
        "rows (account and cutoff)": n, "of them order later": n // 3,
    }  # fmt: skip


def test_intervals_hold_their_values(findings):
    bounded = set()
    for name, finding in findings.items():
        if finding.figure is None:
            continue
        for bar, (lo, hi) in finding.figure.get("bounds", {}).items():
            assert lo <= finding.figure["series"][bar] <= hi
            bounded.add(name)
        for line in finding.figure.get("lines", ()):
            for point in line["points"]:
                assert 0.0 <= point["lo"] <= point["value"] <= point["hi"] <= 1.0
                bounded.add(name)
    assert bounded == {
        "adversarial_validation", "attribute_vintage", "calibration", "event_proximity",
        "importance_stability", "label_guards", "optimism_gap", "single_feature",
        "time_adjacency",
    }  # fmt: skip


def test_the_mean_of_the_draws_has_its_interval(findings):
    finding = findings["permutation"]
    lo, hi = finding.figure["mean"]
    assert lo < finding.values["null_mean"] < hi
    null = np.array(finding.figure["series"]["null"])
    half = 1.96 * null.std(ddof=1) / np.sqrt(len(null))
    assert (hi - lo) / 2 == pytest.approx(half)


def test_what_a_proof_found_is_counted(audit):
    figure = GroupOverlap().run(audit("both_folds")).figure
    assert figure["head"][-1] == "overlaps"
    folds = [counts[-1] for label, counts in figure["rows"] if label.startswith("fold ")]
    assert sum(folds) > 0
    clean = GroupOverlap().run(audit()).figure
    assert sum(counts[-1] for _, counts in clean["rows"]) == 0


def test_a_check_without_data_is_shown_by_its_numbers(audit, tmp_path, drawn):
    finding = Duplicates(min_customers=10_000).run(audit())
    assert finding.outcome is Outcome.INCONCLUSIVE and finding.figure is None
    write_finding(finding, ABOUT, tmp_path)
    assert (tmp_path / "duplicates.png").is_file()
    assert " customers with signature " in words(drawn[0])
    assert f"Reading: INCONCLUSIVE: {finding.reason}." in words(drawn[0])
