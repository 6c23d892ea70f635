"""One toy star for the room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from tests.support.toy_star import toy_star
from tests.support.variant_cache import remember_variants

from gosales.data.star import Star
from gosales.gauntlet.policy import Policy


@pytest.fixture(scope="session")
def star(tmp_path_factory: pytest.TempPathFactory) -> Star:
    return toy_star(tmp_path_factory.mktemp("toy") / "star")


@pytest.fixture(scope="session", autouse=True)
def variants_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Write truncated and poisoned stars once."""
    with pytest.MonkeyPatch.context() as patch:
        remember_variants(patch, tmp_path_factory.mktemp("variants"))
        yield


@pytest.fixture(scope="session")
def approved() -> Policy:
    conf = Path(__file__).resolve().parents[2] / "conf"
    with initialize_config_dir(str(conf), version_base=None):
        return instantiate(compose("gauntlet/approved").gauntlet)
