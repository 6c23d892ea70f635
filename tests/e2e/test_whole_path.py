"""One command from a sales log to a promoted champion and a call list, all in MLflow."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from gosales.cli.main import main

# A world that trains in seconds; the limits and the policy are the shipped ones.
SMALL = (
    "data.world.n_accounts=900",
    "validation.bootstrap.replicates=60",
    "divisions=[training,success_plan]",
    "fallback=none",  # the heuristic in its place has a test of its own
    "n_jobs=1",
)
CONTRACT = {
    "config_resolved.yaml", "manifest.json", "logs.jsonl", "cv_manifest.json",
    "fold_assignments.parquet", "overlap.csv", "feature_catalog.csv", "calibration.csv",
    "calibration.png", "gains.csv", "gains.png", "model_card.md", "metrics.csv",
    "label_audit.csv",
}  # fmt: skip


class Project:
    """A project directory after one pipeline."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def gosales(self, *words: str) -> int:
        return main(list(words))

    def sql(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.root / "mlflow.db") as connection:
            return connection.execute(query).fetchall()

    def runs(self, kind: str) -> list[tuple[object, ...]]:
        return self.sql(
            "SELECT r.run_uuid, r.status, r.name FROM runs r "
            "JOIN tags t ON t.run_uuid = r.run_uuid "
            f"WHERE t.key = 'kind' AND t.value = '{kind}'"
        )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    root = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "GOSALES_PARENT_RUN_ID"):
            patch.delenv(name, raising=False)
        done = Project(root)
        assert done.gosales("pipeline", *SMALL) == 0
        yield done


def test_a_champion_stands_on_its_own_evidence(project: Project) -> None:
    tags = dict(
        project.sql(
            "SELECT key, value FROM model_version_tags "
            "WHERE name = 'gosales.training' AND version = 1"
        )
    )
    assert tags["gauntlet.status"] == "PASS", tags
    assert float(str(tags["gauntlet.permutation_p"])) <= 0.01
    assert {"evidence.digest", "evidence.run_id", "policy.digest", "model_backed"} <= set(tags)
    aliases = project.sql("SELECT alias, version FROM registered_model_aliases")
    assert ("champion", 1) in aliases
    assert project.gosales("verify") == 0


def test_the_launch_has_a_named_outcome_and_the_rest_goes_on(project: Project) -> None:
    outcome = project.sql(
        "SELECT t.value FROM tags t JOIN tags d ON d.run_uuid = t.run_uuid "
        "WHERE t.key = 'outcome' AND d.key = 'division' AND d.value = 'success_plan'"
    )
    assert outcome and outcome[0][0] != "trained"
    assert not project.sql("SELECT * FROM model_versions WHERE name = 'gosales.success_plan'")


def test_the_training_run_keeps_the_contract(project: Project) -> None:
    run_id = next(r[0] for r in project.runs("train") if "training" in str(r[2]))
    folder = project.root / "mlartifacts" / str(run_id) / "artifacts"
    assert {p.name for p in folder.iterdir()} >= CONTRACT
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["run_id"] == run_id and "config_resolved.yaml" in manifest["files"]
    assert (folder / "overlap.csv").read_text(encoding="utf-8").count("\n") == 1
    metrics = dict(project.sql(f"SELECT key, value FROM metrics WHERE run_uuid = '{run_id}'"))
    assert {"cv_auc", "forward_auc", "forward_auc_lo", "forward_auc_hi", "forward_ws_auc",
            "forward_naive_auc", "forward_brier", "forward_lift_at_10pct",
            "optimism_gap_auc"} <= set(metrics)  # fmt: skip
    assert "auc" not in metrics
    inputs = project.sql(f"SELECT * FROM inputs WHERE destination_id = '{run_id}'")
    assert len(inputs) >= 2


def test_every_run_ended_and_children_nest(project: Project) -> None:
    assert {status for _, status, _ in project.runs("train")} == {"FINISHED"}
    parent = project.runs("pipeline")[0][0]
    children = project.sql(
        f"SELECT run_uuid FROM tags WHERE key = 'mlflow.parentRunId' AND value = '{parent}'"
    )
    assert {r[0] for r in project.runs("train")} <= {c[0] for c in children}


