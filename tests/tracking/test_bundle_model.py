"""The bundle as an MLflow model: loads without pickle, in another process, by its own code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gosales.core.timeline import Lookback
from gosales.features.spec import FeatureSpec
from gosales.tracking.bundle_log import requirements, signature
from gosales.tracking.mlflow_tracker import MlflowTracker

SRC = Path(__file__).resolve().parents[2] / "src"


def test_signature_is_doubles_and_strings() -> None:
    frame = pd.DataFrame({"count": [1], "rate": [0.5], "region": ["n"], "empty": [None]})
    found = signature(frame)
    assert [(c.name, c.type.name) for c in found.inputs] == [
        ("count", "double"),
        ("rate", "double"),
        ("region", "string"),
        ("empty", "string"),
    ]
    assert [(c.name, c.type.name) for c in found.outputs] == [("probability", "double")]


def test_requirements_are_pinned() -> None:
    assert any(r.startswith("mlflow==") for r in requirements())
    assert all("==" in r for r in requirements())


@pytest.fixture()
def real_bundle(tmp_path: Path) -> tuple[Path, pd.DataFrame, np.ndarray]:
    bundle_room = pytest.importorskip("gosales.models.bundle")
    from gosales.models.calibrators.platt import Platt
    from gosales.models.estimators.logreg import LogReg
    from gosales.models.fitted_model import FittedModel

    specs = (FeatureSpec("rfm", "tx_count", "all", Lookback(months=12), "lines"),)
    rng = np.random.default_rng(0)
    X = pd.DataFrame({specs[0].name: rng.normal(size=80)})
    y = (X.iloc[:, 0].to_numpy() + rng.normal(size=80) > 0).astype(float)
    estimator = LogReg().fit(X, y, None, specs, 7)
    calibrator = Platt().fit(estimator.predict(X), y, None)
    model = FittedModel(specs, (), estimator, calibrator)
    meta = dict.fromkeys(("target", "membership", "cutoff", "horizon", "measure", "digests"), "x")
    bundle_room.write_bundle(model, tmp_path / "bundle", meta)
    return tmp_path / "bundle", X, model.predict(X)


_SCORE = """
import json, sys, mlflow, pandas as pd
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.pyfunc.load_model("models:/gosales.scored/1")
scores = model.predict(pd.read_json(sys.argv[2]))["probability"].tolist()
print(json.dumps({"scores": scores, "code": sys.modules["gosales"].__file__}))
"""


def test_it_scores_elsewhere_without_pickle_by_the_code_it_ships(
    tracker: MlflowTracker,
    real_bundle: tuple[Path, pd.DataFrame, np.ndarray],
    tmp_path: Path,
) -> None:
    bundle, X, expected = real_bundle
    with tracker.start_run("scored", "train") as run:
        run.register_bundle(bundle, "gosales.scored", X, "", {})
    X.to_json(tmp_path / "rows.json", double_precision=15)
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    env["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _SCORE, tracker.store.address, "rows.json"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout.splitlines()[-1])
    np.testing.assert_allclose(got["scores"], expected, rtol=0, atol=1e-12)
    assert str(SRC) not in got["code"], "the code shipped with the model was not used"
