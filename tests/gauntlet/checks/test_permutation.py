from __future__ import annotations

from dataclasses import replace

import joblib
import numpy as np
import pytest
from tests.support.toy_candidate import PermutableToy
from tests.support.toy_star import toy_star

from gosales.core.errors import ConfigError
from gosales.core.progress import SilentProgress
from gosales.gauntlet.checks.permutation import Permutation, _Trial
from gosales.gauntlet.finding import Outcome


@pytest.fixture(scope="module")
def no_signal(tmp_path_factory):
    """A star whose accounts all buy at one rate."""
    return toy_star(tmp_path_factory.mktemp("flat") / "star", spread=0.0, rate=-2.0)


def run(context, **limits):
    return Permutation(**limits).run(context)


def test_fails_without_signal_and_stops_at_the_first_draw_that_wins(audit, no_signal):
    finding = run(audit(on=no_signal, permutable=True))
    # No skill is no leak: an honest model of a small, noisy division ends here too.
    assert (finding.outcome, str(finding.subject)) == (Outcome.FAIL, "quality")
    assert finding.values["beaten"] == 1
    assert finding.values["draws"] < 99
    assert finding.values["p"] == 2 / (finding.values["draws"] + 1)


def test_passes_with_signal(audit):
    finding = run(audit(permutable=True))
    assert finding.outcome is Outcome.PASS
    assert finding.values["p"] == 0.01
    assert finding.values["draws"] == 99
    assert finding.values["degradation"] > 0.05
    assert abs(finding.values["null_mean"] - 0.5) < 0.1
    assert len(finding.figure["series"]["null"]) == 99


def test_degradation_is_needed_beside_p(audit):
    finding = run(audit(permutable=True), min_degradation=0.45)
    assert (finding.outcome, finding.values["p"]) == (Outcome.FAIL, 0.01)
    assert "degradation" in finding.reason


def test_a_null_mean_above_chance_warns(audit, monkeypatch):
    context = audit(permutable=True)
    n = len(context.training)
    y = context.training.y

    def informed(self, panel, fold, labels, seeds):
        rng = np.random.default_rng(0)
        for i, _ in enumerate(labels):
            noise = rng.standard_normal(n)[fold.valid]
            yield y[fold.valid] * (9.0 if len(seeds) == 1 or i < 0 else 0.5) + noise

    monkeypatch.setattr(PermutableToy, "fit_permuted", informed)
    finding = run(context)
    assert finding.outcome is Outcome.WARN
    assert finding.values["null_mean_lo"] > 0.5


def test_the_fallback_refits_the_fold_and_stays_deterministic(audit):
    a, b = (run(audit(), min_validation_positives=1) for _ in range(2))
    assert a.outcome is Outcome.PASS
    assert a.values == b.values


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_more_workers_give_the_same_draws(audit, backend):
    alone = run(audit(permutable=True))
    with joblib.parallel_config(backend=backend):
        many = run(audit(permutable=True, n_jobs=2))
    assert alone.figure == many.figure
    assert alone.values == many.values


def test_each_draw_permutes_training_labels_only(audit, monkeypatch):
    context = audit()
    seen = []
    true_fit = type(context.candidate).fit_fold

    def spy(self, panel, fold):
        seen.append((fold, panel.y.copy()))
        return true_fit(self, panel, fold)

    monkeypatch.setattr(type(context.candidate), "fit_fold", spy)
    run(context, min_validation_positives=1)
    y = context.training.y
    fold = seen[0][0]
    labels = np.array([labels for _, labels in seen])
    assert {f.name for f, _ in seen} == {fold.name}
    outside = np.setdiff1d(np.arange(len(y)), fold.train)
    assert (labels[:, outside] == y[outside]).all()
    assert len({row.tobytes() for row in labels}) == len(labels) == 100
    for cutoff in context.training.rows["cutoff"].unique():
        here = (context.training.rows["cutoff"] == cutoff).to_numpy()
        assert (labels[:, here].sum(axis=1) == y[here].sum()).all()


def test_folds_are_those_of_the_newest_validation_cutoff(audit):
    finding = run(audit(permutable=True), min_validation_positives=1)
    assert finding.values["folds"] == ["2023-12-31/0"]
    finding = run(audit(permutable=True), min_validation_positives=10_000)
    assert finding.values["folds"] == [f"2023-12-31/{k}" for k in range(3)]


@pytest.mark.parametrize("m", [20, 50, 98])
def test_an_unreachable_threshold_is_refused_before_anything_runs(m):
    with pytest.raises(ConfigError, match="unreachable") as caught:
        Permutation(m=m)
    assert caught.value.reason_code == "unreachable_threshold"
    assert "m >= 99" in str(caught.value)


def test_the_least_m_that_reaches_is_accepted():
    assert Permutation(m=99).most_beaten == 0
    assert Permutation(m=999).most_beaten == 9
    assert Permutation(m=19, p_max=0.05).most_beaten == 0


