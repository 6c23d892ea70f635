"""What the ingest found travels: the books to the run, a waiver to the card."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

from gosales.cli.main import main

SOURCE = ("data=parquet", "data.transactions=tx.parquet", "data.customers=accounts.parquet")
WAIVED = "data.attributes={status: {kind: snapshot, waived: true}, tier: {kind: snapshot}}"


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(5)
    n, accounts = 700, 120
    weight = rng.gamma(1.0, 1.0, accounts)
    buyer = rng.choice(accounts, n, p=weight / weight.sum())
    lines = pd.DataFrame(
        {
            "customer_id": [f"C{i:03d}" for i in buyer],
            "order_date": pd.Timestamp("2020-01-01")
            + pd.to_timedelta(rng.integers(0, 1440, n), unit="D"),
            "sku": rng.choice(["A-1", "B-1"], n),
            "quantity": 1.0,
            "revenue": rng.uniform(5, 90, n).round(2),
        }
    )
    lines["order_date"] = lines["order_date"].dt.strftime("%Y-%m-%d")
    lines["division"] = lines["sku"].replace({"A-1": "Alpha", "B-1": "Beta"})
    lines.loc[7, ["order_date", "revenue"]] = ["soon", 12.25]
    ids = [f"C{i:03d}" for i in range(accounts)]
    status = np.where(weight > 1, "active", "lost")
    return lines, pd.DataFrame({"customer_id": ids, "status": status, "tier": "x"})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    lines, accounts = tables()
    lines.to_parquet(folder / "tx.parquet")
    accounts.to_parquet(folder / "accounts.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        off = ("recency", "tenure", "diversity", "division_mix", "lag_proxy")
        quick = ("estimator=logreg", "validation.bootstrap.replicates=20", "cutoff=2023-05-31",
                 *(f"features.families.{family}=null" for family in off))  # fmt: skip
        alpha = ("division=any", "division.name=Alpha", "contract=lenient", WAIVED)
        assert main(["train", *SOURCE, *alpha, *quick]) == 0
    return folder


@pytest.fixture
def client(project: Path, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    monkeypatch.chdir(project)
    return MlflowClient(f"sqlite:///{project}/mlflow.db")


def test_the_waiver_is_on_card_sheet_run_and_version(client: MlflowClient, project: Path) -> None:
    version = client.get_model_version("gosales.alpha", "1")
    said = "status: a snapshot attribute used by waiver; its value is of the day of extraction"
    card = Path(client.download_artifacts(str(version.run_id), "model_card.md")).read_text("utf-8")
    part = card.split("## SAFE policy and waivers", 1)[1].split("\n## ", 1)[0]
    assert f"- {said} and may know the future" in part
    assert "tier" not in part
    assert said in str(version.description)
    sheet = client.download_artifacts(str(version.run_id), "info_sheet.json")
    assert json.loads(Path(sheet).read_text("utf-8"))["waivers"][0].startswith(said)
    assert version.tags["waivers"] == "status"
    assert client.get_run(str(version.run_id)).data.tags["waivers"] == "status"


def test_the_books_are_artifacts_of_the_run(client: MlflowClient) -> None:
    run_id = str(client.get_model_version("gosales.alpha", "1").run_id)
    plain = json.loads(
        Path(client.download_artifacts(run_id, "reconciliation.json")).read_text("utf-8")
    )
    assert plain["total"]["lines_in"] == 700
    assert (plain["total"]["lines_out"], plain["total"]["revenue_excluded"]) == (699, "12.2500")
    assert plain["contract"]["quarantined"] == {"fact_transactions": 1}
    rows = pd.read_csv(client.download_artifacts(run_id, "reconciliation.csv"))
    assert set(rows["stage"]) == {"in", "excluded", "out"}


def test_a_snapshot_attribute_without_waiver_is_refused_by_name(
    client: MlflowClient, capfd: pytest.CaptureFixture[str]
) -> None:
    wanted = "features.families.profile.attributes=[tier]"
    code = main(["features", *SOURCE, "contract=lenient", WAIVED, "division=any",
                 "division.name=Alpha", "cutoff=2023-05-31", wanted])  # fmt: skip
    assert code == 2
    assert "tier is a snapshot attribute" in capfd.readouterr().err


def test_ingest_prints_the_books_and_says_where_they_lie(
    client: MlflowClient, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", *SOURCE, "contract=lenient", WAIVED]) == 0
    out = capfd.readouterr().out
    total = next(line for line in out.splitlines() if line.startswith("all "))
    assert total.split()[1:4] == ["700", "1", "699"]
    assert {line.split()[0] for line in out.splitlines() if line} >= {"Alpha", "Beta", "2020"}
    assert "left out, quarantined: order_date: not a date" in out
    assert (project / "outputs" / "ingest" / "parquet" / "reconciliation.csv").is_file()
    assert main(["ingest", *SOURCE, WAIVED]) == 2
    assert "order_date: 1 row is not a date" in capfd.readouterr().err
