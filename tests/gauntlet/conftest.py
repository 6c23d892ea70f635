"""One toy star for the room, and contexts of candidates with a leak switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.planted_toy import planted_toy
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


@pytest.fixture(scope="session")
def prepared() -> dict[tuple[object, ...], GauntletContext]:
    """Contexts made so far: frames are copied on write, so tests may share them."""
    return {}


@pytest.fixture
def audit(
    star: Star, prepared: dict[tuple[object, ...], GauntletContext], tmp_path: Path
) -> Callable[..., GauntletContext]:
    """``audit("peek")`` gives the context of a candidate with that leak."""

    def make(*leaks: str, on: Star = star, permutable: bool = False, n_jobs: int = 1):
        kind = PermutableToy if permutable else ToyCandidate
        key = (kind, leaks, on.path)
        if key not in prepared:
            prepared[key] = toy_context(on, planted_toy(on, *leaks, kind=kind), tmp_path)
        context = prepared[key]
        candidate = copy(context.candidate)
        return replace(context, candidate=candidate, workdir=tmp_path / "work", n_jobs=n_jobs)

    return make
