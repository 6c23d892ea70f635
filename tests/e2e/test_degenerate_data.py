"""Divisions that cannot carry a model: each a named outcome with everything there is to know."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gosales.cli.main import main

LAST = pd.Timestamp("2023-12-31")
ACCOUNTS = 40
QUICK = (
    "--config-dir=conf", "features=lean", "data=parquet", "data.transactions=tx.parquet",
    "estimator=logreg", "n_jobs=1", "fallback=none",
)  # fmt: skip
# One family is enough to be degenerate on, and quick to compute.
LEAN = """
defaults:
  - family@families.rfm: rfm
  - transform@transforms.missingness: missingness
  - _self_
centralized_fill_enable: true
"""
# Which outcome may name each division, and what its reason must say.
EXPECTED = {
    "Old": ("one_class", "0 positives"),
    "Always": ("one_class", "both classes on every side"),
    "Seldom": ("one_class_fold", "both classes on every side"),
    "Launch": ("one_class", "0 positives"),
}


def bought(name: str, accounts: range, start: str, end: pd.Timestamp, every: int) -> pd.DataFrame:
    """Each account buys every so many days, none on the same day as another."""
    rows = [
        (f"c{i:02d}", day)
        for i in accounts
        for day in pd.date_range(pd.Timestamp(start) + pd.Timedelta(days=i), end, freq=f"{every}D")
    ]
    return pd.DataFrame(rows, columns=["customer_id", "order_date"]).assign(division=name)


def degenerate_log() -> pd.DataFrame:
    """Base keeps everyone on the roster; the others are what cannot be learned."""
    everyone = range(ACCOUNTS)
    parts = [
        bought("Base", everyone, "2020-01-01", LAST, 50),
        bought("Always", everyone, "2020-01-01", LAST, 30),
        bought("Old", range(20), "2020-01-01", pd.Timestamp("2020-12-31"), 60),
        bought("Seldom", range(2), "2022-09-01", LAST, 300),
        bought("Launch", range(25), "2023-08-01", LAST, 45),
    ]
    return pd.concat(parts, ignore_index=True)


def make_project(root: Path, lines: pd.DataFrame, patch: pytest.MonkeyPatch) -> None:
    """A folder with a log and the lean features, and nothing of the caller's."""
    patch.chdir(root)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "GOSALES_PARENT_RUN_ID"):
        patch.delenv(name, raising=False)
    (root / "conf" / "features").mkdir(parents=True)
    (root / "conf" / "features" / "lean.yaml").write_text(LEAN, encoding="utf-8")
    lines.assign(sku=lines["division"], quantity=1.0).to_parquet(root / "tx.parquet")


class Project:
    """What the store holds after one pipeline."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def runs(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        with sqlite3.connect(self.root / "mlflow.db") as connection:
            ended = dict(connection.execute("SELECT run_uuid, status FROM runs"))
            tags = connection.execute("SELECT run_uuid, key, value FROM tags").fetchall()
            for run, key, value in tags:
                found.setdefault(run, {"id": run, "status": ended[run]})[key] = value
        return {t["division.name"]: t for t in found.values() if t.get("kind") == "train"}

    def artifacts(self, name: str) -> Path:
        return self.root / "mlartifacts" / self.runs()[name]["id"] / "artifacts"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    root = tmp_path_factory.mktemp("degenerate")
    with pytest.MonkeyPatch.context() as patch:
        make_project(root, degenerate_log(), patch)
        named = f"divisions=[{','.join(EXPECTED)}]"
        assert main(["pipeline", *QUICK, named]) == 0
        yield Project(root)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_outcome_is_named_and_the_reason_says_why(project: Project, name: str) -> None:
    run, (code, says) = project.runs()[name], EXPECTED[name]
    assert run["status"] == "FINISHED"
    assert run["outcome"] == code
    assert says in run["outcome.reason"]
    assert "to mend it" in run["outcome.reason"]


@pytest.mark.parametrize("name", EXPECTED)
def test_its_run_is_complete(project: Project, name: str) -> None:
    run, folder = project.runs()[name], project.artifacts(name)
    for tag in (
        "cutoff", "data.digest", "config.digest", "recipe.digest", "training.digest",
        "label.horizon_months", "label.window",
    ):  # fmt: skip
        assert run[tag], tag
    kept = {file.name for file in folder.iterdir()}
    assert {"config_resolved.yaml", "logs.jsonl", "manifest.json", "label_audit.csv"} <= kept
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "label_audit.csv" in manifest["files"]
    note = run["mlflow.note.content"]
    assert run["outcome"] in note
    assert "| role | cutoff | until |" in note


def test_the_audit_shows_what_made_it_so(project: Project) -> None:
    tables = {name: pd.read_csv(project.artifacts(name) / "label_audit.csv") for name in EXPECTED}
    for name, table in tables.items():
        assert set(table["role"]) == {"training", "forward"}, name
        assert (table["rows"] == ACCOUNTS).all()
    training = {name: t[t["role"] == "training"] for name, t in tables.items()}
    assert (training["Old"]["positives"] == 0).all()
    assert (training["Always"]["positives"] == ACCOUNTS).all()
    assert training["Seldom"]["positives"].between(0, 2).all()
    assert (training["Launch"]["positives"] == 0).all()
    assert tables["Launch"]["positives"].iloc[-1] > 0  # bought in the forward window alone
    assert training["Always"]["guard"].str.contains("is outside").all()
    said = (project.artifacts("Always") / "logs.jsonl").read_text(encoding="utf-8")
    assert "base rate 100.00% of 40 rows is outside [0.2%, 50%]" in said


def test_nothing_is_registered(project: Project) -> None:
    with sqlite3.connect(project.root / "mlflow.db") as connection:
        assert connection.execute("SELECT * FROM registered_models").fetchall() == []


def test_columns_that_do_not_vary_and_a_handful_of_accounts(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    days = pd.date_range("2020-01-31", LAST, freq="ME")
    alike = pd.MultiIndex.from_product([range(ACCOUNTS), days]).to_frame(index=False)
    alike.columns = pd.Index(["i", "order_date"])
    rng = np.random.default_rng(0)
    # Half of them buy something new, once, after the only training cutoff.
    buyers = pd.DataFrame({"i": rng.permutation(ACCOUNTS)[: ACCOUNTS // 2]})
    new = buyers.assign(order_date=pd.Timestamp("2023-01-15"), division="New")
    tiny = alike[alike["i"] < 3].assign(division="Tiny")
    lines = pd.concat([alike.assign(division="Base"), new, tiny], ignore_index=True)
    lines["customer_id"] = [f"c{i:02d}" for i in lines.pop("i")]
    lines.assign(sku=lines["division"], quantity=1.0).to_parquet(project.root / "other.parquet")
    other = "data.transactions=other.parquet"
    one = ("cutoff=2023-10-31", "cv.training.n_cutoffs=1", "cv.training.step_months=10")
    outcomes = {}
    for name, more in (("New", one), ("Tiny", ())):
        division = ("division=any", f"division.name={name}")
        assert main(["train", *QUICK, other, *division, *more]) == 0
        outcomes[name] = project.runs()[name]["outcome"]
    assert outcomes == {"New": "constant_features", "Tiny": "one_class_fold"}
    assert "Traceback" not in capfd.readouterr().err
