"""What a user can get wrong: one clear message, the documented exit code, nothing half-written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gosales.cli.main import main

TX = ("data=parquet", "data.transactions=tx.parquet")
ALPHA = ("division=any", "division.name=Alpha")
Said = Callable[..., str]


def small_log(accounts: int = 60, months: int = 48) -> pd.DataFrame:
    """A few hundred lines: a common division, one with signs in its name, and a path-like one."""
    rng = np.random.default_rng(0)
    parts = []
    for account in range(accounts):
        rate = np.exp(rng.normal(-0.3, 0.8))
        for name, share in (("Alpha", 0.4), ("Beta & Co", 0.2), ("../../Rare", 0.05)):
            n = rng.poisson(rate * share * months / 2)
            days = pd.to_timedelta(rng.integers(0, months * 30, n), unit="D")
            parts.append(
                pd.DataFrame(
                    {
                        "customer_id": f"C{account:03d}",
                        "order_date": pd.Timestamp("2020-01-01") + days,
                        "sku": f"{slug_of(name)}-1",
                        "division": name,
                        "quantity": rng.integers(1, 5, n).astype("float64"),
                        "revenue": rng.uniform(5, 90, n).round(2),
                    }
                )
            )
    return pd.concat(parts).sort_values(["order_date", "customer_id"], ignore_index=True)


def slug_of(name: str) -> str:
    return re.sub(r"\W+", "", name)


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return small_log()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: pd.DataFrame) -> Path:
    """A fresh project folder with a good log in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    log.to_parquet("tx.parquet")
    return tmp_path


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Said:
    """Run a command, assert its exit code, and give what it said on stderr."""

    def run(*args: object, code: int = 2) -> str:
        found = main([str(a) for a in args])
        out, err = capfd.readouterr()
        assert found == code, out + err
        assert "Traceback" not in err, err
        return err

    return run


def nothing_half_written(folder: Path) -> None:
    left = [p for p in folder.rglob("*") if p.name.startswith(".tmp")]
    stars = list((folder / ".gosales" / "stars").glob("*/star.json"))
    assert not left
    assert not stars


def test_a_missing_file_is_named(here: Path, said: Said) -> None:
    err = said("ingest", "data=parquet", "data.transactions=nope.parquet")
    assert "a source file is missing; got no nope.parquet" in err
    assert "to mend it: set data.transactions" in err


def test_a_value_never_given_is_named(here: Path, said: Said) -> None:
    err = said("ingest", "data=parquet")
    assert "got data.transactions=???" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("mapping", "match"),
    [
        ("{order_date: Date}", r"order_date: not present: it is mapped to Date"),
        ("{known_date: Seen}", r"known_date: not present: it is mapped to Seen"),
        ("{orderdate: order_date}", r"got orderdate=order_date; allowed: customer_id, order_date"),
    ],
)
def test_a_mapping_to_no_column_is_refused(
    here: Path, said: Said, mapping: str, match: str
) -> None:
    assert re.search(match, said("ingest", *TX, f"data.columns={mapping}"))
    nothing_half_written(here)


def test_own_column_names_are_mapped_as_the_readme_says(
    here: Path, said: Said, log: pd.DataFrame
) -> None:
    log.rename(columns={"order_date": "Date", "customer_id": "Account"}).to_parquet("own.parquet")
    mapping = "data.columns={order_date: Date, customer_id: Account}"
    said("ingest", "data=parquet", "data.transactions=own.parquet", mapping, code=0)


def test_values_of_the_wrong_kind_are_told_all_at_once(
    here: Path, said: Said, log: pd.DataFrame
) -> None:
    bad = log.astype({"quantity": str, "order_date": str})
    bad.loc[3, "quantity"] = "many"
    bad.loc[5, "order_date"] = "31/31/2020"
    bad.to_parquet("bad.parquet")
    err = said("ingest", "data=parquet", "data.transactions=bad.parquet")
    assert re.search(r"order_date: 1 row is not a date .*quantity: 1 row is not a quantity", err)
    rows = pd.read_csv(re.search(r"listed in (\S+)", err)[1])  # type: ignore[index]
    assert set(rows["value"]) == {"many", "31/31/2020"}
    nothing_half_written(here)


def test_a_customer_that_stands_twice_is_refused(here: Path, said: Said) -> None:
    pd.DataFrame({"customer_id": ["C000", "C000", "C001"]}).to_parquet("accounts.parquet")
    err = said("ingest", *TX, "data.customers=accounts.parquet")
    assert "dim_customer.customer_id: 2 rows are not unique" in err
    nothing_half_written(here)


def test_an_attribute_that_is_no_column_is_refused(here: Path, said: Said) -> None:
    pd.DataFrame({"customer_id": ["C000", "C001"]}).to_parquet("accounts.parquet")
    declared = "data.attributes={size: {kind: static, dtype: number}}"
    err = said("ingest", *TX, "data.customers=accounts.parquet", declared)
    assert "dim_customer.size: not present (the column is missing)" in err


