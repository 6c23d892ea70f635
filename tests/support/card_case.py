"""A whole set of card facts, measured on a small seeded panel."""

from dataclasses import replace

import numpy as np
import pandas as pd
from tests.support.model_table import SPECS

from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.curves import Curves
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.evaluation.forward import evaluate
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.brier import Brier
from gosales.evaluation.metrics.cal_mae import CalMae
from gosales.evaluation.metrics.capture_at_k import CaptureAtK
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.metrics.realised_gp_at_k import RealisedGpAtK
from gosales.evaluation.optimism_gap import optimism_gap
from gosales.features.panel import Panel
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.report import GauntletReport
from gosales.gauntlet.verdict import Verdict
from gosales.models.calibration_choice import CalibrationChoice
from gosales.models.logistic_map import LogisticMap
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.card_subject import CardSubject
from gosales.reporting.panel_summary import panel_summary
from gosales.reporting.split_metrics import split_metrics

METRICS = [Auc(), Brier(), LiftAtK([10]), CaptureAtK([10]), RealisedGpAtK([10]), CalMae()]
BOOTSTRAP = CustomerBootstrap(replicates=60)


def panel(cutoffs, n, seed, labelled=True):
    """Rows whose probability is known: returned beside the panel."""
    rng = np.random.default_rng(seed)
    size = n * len(cutoffs)
    owner = rng.uniform(size=size) < 0.3
    z = rng.normal(-2.4, 1.1, size) + 1.5 * owner
    y = (rng.uniform(size=size) < 1 / (1 + np.exp(-z))).astype(float)
    rows = pd.DataFrame(
        {
            "customer_id": [f"c{i % n:05d}" for i in range(size)],
            "cutoff": np.repeat(cutoffs, n),
            "group": [f"c{i % n:05d}" for i in range(size)],
            "segment": "warm",
            "is_owner": owner,
            "ever_owned": owner,
            "naive_count": np.where(owner, rng.poisson(2, size), 0).astype(float),
            "y": y if labelled else np.nan,
            "label_value": y,
            "label_gp": y * rng.lognormal(7, 1, size),
            "first_event_days": np.nan,
            "cohort": "",
        }
    )
    X = pd.DataFrame({s.name: rng.normal(size=size) for s in SPECS})
    dates = pd.DataFrame(
        [[s.name, c, c, "recorded"] for s in SPECS for c in cutoffs],
        columns=["feature", "cutoff", "newest_date", "source"],
    )
    probability = 1 / (1 + np.exp(-(z + rng.normal(0, 0.3, size))))
    return Panel("printers", rows, X, SPECS, dates), probability


def finding(name, outcome=Outcome.PASS, **more):
    reason = more.pop("reason", "14 rebuilds at 5 cutoffs equal the reported panels bit by bit")
    return Finding(name, Subject.LEAK, outcome, reason, more.pop("values", {"rows": 100}), **more)


def permutation():
    null = np.random.default_rng(0).normal(0.502, 0.021, 99)
    return finding(
        "permutation",
        reason="p = 0.01 over 99 draws; AUC 0.781 against 0.502 with permuted labels",
        values={"p": 0.01, "draws": 99, "positive_accounts": 212},
        figure={
            "kind": "histogram",
            "title": "AUC with permuted labels (99 draws) and of the candidate",
            "population": "all customers",
            "split": "validation folds",
            "n": [["rows", 900], ["positive accounts", 212], ["draws", 99]],
            "interval": "mean of the draws 0.502 [0.498, 0.506]",
            "mean": [0.498, 0.506],
            "series": {"null": null.tolist(), "candidate": 0.781},
            "x": "AUC, most recent validation folds",
        },
    )


def single_feature():
    names = [f"recency__decay_{d}d__target__ever_lag{k}d" for d in (30, 90, 180) for k in range(6)]
    return finding(
        "single_feature",
        reason="recency__decay_180d__target__ever alone reaches AUC 0.713, +0.021 over the next "
        "family",
        values={"rows": 8000, "best_auc": 0.713},
        figure={
            "kind": "bars",
            "title": "AUC of single columns, training panel",
            "series": {n: 0.713 - 0.011 * i for i, n in enumerate(names)},
        },
    )


def report(outcome=Outcome.PASS):
    findings = (finding("future_invariance", outcome, is_proof=True), permutation())
    closed = outcome is not Outcome.PASS
    verdict = Verdict(
        outcome,
        ("future_invariance: FAIL: 3 cells differ",) if closed else (),
        ("leak",) if closed else (),
        (),
    )
    return GauntletReport("printers", "2024-12-31", 7, verdict, findings, {"policy": "ab" * 32})


def catalog():
    return pd.DataFrame(
        {
            "name": [s.name for s in SPECS],
            "family": [s.family for s in SPECS],
            "measure": [s.measure for s in SPECS],
            "scope": [s.scope for s in SPECS],
            "window": "12m",
            "newest_event_date": ["2024-12-30", "2024-12-30", "2024-12-31", None],
            "coverage": [1.0, 1.0, 0.4, 0.8],
            "monotone": [s.monotone for s in SPECS],
            "safe_decision": ["keep", "keep", "drop", "keep"],
            "safe_reason": ["long window", "long window", "adjacent to the cutoff", "long window"],
            "description": [s.description for s in SPECS],
        }
    )


def card_facts(n=1200, **changes):
    """Facts of a division with enough buyers; `n` sets how many customers there are."""
    training, trained = panel(["2023-12-31", "2024-03-31"], n, 1)
    forward, probability = panel(["2024-12-31"], n, 2)
    cv = evaluate(training, trained, METRICS, BOOTSTRAP, "cv")
    ahead = evaluate(forward, probability, METRICS, BOOTSTRAP, "forward")
    folds = tuple(Fold(f"2024-03-31/{i}", np.arange(3), np.arange(2)) for i in range(5))
    facts = CardFacts(
        subject=CardSubject(
            name="Printers",
            target="printers",
            cutoff="2024-12-31",
            outcome="net gross profit above 0 in (2024-12-31, 2025-06-30]",
            population="bought within 18 months before the cutoff, or owns assets",
            owner_rule="bought Printers within 24 months",
            naive_rule="Printers purchase lines in the 12 months before the cutoff",
            safe_mode="on",
            estimator="lgbm",
            seed=7,
            data_source="world",
            code_version="0.1.0+71bb041",
            command="gosales train division=printers cutoff=2024-12-31 safe_mode=on",
            digests={"data": "cd" * 32, "recipe": "ef" * 32},
        ),
        panel=panel_summary(training, forward),
        plan=FoldPlan(folds, "purged_grouped", (), {"n_folds": 5, "purge_days": 45, "seed": 7}),
        metrics=split_metrics({"cv": cv.frame, "forward": ahead.frame}),
        calibration=CalibrationChoice(
            "beta",
            LogisticMap(1.0, 1.0, 0.0),
            {"none": 0.31234, "platt": 0.30011, "beta": 0.29987},
            "beta: 212 positive accounts; least cross-fitted log loss (beta 0.29987)",
            212,
        ),
        catalog=catalog(),
        importance={SPECS[0].name: 0.6, SPECS[3].name: 0.3, f"{SPECS[3].name}_missing": 0.1},
        gap=optimism_gap(cv, ahead),
        report=report(),
    )
    return replace(facts, **changes)


def curves(n=1200):
    return Curves.of(*panel(["2024-12-31"], n, 2), BOOTSTRAP)