def test_the_reader_is_told_of_every_draw(audit):
    class Heard(SilentProgress):
        def __init__(self):
            self.tasks, self.steps = [], 0

        def start(self, task, total=None):
            self.tasks.append((task, total))

        def advance(self, steps=1):
            self.steps += steps

    heard = Heard()
    run(replace(audit(permutable=True), progress=heard))
    assert heard.tasks == [("permutation: up to 99 draws", 99)]
    assert heard.steps == 99


@pytest.mark.parametrize(("m", "n_jobs"), [(99, 2), (7, 4), (16, 2), (200, 3)])
def test_processes_share_all_draws_and_each_draw_is_made_once(audit, monkeypatch, m, n_jobs):
    made = []

    def noted(self, draws):
        made.append(list(draws))
        return [0.0 for _ in draws]

    monkeypatch.setattr(_Trial, "_run", noted)
    context = audit(permutable=True)
    trial = _Trial(context.candidate, context.training, context.plan.folds, 1)
    with joblib.parallel_config(backend="threading"):
        found = list(trial.statistics(m, n_jobs))
    assert len(found) == m
    assert sorted(d for part in made for d in part) == list(range(m))
    assert max(map(len, sorted(made, key=lambda part: part[0])[:n_jobs])) <= 8


@pytest.mark.parametrize("odd", [{"p_max": 0}, {"p_max": float("nan")}, {"m": 0}, {"z": 0}])
def test_limits_out_of_range_are_refused(odd):
    with pytest.raises(ConfigError, match="out of range"):
        Permutation(**odd)


def test_inconclusive_below_forty_positive_accounts(audit):
    context = audit()
    y = np.zeros(len(context.training))
    y[:39] = 1
    finding = run(replace(context, training=context.training.with_labels(y)))
    assert (finding.outcome, finding.values["positive_accounts"]) == (Outcome.INCONCLUSIVE, 39)


def test_inconclusive_when_validation_has_one_class(audit):
    context = audit()
    y = context.training.y.copy()
    for fold in context.plan.folds[-3:]:
        y[fold.valid] = 0
    finding = run(replace(context, training=context.training.with_labels(y)))
    assert finding.outcome is Outcome.INCONCLUSIVE


def test_inconclusive_without_folds(audit):
    context = audit()
    plan = replace(context.plan, folds=())
    assert run(replace(context, plan=plan)).outcome is Outcome.INCONCLUSIVE


def test_inconclusive_when_no_label_could_move(audit):
    context = audit(permutable=True)
    rows = context.training.rows.copy()
    # Every account has a stratum of its own: as many rows at a cutoff as no other.
    rows["group"] = "one"
    rows.loc[rows.index % 2 == 0, "group"] = rows["customer_id"]
    single = replace(context.training, rows=rows.assign(group=rows["cutoff"] + "x"))
    finding = run(
        replace(context, training=single), min_positive_accounts=1, min_validation_positives=1
    )
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "did not change" in finding.reason


def test_a_prediction_that_is_not_finite_is_an_error(audit, monkeypatch):
    context = audit(permutable=True)

    def broken(self, panel, fold, labels, seeds):
        for _ in labels:
            yield np.full(len(fold.valid), np.nan)

    monkeypatch.setattr(PermutableToy, "fit_permuted", broken)
    with pytest.raises(ValueError, match="not finite"):
        run(context)


def test_too_few_predictions_are_an_error(audit, monkeypatch):
    context = audit(permutable=True)
    monkeypatch.setattr(PermutableToy, "fit_permuted", lambda self, *a: iter(()))
    with pytest.raises((IndexError, ValueError), match="index|zip"):
        run(context)


def test_the_calendar_alone_is_no_skill_and_no_leak(audit, monkeypatch):
    """Positives at the last cutoff only, as after a launch: the calendar tells them apart."""
    context = audit(permutable=True)
    panel = context.training
    everybody = replace(
        context.plan.folds[0], train=np.arange(len(panel)), valid=np.arange(len(panel))
    )
    late = (panel.rows["cutoff"] == panel.rows["cutoff"].max()).to_numpy()
    panel = panel.with_labels(np.where(late, panel.y, 0.0))

    def dated(self, panel, fold, labels, seeds):
        noise = np.random.default_rng(0).standard_normal(len(panel))
        for i, _ in enumerate(labels):
            skill = panel.y if len(seeds) == 1 else 0.0
            yield (9.0 * late + skill + np.roll(noise, i))[fold.valid]

    monkeypatch.setattr(PermutableToy, "fit_permuted", dated)
    plan = replace(context.plan, folds=(everybody,))
    finding = run(replace(context, training=panel, plan=plan))
    assert abs(finding.values["null_mean"] - 0.5) < 0.05
    assert finding.values["observed_auc"] > 0.6
    assert "degradation" not in finding.reason
