"""The whole path on a real store: register, audit, promote, load, tamper, roll back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest

from gosales.core.errors import IntegrityError, TrackingError
from gosales.registry.champion import load_champion
from gosales.registry.evidence_record import record_evidence
from gosales.registry.examination import open_package
from gosales.registry.promotion import PromotionDesk, promote
from gosales.registry.promotion_rules import PromotionRules
from gosales.registry.rollback import rollback
from gosales.registry.verify import verify
from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.model_name import CHAMPION, PREVIOUS
from gosales.tracking.model_registry import MlflowModelRegistry, ModelRegistry
from gosales.tracking.store import TrackingStore

NAME = "gosales.printers"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlflowModelRegistry]:
    saved = dict(os.environ)
    for name in ("MLFLOW_RUN_ID", "GOSALES_PARENT_RUN_ID"):
        os.environ.pop(name, None)
    folder = tmp_path_factory.mktemp("project")
    store = TrackingStore(f"sqlite:///{folder}/mlflow.db", str(folder / "mlartifacts"))
    yield MlflowModelRegistry(MlflowTracker(store))
    os.environ.clear()
    os.environ.update(saved)


def _passing(models: MlflowModelRegistry, house: Any, slope: float, cv_auc: float) -> str:
    version = house.train(slope)
    bundle = house.models.package(NAME, version) / "artifacts" / "bundle"
    example = pd.DataFrame({"rfm__tx_count__all__12m": [1.0]})
    with models.tracker.start_run(f"train {slope}", "train") as run:
        run.log_metrics({"cv_auc": cv_auc})
        registered = run.register_bundle(bundle, NAME, example, "", {"model_backed": "true"})
    with models.tracker.start_run(f"audit {slope}", "gauntlet") as run:
        record_evidence(models, run, NAME, registered, house.report(slope))
    return registered


def test_it_is_a_model_registry(models: MlflowModelRegistry) -> None:
    assert isinstance(models, ModelRegistry)


def test_from_training_to_rollback(
    models: MlflowModelRegistry, house: Any, compare: Any, tmp_path: Path
) -> None:
    desk = PromotionDesk(models.tracker, models)
    assert verify(models, NAME).notes == ("no version was ever promoted",)
    one = _passing(models, house, 1.0, 0.70)
    two = _passing(models, house, 2.0, 0.75)
    first = promote(desk, "printers", one, house.policy, PromotionRules(), compare)
    assert first.promoted, first.reasons
    second = promote(desk, "printers", "best", house.policy, PromotionRules(), compare)
    assert (second.promoted, second.version, second.previous) == (True, two, one), second.reasons
    assert models.alias(NAME, CHAMPION) == two
    assert models.alias(NAME, PREVIOUS) == one
    assert load_champion(models, "printers").version == two
    assert verify(models, NAME, house.policy.digest).problems == ()
    assert models.names() == [NAME]
    decision = models.tracker.run_data(second.run_id)
    assert decision.info.status == "FINISHED"
    assert decision.data.tags["decision"] == "promoted"
    assert "challenger 0.7600" in decision.data.tags["mlflow.note.content"]

    _tamper(models, two)
    with pytest.raises(IntegrityError, match="not what was written"):
        load_champion(models, "printers")
    back = rollback(desk, "printers")
    assert (back.promoted, back.version) == (True, one)
    assert load_champion(models, "printers").version == one
    assert verify(models, NAME, house.policy.digest).problems == ()


def _tamper(models: MlflowModelRegistry, version: str) -> None:
    client = models.tracker.client
    source = client.get_model_version(NAME, version).source
    model = client.get_logged_model(source.removeprefix("models:/"))
    root = Path(urlsplit(model.artifact_location).path)
    file = next(root.rglob("bundle/model.json"))
    shutil.copyfile(file, file.with_suffix(".orig"))
    file.write_text(file.read_text().replace("2.0", "2.5"))


def test_two_downloads_of_a_version_have_the_same_digests(
    models: MlflowModelRegistry, house: Any, tmp_path: Path
) -> None:
    version = _passing(models, house, 7.0, 0.6)
    one = open_package(models, NAME, version, tmp_path / "a").observed
    assert one == open_package(models, NAME, version, tmp_path / "b").observed
    tags = models.version(NAME, version).tags
    assert tags["gauntlet.status"] == "PASS"
    assert tags["gauntlet.permutation_p"] == "0.01"


def test_unknown_versions_and_models(models: MlflowModelRegistry) -> None:
    assert models.versions("gosales.nothing") == []
    assert models.alias("gosales.nothing", CHAMPION) is None
    with pytest.raises(TrackingError, match="version 99"):
        models.version(NAME, "99")
    with pytest.raises(TrackingError, match="a version is a number"):
        models.version(NAME, "latest")


def test_a_version_that_is_not_there_is_told_with_those_that_are(
    models: MlflowModelRegistry, house: Any
) -> None:
    there = _passing(models, house, 1.0, 0.7)
    with pytest.raises(TrackingError, match=rf"has no version 99; got version=99.*{there}"):
        models.version(NAME, "99")
    assert "champion" in models._model(NAME).description
