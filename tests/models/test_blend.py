import json

import numpy as np
import pytest
from tests.support.model_table import SPECS, matrix

from gosales.core.errors import ConfigError, IntegrityError
from gosales.models.estimators.blend import Blend, FittedBlend
from gosales.models.estimators.lgbm import Lgbm
from gosales.models.estimators.logreg import LogReg
from gosales.models.logistic import logit

TREES, LINE = Lgbm(n_estimators=10), LogReg()


def blend() -> Blend:
    return Blend({"trees": TREES, "line": LINE})


def test_the_log_odds_are_the_mean_of_the_members():
    X, y = matrix(300)
    alone = [m.fit(X, y, None, SPECS, 1).predict(X) for m in (TREES, LINE)]
    together = blend().fit(X, y, None, SPECS, 1).predict(X)
    assert np.allclose(logit(together), (logit(alone[0]) + logit(alone[1])) / 2, atol=1e-9)


def test_every_member_weighs_alike_in_the_importance():
    X, y = matrix(300)
    fitted = blend().fit(X, y, None, SPECS, 1)
    parts = [m.importance() for m in fitted.members.values()]
    assert fitted.importance() == pytest.approx({c: (parts[0][c] + parts[1][c]) / 2 for c in X})


def test_its_log_loss_is_never_above_the_mean_of_its_members():
    # Log loss is convex in the log odds, so this holds on any rows.
    X, y = matrix(800)
    other, truth = matrix(1000, seed=1)
    trees, line, both = (
        -np.mean(np.log(np.where(truth == 1, p, 1 - p)))
        for p in (m.fit(X, y, None, SPECS, 1).predict(other) for m in (TREES, LINE, blend()))
    )
    assert both <= (trees + line) / 2


def test_the_order_of_the_members_survives_sorted_json():
    X, y = matrix(200)
    fitted = blend().fit(X, y, None, SPECS, 1)
    again = FittedBlend.from_json(json.loads(json.dumps(fitted.to_json(), sort_keys=True)))
    assert list(again.members) == ["trees", "line"]


def test_a_member_of_a_foreign_class_is_not_loaded():
    X, y = matrix(200)
    state = blend().fit(X, y, None, SPECS, 1).to_json()
    state["members"][1]["class"] = "collections.OrderedDict"
    with pytest.raises(IntegrityError, match="names a class that may not be loaded"):
        FittedBlend.from_json(state)


def test_one_member_or_something_else_is_refused():
    with pytest.raises(ConfigError, match="1 members; not estimators: line"):
        Blend({"line": "logreg"})  # type: ignore[dict-item]
