"""The random logs whose features are recomputed, as plain rows and as a star."""

from __future__ import annotations

import pytest
from tests.support.plain_log import parsed
from tests.support.random_log import random_lines
from tests.support.tiny_star import make_star


@pytest.fixture(scope="module", params=[1, 2])
def log(request, tmp_path_factory):
    frame = random_lines(request.param, n=400, n_customers=12)
    return parsed(frame), make_star(tmp_path_factory.mktemp("log"), frame)
