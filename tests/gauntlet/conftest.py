"""One toy star for the room, and contexts of candidates with a leak switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.toy_candidate import PermutableToy, ToyCandidate, toy_context
from tests.support.toy_star import toy_star
from tests.support.variant_cache import remember_variants

from gosales.data.star import Star
from gosales.gauntlet.context import GauntletContext


@pytest.fixture(scope="session")
def star(tmp_path_factory: pytest.TempPathFactory) -> Star:
    return toy_star(tmp_path_factory.mktemp("toy") / "star")


@pytest.fixture(scope="session")
def variants_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Reuse truncated and poisoned stars for the rest of the session."""
    with pytest.MonkeyPatch.context() as patch:
        remember_variants(patch, tmp_path_factory.mktemp("variants"))
        yield


@pytest.fixture
def audit(star: Star, tmp_path: Path) -> Callable[..., GauntletContext]:
    """``audit("peek")`` gives the context of a candidate with that leak."""

    def make(*leaks: str, on: Star = star, permutable: bool = False, **options: object):
        kind = PermutableToy if permutable else ToyCandidate
        return toy_context(on, kind(*leaks), tmp_path / "work", **options)

    return make
