"""The toy with leaks of the zoo planted into it, under the names the tests use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.toy_candidate import FORWARD, ToyCandidate

from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import Star
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.leak import Leak
from gosales.gauntlet.zoo.leaks.both_folds import BothFolds
from gosales.gauntlet.zoo.leaks.calibrator_on_reported_rows import CalibratorOnReportedRows
from gosales.gauntlet.zoo.leaks.encoding_on_all_rows import EncodingOnAllRows
from gosales.gauntlet.zoo.leaks.feature_peek import FeaturePeek
from gosales.gauntlet.zoo.leaks.label_column import LabelColumn
from gosales.gauntlet.zoo.leaks.label_family import LabelFamily
from gosales.gauntlet.zoo.leaks.scaler_on_all_rows import ScalerOnAllRows

ZOO: dict[str, tuple[Leak, float]] = {
    "peek": (FeaturePeek(), 45),
    "unregistered": (LabelColumn(), 0.92),
    "label_column": (LabelFamily(), 1.0),
    "strong_column": (LabelFamily(), 0.92),
    "both_folds": (BothFolds(), 1.0),
    "scale_on_all": (ScalerOnAllRows(), 1.0),
    "encode_on_all": (EncodingOnAllRows(), 1.0),
    "calibrate_on_valid": (CalibratorOnReportedRows(), 1.0),
}


def planted_toy(star: Star, *leaks: str, kind: type[ToyCandidate] = ToyCandidate) -> Any:
    """A toy with its own leaks and those of the zoo."""
    candidate: Any = kind(*(name for name in leaks if name not in ZOO))
    engine = DuckDBEngine(threads=1, memory_limit="500MB")
    for name in leaks:
        if name in ZOO:
            leak, amount = ZOO[name]
            habitat = Habitat(candidate, star, FORWARD, engine, Path(), candidate.seed)
            candidate = leak.plant(habitat, amount).candidate
    return candidate