def test_decision_score_and_list_stand_under_their_pipeline(project: Project) -> None:
    parent = project.runs("pipeline")[0][0]
    nested = project.sql(
        f"SELECT run_uuid FROM tags WHERE key = 'mlflow.parentRunId' AND value = '{parent}'"
    )
    for kind in ("promotion", "score", "rank"):
        first = project.runs(kind)[0]
        assert (first[0],) in nested, kind


def test_the_training_run_shows_the_audited_card_and_how_to_make_it_again(
    project: Project,
) -> None:
    run_id = next(r[0] for r in project.runs("train") if "training" in str(r[2]))
    tags = dict(project.sql(f"SELECT key, value FROM tags WHERE run_uuid = '{run_id}'"))
    assert tags["gauntlet.status"] == "PASS"
    assert "Gauntlet: PASS" in str(tags["mlflow.note.content"])
    card = project.root / "mlartifacts" / str(run_id) / "artifacts" / "model_card.md"
    again = next(x for x in card.read_text("utf-8").splitlines() if x.startswith("gosales train"))
    assert again.split()[2:] == ["division=training", *SMALL[:2], *SMALL[3:]]


def test_the_figures_of_an_audited_run_are_recomputed_and_an_audit_has_none(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = next(r[0] for r in project.runs("train") if "training" in str(r[2]))
    assert project.gosales("recompute", f"run={run_id}", "out=figures.csv") == 0
    assert "0 not confirmed, 0 not judged" in capsys.readouterr().out
    judged = pd.read_csv(project.root / "figures.csv").groupby("verdict").size()
    assert set(judged.index) == {"same"} and judged["same"] > 1000
    audit = next(r[0] for r in project.runs("gauntlet"))
    assert project.gosales("recompute", f"run={audit}") == 2
    assert "kind gauntlet" in capsys.readouterr().err


def test_the_run_holds_one_list_size_and_the_file_all(project: Project) -> None:
    run_id = next(r[0] for r in project.runs("train") if "training" in str(r[2]))
    shown = {str(k) for (k,) in project.sql(f"SELECT key FROM metrics WHERE run_uuid = '{run_id}'")}
    sizes = {
        found[1] for name in shown if (found := re.search(r"_at_(\d+[a-z_]+?)(_lo|_hi)?$", name))
    }
    assert sizes == {"10pct"}
    folder = project.root / "mlartifacts" / str(run_id) / "artifacts"
    assert {"lift_at_5pct", "lift_at_10pct"} <= set(pd.read_csv(folder / "metrics.csv")["metric"])


def test_the_list_holds_no_owner_and_the_file_is_safe(project: Project) -> None:
    path = next((project.root / "outputs" / "training").glob("whitespace_*.parquet"))
    rows = pd.read_parquet(path)
    assert len(rows) and not rows["ever_owned"].any()
    assert rows["open_deal_days"].isna().all() and not (rows["last_contact_days"] < 21).any()
    told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert told["n_scored"] - told["n_eligible"] == sum(told["dropped"].values())
    assert all(told["dropped"][rule] for rule in ("owned", "open_deal", "contacted"))
    assert told["skipped_rules"] == {"region_mismatch": "every region is served"}
    assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
    scored = pd.read_parquet(next((project.root / "outputs" / "training").glob("scores_*")))
    assert scored["probability"].between(0, 1).all() and scored["customer_id"].is_unique


def test_a_rerun_is_cached_and_registers_nothing(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    before = project.sql("SELECT name, version FROM model_versions")
    listed = next((project.root / "outputs" / "training").glob("whitespace_*.csv")).read_bytes()
    assert project.gosales("pipeline", *SMALL) == 0
    assert project.sql("SELECT name, version FROM model_versions") == before
    assert len(project.runs("gauntlet")) == 1
    again = next((project.root / "outputs" / "training").glob("whitespace_*.csv")).read_bytes()
    assert again == listed
    assert "Training" in capsys.readouterr().out


def test_case_20_scores_equal_the_training_paths_to_the_last_bit(project: Project) -> None:
    run_id = next(r[0] for r in project.runs("train") if "training" in str(r[2]))
    folder = project.root / "mlartifacts" / str(run_id) / "artifacts"
    said = pd.read_parquet(folder / "forward_predictions.parquet")
    out = project.root / "again.parquet"
    assert (
        project.gosales("score", "division=training", "cutoff=2024-12-31", f"out={out}", *SMALL[:2])
        == 0
    )
    rows = pd.read_parquet(out).merge(said, on="customer_id", suffixes=("", "_trained"))
    assert len(rows) == len(said)
    assert (rows["probability"] == rows["probability_trained"]).all()


def test_case_17_the_requested_cutoff_is_scored_and_overlap_is_said(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = pd.read_parquet(next((project.root / "outputs" / "training").glob("scores_*")))
    assert newest["is_forward"].all()
    # The last training label closes on 2024-09-30: as of June it is known already.
    out = project.root / "overlap.parquet"
    asked = ("score", "division=training", "cutoff=2024-06-30", f"out={out}", *SMALL[:2])
    assert project.gosales(*asked) == 0
    said = "training labels reach to 2024-09-30, past the cutoff 2024-06-30"
    captured = capsys.readouterr()
    assert said in captured.out and said in captured.err
    rows = pd.read_parquet(out)
    assert set(rows["cutoff"]) == {"2024-06-30"}
    assert not rows["is_forward"].any()
    tags = project.sql(
        "SELECT a.value, b.value FROM tags a JOIN tags b USING (run_uuid) JOIN tags k "
        "USING (run_uuid) WHERE a.key = 'cutoff' AND b.key = 'is_forward' "
        "AND k.key = 'kind' AND k.value = 'score'"
    )
    assert ("2024-06-30", "false") in tags and ("2025-06-30", "true") in tags


def test_a_list_goes_where_out_says_and_is_of_the_day_asked_for(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set((project.root / "outputs" / "training").iterdir())
    day = ("cutoff=2025-03-31", "out=lists/today.csv")
    assert project.gosales("rank", "division=training", *day, *SMALL[:2]) == 0
    assert "training as of 2025-03-31" in capsys.readouterr().out
    kinds = {p.name for p in (project.root / "lists").iterdir()}
    assert kinds == {"today.csv", "today.json", "today.parquet"}
    assert set(pd.read_csv(project.root / "lists" / "today.csv")["cutoff"]) == {"2025-03-31"}
    added = set((project.root / "outputs" / "training").iterdir()) - before
    assert {p.name for p in added} == {"scores_2025-03-31.parquet"}


def test_without_a_source_the_champions_own_log_is_scored(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    # The champion was trained on a smaller world than the default one.
    assert project.gosales("score", "division=training", "out=own.parquet") == 0
    assert "the log is the one its champion was trained on" in capsys.readouterr().err
    last = next((project.root / "outputs" / "training").glob("scores_2025-06-30.parquet"))
    pd.testing.assert_frame_equal(
        pd.read_parquet(project.root / "own.parquet"), pd.read_parquet(last)
    )


def test_a_frozen_champion_is_judged_and_the_look_is_counted(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("validate", "division=training", *SMALL[:2])
    assert project.gosales(*words) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "training version 1, frozen on 2024-09-30, judged at 2024-12-31" in told
    assert "looked at 3 times: gauntlet 1, train 1, validate 1, this one included" in told
    assert "next: gosales" in told
    judged = [r for r in project.runs("validate") if "2024-12-31" in str(r[2])]
    ((run_id, status, _),) = judged
    folder = project.root / "mlartifacts" / str(run_id) / "artifacts"
    assert status == "FINISHED"
    assert {p.name for p in folder.iterdir()} >= {
        "prequential.json", "prequential.csv", "prequential.png", "scenarios.csv", "drift.csv",
        "segments.csv", "segments_all_divisions.csv", "interval_widths.csv", "metrics.csv",
        "validation.json", "manifest.json",
    }  # fmt: skip
    months = pd.read_csv(folder / "prequential.csv")
    assert set(months["cutoff"]) == {"2024-11-30", "2024-12-31"}
    # The model is the very one that training evaluated: equal rows, equal number.
    trained = next(r[0] for r in project.runs("train") if "training" in str(r[2]))
    auc = "SELECT DISTINCT value FROM metrics WHERE key = 'forward_auc' AND run_uuid = '{}'"
    assert project.sql(auc.format(run_id)) == project.sql(auc.format(trained))
    tags = dict(project.sql(f"SELECT key, value FROM tags WHERE run_uuid = '{run_id}'"))
    assert (tags["guards"], tags["forward.looks"]) == ("ok", "2024-11-30,2024-12-31")
    combined = pd.read_csv(project.root / "outputs" / "segments_all_divisions.csv")
    assert set(combined["division"]) == {"training"}
    # An equal validation is no further look.
    assert project.gosales(*words) == 0
    assert "an equal run is finished already" in capsys.readouterr().out
    assert [r for r in project.runs("validate") if "2024-12-31" in str(r[2])] == judged
    card = project.sql("SELECT description FROM model_versions WHERE name = 'gosales.training'")
    assert "its outcome has been looked at 2 times: gauntlet 1, train 1" in str(card[0][0])


def test_what_a_version_learned_from_does_not_judge_it(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(project.runs("validate"))
    early = ("validate", "division=training", "cutoff=2024-11-13", *SMALL[:2])
    assert project.gosales(*early) == 2
    told = capsys.readouterr().err
    assert "learned from what it would be judged by" in told and "from 2024-11-14 on" in told
    assert project.gosales("validate", "division=training", "version=challenger") == 2
    assert "no version 'challenger'" in capsys.readouterr().err
    assert len(project.runs("validate")) == before


def test_a_censored_day_shows_drift_and_with_an_odd_base_rate_it_closes(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    strict = ("label_guard.min_rate=0.4", "label_guard.max_rate=0.5")
    words = ("validate", "division=training", "cutoff=newest", *SMALL[:2], *strict)
    assert project.gosales(*words) == 1
    captured = capsys.readouterr()
    told = " ".join(captured.out.split())
    assert "guard censored: the log ends within the label window" in told
    assert "outside [40.0%, 50%]" in " ".join(captured.err.split())
    run_id, status = next(r[:2] for r in project.runs("validate") if "2025-06-30" in str(r[2]))
    folder = project.root / "mlartifacts" / str(run_id) / "artifacts"
    names = {p.name for p in folder.iterdir()}
    assert "drift.csv" in names and not names & {"metrics.csv", "scenarios.csv", "segments.csv"}
    tags = dict(project.sql(f"SELECT key, value FROM tags WHERE run_uuid = '{run_id}'"))
    assert (status, tags["guards"]) == ("FINISHED", "fail")


def test_an_audit_under_another_policy_promotes_nothing(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ("division=training", "estimator=logreg", "features=core", *SMALL[:2])
    assert project.gosales("train", *base) == 0
    relaxed = "gauntlet.checks.permutation.min_degradation=0.0001"
    project.gosales("gauntlet", "division=training", relaxed)
    capsys.readouterr()
    assert project.gosales("promote", "division=training", "version=2") == 1
    assert "policy" in capsys.readouterr().out


def test_a_tampered_bundle_is_not_scored(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    source = project.sql("SELECT storage_location, source FROM model_versions WHERE version = 1")
    bundle = next(
        p for p in (project.root / "mlartifacts").rglob("calibrator.json") if "bundle" in str(p)
    )
    assert source
    original = bundle.read_bytes()
    try:
        for file in (project.root / "mlartifacts").rglob("calibrator.json"):
            file.write_bytes(original.replace(b"{", b"{ ", 1))
        assert project.gosales("score", "division=training", *SMALL[:2]) == 1
        assert "does not verify" in capsys.readouterr().err
    finally:
        for file in (project.root / "mlartifacts").rglob("calibrator.json"):
            file.write_bytes(original)
