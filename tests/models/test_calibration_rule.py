import numpy as np
import pytest

from gosales.core.errors import ConfigError, InternalError
from gosales.models.calibration_rule import CalibrationRule
from gosales.models.calibrators.beta import Beta
from gosales.models.calibrators.intercept import Intercept
from gosales.models.calibrators.isotonic import Isotonic
from gosales.models.calibrators.none import NoCalibration
from gosales.models.calibrators.platt import Platt

CANDIDATES = {
    "none": NoCalibration(),
    "intercept": Intercept(),
    "platt": Platt(),
    "beta": Beta(),
    "isotonic": Isotonic(),
}


def rows(n_pos, n_neg=1000, seed=0):
    rng = np.random.default_rng(seed)
    y = np.repeat([1.0, 0.0], [n_pos, n_neg])
    p = 1 / (1 + np.exp(-(rng.normal(-2, 1, len(y)) + 1.2 * y)))
    return p, y, np.array([f"a{i}" for i in range(len(y))], dtype=object)


def stepped(n, seed=0):
    """A raw probability whose truth is a step: only isotonic can follow."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.01, 0.99, n)
    truth = np.where(p < 0.3, 0.02, np.where(p < 0.7, 0.5, 0.55))
    groups = np.array([f"a{i}" for i in range(n)], dtype=object)
    return p, (rng.uniform(size=n) < truth).astype(float), groups


@pytest.mark.parametrize(
    ("n_pos", "allowed"),
    [
        (1, {"intercept"}),
        (29, {"intercept"}),
        (30, {"platt"}),
        (99, {"platt"}),
        (100, {"platt", "beta"}),
        (999, {"platt", "beta"}),
    ],
)
def test_the_number_of_positive_accounts_decides_first(n_pos, allowed):
    choice = CalibrationRule(CANDIDATES).choose(*rows(n_pos), seed=1)
    assert choice.name in allowed
    assert choice.n_pos_accounts == n_pos
    assert choice.reason.startswith(f"{choice.name}: {n_pos} positive accounts")
    assert ("least cross-fitted log loss" in choice.reason) == (n_pos >= 100)


def test_below_thirty_the_shift_is_drawn_to_the_pool_and_from_thirty_on_it_is_not():
    pool = {**CANDIDATES, "intercept": Intercept(pooled_shift=2.0, pooled_information=10.0)}

    def fitted(candidates, n_pos):
        return CalibrationRule(candidates).choose(*rows(n_pos), seed=1).fitted

    alone, drawn = fitted(CANDIDATES, 10).c, fitted(pool, 10).c
    assert alone + 0.3 < drawn < 2.0
    assert fitted(pool, 30) == fitted(CANDIDATES, 30)


def test_positives_are_counted_in_accounts_not_rows():
    p, y, groups = rows(120)
    groups[:120] = np.array([f"g{i % 20}" for i in range(120)], dtype=object)
    choice = CalibrationRule(CANDIDATES).choose(p, y, groups, 1)
    assert (choice.name, choice.n_pos_accounts) == ("intercept", 20)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_one_class_gives_none_with_the_reason(value):
    p, _, groups = rows(5, 50)
    choice = CalibrationRule(CANDIDATES).choose(p, np.full(55, value), groups, 1)
    assert choice.name == "none"
    assert "one class only" in choice.reason
    assert choice.losses == {}
    assert choice.fitted.predict(p).tobytes() == p.tobytes()


def test_the_least_cross_fitted_loss_wins_from_the_bound_on():
    choice = CalibrationRule(CANDIDATES).choose(*rows(400), seed=1)
    rivals = {c: choice.losses[c] for c in ("platt", "beta")}
    assert choice.name == min(rivals, key=rivals.get)
    assert set(choice.losses) == set(CANDIDATES)
    assert "isotonic needs 1000 positive accounts" in choice.reason


def test_the_loss_is_cross_fitted_and_not_resubstituted():
    p, y, groups = rows(150, 300)
    choice = CalibrationRule(CANDIDATES).choose(p, y, groups, 1)
    fitted = Isotonic().fit(p, y, None).predict(p)
    own = -np.mean(y * np.log(fitted) + (1 - y) * np.log(1 - fitted))
    assert choice.losses["isotonic"] > own + 0.01


def test_isotonic_needs_a_win_out_of_time():
    p, y, groups = stepped(6000)
    cutoffs = np.repeat(["2024-03-31", "2024-06-30"], 3000)
    rule = CalibrationRule(CANDIDATES)
    assert rule.choose(p, y, groups, 1, cutoffs=cutoffs).name == "isotonic"
    without = rule.choose(p, y, groups, 1)
    assert without.name != "isotonic"
    assert "could not be tried out of time" in without.reason
    # The later cutoff follows another map, so that the steps learned early do not pay.
    y[3000:] = (np.random.default_rng(3).uniform(size=3000) < p[3000:]).astype(float)
    later = rule.choose(p, y, groups, 1, cutoffs=cutoffs)
    assert later.name != "isotonic"
    assert "does not win out of time" in later.reason


def test_a_forced_choice_says_what_the_rule_would_give():
    choice = CalibrationRule(CANDIDATES, force="isotonic").choose(*rows(20), seed=1)
    assert choice.name == "isotonic"
    assert choice.reason == (
        "isotonic: set by configuration; the rule would give "
        "intercept: 20 positive accounts, fewer than 30"
    )


def test_the_choice_depends_on_the_rows_and_the_seed_alone():
    one, two = (CalibrationRule(CANDIDATES).choose(*rows(200), seed=4) for _ in range(2))
    assert one == two


def test_a_candidate_from_outside_competes():
    class Mine:
        name = "mine"

        def fit(self, p, y, weights):
            return Platt().fit(p, y, weights)

    rule = CalibrationRule({**CANDIDATES, "mine": Mine()})
    assert "mine" in rule.choose(*rows(200), seed=1).reason


def test_rows_without_prediction_are_refused():
    p, y, groups = rows(50)
    p[3] = np.nan
    with pytest.raises(InternalError, match="predicted out of fold"):
        CalibrationRule(CANDIDATES).choose(p, y, groups, 1)


def test_all_problems_of_a_rule_are_told_at_once():
    with pytest.raises(ConfigError, match=r"no candidate named intercept.*force='x'.*do not rise"):
        CalibrationRule({"none": NoCalibration(), "platt": Platt()}, "x", 100, 30)