def test_a_cut_off_parquet_file_is_refused(here: Path, said: Said) -> None:
    Path("cut.parquet").write_bytes(Path("tx.parquet").read_bytes()[:3000])
    err = said("ingest", "data=parquet", "data.transactions=cut.parquet")
    assert "a source file cannot be read; got cut.parquet" in err
    nothing_half_written(here)


def test_a_ragged_csv_file_is_refused_with_its_line(here: Path, said: Said) -> None:
    Path("t.csv").write_text(
        "customer_id,order_date,sku,division,quantity\nA,2020-01-01,x,D,1\nB\n"
    )
    err = said("ingest", "data=csv", "data.transactions=t.csv")
    assert "a CSV file cannot be read; got t.csv" in err
    assert "Line: 3" in err


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "header of a CSV file cannot be read"),
        ("customer_id,order_date,sku,division,quantity\n", "the log has no lines"),
        ("sku,customer_id,order_date,SKU,division,quantity\n", "names a column twice"),
        ("customer_id,order_date,sku,division,quantity\nA,05/06/2020,x,D,1\n", "not a date .ISO"),
        ("customer_id,order_date,sku,division,quantity\n\0\0\n", "CSV Error on Line: 2"),
        ('customer_id,order_date,sku,division,quantity\nA,2020-01-01,"x,D,1\n', "Line: 2"),
    ],
)
def test_a_malformed_csv_file_ends_in_one_clear_line(
    here: Path, said: Said, text: str, match: str
) -> None:
    Path("t.csv").write_text(text)
    err = said("ingest", "data=csv", "data.transactions=t.csv")
    assert re.search(match, err), err
    nothing_half_written(here)


def test_a_folder_of_the_project_does_not_swallow_its_own_stars(here: Path, said: Said) -> None:
    said("ingest", "data=parquet", "data.transactions=.", code=0)
    Path("note.txt").touch()
    assert "accounts" not in said("ingest", "data=parquet", "data.transactions=.", code=0)


UNKNOWN = {
    "+zzz=1": "zzz",
    "+data.nope=1": "data.nope",
    "+estimator.members.trees.num_leafs=3": "num_leafs (did you mean num_leaves?)",
    "+features.families.rfm.foo=1": "features.families.rfm.foo",
    "+gauntlet.checks.permutation.foo=1": "gauntlet.checks.permutation.foo",
}


def test_unknown_keys_at_any_depth_are_told_together(here: Path, said: Said) -> None:
    err = said("train", *TX, *ALPHA, *UNKNOWN)
    assert "the configuration has keys that nothing reads" in err
    assert [name for name in UNKNOWN.values() if name not in err] == []


PARTS = {
    "gauntlet.checks.permutation.m=20": "threshold is unreachable.*allowed: m >= 99",
    "whitespace.ranker.weights.probability=-1": "ranking weights are malformed",
    "estimator.members.trees.num_leaves=a": "cannot be built; got gosales.*blend.Blend: ",
    "tracking.uri=./mlruns": "a file store",
}


def test_bad_parts_are_told_together_before_anything_runs(here: Path, said: Said) -> None:
    err = said("pipeline", *TX, "divisions=[Alpha]", *PARTS)
    assert "4 parts of the configuration refuse their values" in err
    assert [match for match in PARTS.values() if not re.search(match, err)] == []
    assert not Path("mlflow.db").exists()
    nothing_half_written(here)


def test_an_unreachable_threshold_is_refused_at_composition(here: Path, said: Said) -> None:
    err = said("train", *TX, *ALPHA, "gauntlet.checks.permutation.m=20")
    assert "got m=20, whose least p is 0.0476, against p_max=0.01; allowed: m >= 99" in err
    assert not (here / ".gosales").exists()


@pytest.mark.parametrize(
    ("overrides", "match"),
    [
        (("+features.families.mine={_target_: nope.Nope}",), "mine._target_ cannot be imported"),
        (("data.nope=1",), "Key 'nope' is not in struct\nto mend it"),
        (("estimator=xgb",), "Could not find 'estimator/xgb'"),
        (("garbage",), "missing EQUAL"),
        (("seed=abc", "n_jobs=0"), "got seed=abc, n_jobs=0; allowed: seed: a whole number"),
        (("paths.work=/proc/nope",), "a working directory cannot be made; got /proc/nope"),
    ],
)
def test_a_bad_configuration_ends_before_anything_runs(
    here: Path, said: Said, overrides: tuple[str, ...], match: str
) -> None:
    err = said("train", *TX, *ALPHA, *overrides)
    assert re.search(match, err), err
    assert not Path("mlflow.db").exists()
    nothing_half_written(here)


@pytest.mark.parametrize("command", ["features", "score", "rank"])
def test_a_file_name_that_says_no_kind_is_refused(here: Path, said: Said, command: str) -> None:
    err = said(command, *TX, *ALPHA, "out=list.xlsx")
    assert "got out=list.xlsx; allowed: a name that ends in .parquet or .csv" in err
    assert not Path("mlflow.db").exists()


