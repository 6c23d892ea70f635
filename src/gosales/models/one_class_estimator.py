"""An estimator that can be fitted where nobody, or everybody, bought."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class OneClassEstimator(Protocol):
    """An `Estimator` whose order of accounts does not come from the labels."""

    takes_one_class: bool
