"""Fixtures every room's tests may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.scratch_postgres import ScratchPostgres, scratch_postgres

REPO = Path(__file__).resolve().parents[1]


# Folders whose files take longest: begun first, no worker waits for another at the end.
LONGEST = (
    "e2e",
    "contracts",
    "leaks",
    "gauntlet",
    "registry",
    "tracking",
    "conf",
    "properties",
    "oracle",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long folders first; otherwise as collected."""

    def place(item: pytest.Item) -> int:
        parts = item.path.relative_to(REPO).parts
        room = parts[1] if len(parts) > 1 else ""
        return LONGEST.index(room) if parts[0] == "tests" and room in LONGEST else len(LONGEST)

    items.sort(key=place)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the two real data sets, or a skip that says why."""
    default = REPO.parent / "shared"
    folder = Path(os.environ.get("GOSALES_SHARED", default)) / "data"
    if not folder.is_dir():
        pytest.skip(f"real data not present: no {folder.name}/ in GOSALES_SHARED or ../shared")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[ScratchPostgres]:
    """A real server, or a skip that says why there is none."""
    with scratch_postgres() as server:
        yield server


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The figures that were saved, the last one last, to look inside."""
    from gosales.reporting.figures.canvas import Canvas

    kept: list[Any] = []
    save = Canvas.save

    def spy(self: Any, path: Path) -> Any:
        kept.append(self.figure)
        return save(self, path)

    monkeypatch.setattr(Canvas, "save", spy)
    return kept