@pytest.mark.parametrize("port", [0, 70000])
def test_a_port_that_no_machine_has_is_refused(here: Path, said: Said, port: int) -> None:
    assert "allowed: port: a whole number from 1 to 65535" in said("ui", f"port={port}")


@pytest.mark.parametrize(
    ("args", "match"),
    [
        (("cutoff=2030-01-01",), "outside the log; got 2030-01-01; allowed: a day from 2020-01-0"),
        (("cutoff=any", "cutoff.date=31.12.2022"), "cutoff is not a date; got '31.12.2022'"),
        (("cutoff=any",), r"got cutoff.date=\?\?\?"),
        (("label.horizon_months=60",), "log is shorter than one label window; got a log from 2020"),
        (("division.name=Gamma",), "matches no line of the log.*allowed: divisions .*Alpha"),
        (("tracking=server", "tracking.uri=http://127.0.0.1:9"), "does not answer.*tracking.uri"),
    ],
)
def test_train_refuses_what_the_log_or_the_server_does_not_have(
    here: Path, said: Said, args: tuple[str, ...], match: str
) -> None:
    assert re.search(match, said("train", *TX, *ALPHA, *args))


def test_pipeline_names_every_unknown_division(here: Path, said: Said) -> None:
    err = said("pipeline", *TX, "divisions=[Gamma,Alpha,Delta]")
    assert "unknown divisions; got Gamma, Delta;" in err
    assert "got divisions=Alpha; allowed: divisions: a list" in said(
        "pipeline", *TX, "divisions=Alpha"
    )


def test_a_log_too_short_is_a_named_outcome(here: Path, said: Said) -> None:
    err = said("train", *TX, *ALPHA, "cutoff=2020-03-01", code=0)
    assert "Alpha: log_too_short:" in err


def test_without_a_version_or_a_champion_the_gate_is_closed(here: Path, said: Said) -> None:
    assert "has no version" in said("gauntlet", *TX, *ALPHA)
    assert "no version" in said("promote", *TX, *ALPHA, code=1)
    err = said("score", *TX, *ALPHA, code=1)
    assert "gosales.alpha has no champion" in err
    # The command to run next is one that works: a division of the log is no option.
    assert "gosales promote division=any division.name=Alpha" in err


def test_a_version_that_is_not_there_is_named(here: Path, said: Said) -> None:
    for command in ("promote", "gauntlet"):
        err = said(command, *ALPHA, "version=9")
        assert "gosales.alpha has no version; got version=9;" in err


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, log: pd.DataFrame) -> Path:
    """A project whose path-like division has a registered version; tests copy it."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        log.to_parquet("tx.parquet")
        quick = ("estimator=logreg", "validation.bootstrap.replicates=20", "cutoff=2023-05-31")
        assert main(["train", *TX, "division=any", "division.name=Beta & Co", *quick]) == 0
    return folder


@pytest.mark.slow
def test_a_tampered_bundle_opens_no_gate(
    trained: Path, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    from mlflow import MlflowClient

    monkeypatch.chdir(trained)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    beta = ("division=any", "division.name=Beta & Co")
    # An alias set by hand has no decision behind it.
    MlflowClient("sqlite:///mlflow.db").set_registered_model_alias(
        "gosales.beta_co", "champion", "1"
    )
    assert "moved behind its record" in said("score", *TX, *beta, code=1)
    assert "problems with gosales.beta_co" in said("verify", *TX, *beta, code=1)
    assert "version 1 is refused" in said("promote", *TX, *beta, "version=1", code=1)
    files = [f for f in (trained / "mlartifacts").rglob("model.json") if f.is_file()]
    assert files
    for file in files:
        file.write_bytes(file.read_bytes().replace(b"0", b"1", 1))
    assert re.search("digest|edited|tamper|changed", said("gauntlet", *TX, *beta, code=1))


@pytest.mark.slow
def test_a_damaged_feature_is_computed_anew(
    here: Path, said: Said, capfd: pytest.CaptureFixture[str]
) -> None:
    command = ("features", *TX, *ALPHA, "cutoff=2022-12-31")
    said(*command, "out=one.parquet", code=0)
    for entry in (here / ".gosales" / "features").rglob("*.parquet"):
        entry.write_bytes(entry.read_bytes()[:-9] + b"corrupted")
    assert "damaged; computing them anew" in said(*command, "out=two.parquet", code=0)
    pd.testing.assert_frame_equal(pd.read_parquet("one.parquet"), pd.read_parquet("two.parquet"))


def test_a_path_like_division_stays_inside_the_project(here: Path, said: Said) -> None:
    rare = ("division=any", "division.name=../../Rare")
    said("features", *TX, *rare, "cutoff=2022-12-31", code=0)
    found = [p for p in here.parent.rglob("*") if "rare" in p.name.lower()]
    assert found
    assert all(here in p.parents for p in found)
