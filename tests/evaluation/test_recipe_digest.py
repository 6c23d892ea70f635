"""The digest of a recipe sees every parameter, at any depth, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support.small_panel import SPECS, small_rule

from gosales.core.errors import ConfigError
from gosales.evaluation.purged_grouped import PurgedGroupedSplitter
from gosales.evaluation.recipe_digest import recipe_digest
from gosales.models.estimators.logreg import LogReg


def test_equal_parts_give_equal_digests() -> None:
    a, b = (recipe_digest({"estimator": LogReg(), "specs": SPECS}) for _ in range(2))
    assert a == b


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LogReg(), LogReg(C=0.2)),
        (small_rule(), replace(small_rule(), platt_below=99)),
        (
            small_rule(),
            replace(small_rule(), candidates=dict(reversed(small_rule().candidates.items()))),
        ),
        (PurgedGroupedSplitter(), PurgedGroupedSplitter(purge_days=0)),
        (SPECS, SPECS[::-1]),
        (SPECS[0], replace(SPECS[0], monotone=1)),
    ],
)
def test_any_parameter_changes_it(before: object, after: object) -> None:
    assert recipe_digest({"part": before}) != recipe_digest({"part": after})


def test_a_hidden_parameter_is_refused() -> None:
    class Sly:
        def __init__(self, secret: int) -> None:
            self.other = secret

    with pytest.raises(ConfigError, match="Sly without attribute secret"):
        recipe_digest({"part": Sly(3)})
