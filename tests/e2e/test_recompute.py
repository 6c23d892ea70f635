"""Every figure a training run shows can be measured again from its files, and a false one shows."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from tests.support.rare_log import rare_log

from gosales.cli.main import main

# Buyers enough for intervals, and a window that is widened.
TRAIN = (
    "train", "data=parquet", "data.transactions=tx.parquet", "division=any",
    "division.name=Rare", "estimator=logreg", "safe_mode=off",
    "label.widening.min_positive_accounts=20", "validation.bootstrap.min_positive_accounts=5",
    "cv.splitter.n_folds=2", "cv.splitter.inner_folds=2", "validation.bootstrap.replicates=20",
)  # fmt: skip


class Trained:
    """One training run of a project, and what `recompute` says of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (self.id,) = [row[0] for row in self.sql("SELECT run_uuid FROM runs")]
        self.folder = root / "mlartifacts" / self.id / "artifacts"

    def sql(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.root / "mlflow.db")) as connection, connection:
            return connection.execute(query).fetchall()

    def recomputed(self) -> tuple[int, pd.DataFrame]:
        out = self.root / "figures.csv"
        code = main(["recompute", f"run={self.id}", f"out={out}"])
        return code, pd.read_csv(out, keep_default_na=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    root = tmp_path_factory.mktemp("recompute")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "GOSALES_PARENT_RUN_ID"):
            patch.delenv(name, raising=False)
        rare_log().drop(columns="gross_profit").to_parquet("tx.parquet")
        assert main(list(TRAIN)) == 0
        yield Trained(root)


@pytest.fixture
def kept(trained: Trained, tmp_path: Path) -> Iterator[Trained]:
    """The run, put back as it was."""
    shutil.copytree(trained.folder, tmp_path / "files")
    shutil.copy(trained.root / "mlflow.db", tmp_path)
    yield trained
    shutil.rmtree(trained.folder)
    shutil.copytree(tmp_path / "files", trained.folder)
    shutil.copy(tmp_path / "mlflow.db", trained.root)


def found(figures: pd.DataFrame, verdict: str) -> set[tuple[str, str]]:
    rows = figures[figures["verdict"] == verdict]
    return set(zip(rows["where"], rows["figure"], strict=True))


def test_every_figure_is_what_the_files_give(
    trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(trained.root / ".gosales")  # the star and the features are not asked for
    (trained.root / "tx.parquet").rename(trained.root / "away.parquet")
    code, figures = trained.recomputed()
    assert code == 0
    assert set(figures["verdict"]) == {"same"}, figures[figures["verdict"] != "same"]
    shown = dict(trained.sql("SELECT key, value FROM metrics"))
    assert {("MLflow metrics", name) for name in shown} <= found(figures, "same")
    card = (trained.folder / "model_card.md").read_text(encoding="utf-8")
    lines = {x for x in card.splitlines() if any(c.isdigit() for c in x)}
    assert lines <= set(figures.loc[figures["where"] == "model_card.md", "recomputed"])
    for words in ("widened from 6 to 9 months", "looked at 1 time"):
        assert any(words in line for line in lines), words
    assert "0 not confirmed, 0 not judged" in capsys.readouterr().out


def test_a_false_metric_and_a_false_prediction_show(
    kept: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    for table in ("metrics", "latest_metrics"):
        kept.sql(f"UPDATE {table} SET value = value + 0.001 WHERE key = 'forward_auc'")
    path = kept.folder / "cv_predictions.parquet"
    rows = pd.read_parquet(path)
    rows["probability"] = rows["probability"].to_numpy()[::-1]
    rows.to_parquet(path, index=False)
    code, figures = kept.recomputed()
    assert code == 1
    wrong = found(figures, "DIFFERS")
    assert {
        ("MLflow metrics", "forward_auc"),
        ("MLflow metrics", "cv_auc"),
        ("metrics.csv", "cv all model auc value"),
        ("model_card.md", "How well it ranks"),
        ("manifest.json", "cv_predictions.parquet"),
    } <= wrong
    # What does not rest on them stays confirmed.
    assert ("MLflow metrics", "forward_brier") in found(figures, "same")
    assert ("metrics.csv", "forward all model auc value") in found(figures, "same")
    captured = capsys.readouterr()
    assert "are not what the run's files give" in captured.err


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("forward_looks.json", {"model_card.md", "info_sheet.json", "run note", "metrics.csv"}),
        ("label_outcomes.parquet", {"label_audit.csv", "model_card.md"}),
    ],
)
def test_a_figure_without_its_file_is_never_passed_over(
    kept: Trained, name: str, places: set[str]
) -> None:
    (kept.folder / name).unlink()
    code, figures = kept.recomputed()
    assert code == 1
    lost = {where for where, _ in found(figures, "NO ARTIFACT")}
    assert places <= lost
    assert figures["recomputed"].str.contains(f"no {name}").any()


def test_a_metric_that_nothing_measures_shows(kept: Trained) -> None:
    kept.sql(
        "INSERT INTO latest_metrics SELECT 'forward_lucky', 0.99, timestamp, step, is_nan, "
        "run_uuid FROM latest_metrics WHERE key = 'forward_auc'"
    )
    card = kept.folder / "model_card.md"
    card.write_text(card.read_text(encoding="utf-8") + "\nAUC 0.999\n", encoding="utf-8")
    code, figures = kept.recomputed()
    assert code == 1
    wrong = figures[figures["verdict"] == "DIFFERS"]
    assert {"forward_lucky"} <= set(wrong["figure"]) and "AUC 0.999" in set(wrong["logged"])


def test_a_run_that_shows_no_figures_is_bad_input(
    trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recompute", "run=nobody"]) == 2
    assert main(["recompute"]) == 2
    assert "run" in capsys.readouterr().err
