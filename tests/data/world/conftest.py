"""One small world for the whole room."""

from __future__ import annotations

import pytest

from gosales.data.world.world import World
from gosales.data.world.world_data import WorldData


@pytest.fixture(scope="session")
def world_data() -> WorldData:
    return World(n_accounts=1500, start="2021-01-01", launch="2023-06-01").generate()
