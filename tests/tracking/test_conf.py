"""conf/tracking and conf/promotion build what they name, with the documented defaults."""

from __future__ import annotations

from pathlib import Path

import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf

from gosales.core.errors import ConfigError
from gosales.registry.promotion_rules import PromotionRules
from gosales.tracking.store import TrackingStore

CONF = Path(__file__).resolve().parents[2] / "conf"


def test_sqlite_is_beside_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = instantiate(OmegaConf.load(CONF / "tracking" / "sqlite.yaml"))
    assert store == TrackingStore()
    assert store.database == tmp_path / "mlflow.db"


def test_the_environment_of_mlflow_run_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tracking:5000")
    for name in ("sqlite", "server"):
        store = instantiate(OmegaConf.load(CONF / "tracking" / f"{name}.yaml"))
        assert store.address == "http://tracking:5000"


def test_a_server_needs_an_address() -> None:
    with pytest.raises(Exception, match=r"set tracking\.uri=http") as caught:
        instantiate(OmegaConf.load(CONF / "tracking" / "server.yaml"))
    assert isinstance(caught.value.__cause__, ConfigError)


def test_promotion_defaults() -> None:
    assert instantiate(OmegaConf.load(CONF / "promotion" / "approved.yaml")) == PromotionRules()
