"""What a metric must be before it is logged."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from gosales.core.errors import InternalError

_NAME = re.compile(r"^[a-zA-Z][a-zA-Z0-9_./-]*$")


def check_metrics(metrics: Mapping[str, float]) -> dict[str, float]:
    """Refuse names a store mangles and values that are not numbers.

    Returns
    -------
    dict of str to float

    Raises
    ------
    InternalError
        Naming every metric at fault.

    Examples
    --------
    >>> check_metrics({"cv_auc": 0.75})
    {'cv_auc': 0.75}
    """
    names = [name for name in metrics if not _NAME.match(name)]
    values = [name for name, value in metrics.items() if not math.isfinite(value)]
    if names or values:
        raise InternalError(
            "metrics cannot be logged",
            got=", ".join([*map(repr, names), *(f"{n}={metrics[n]}" for n in values)]),
            allowed="names of letters, digits, _ . / - (no @ or %); finite values",
            remedy="write lift_at_10pct; leave an undefined metric out and log its reason",
            reason_code="bad_metric",
        )
    return {name: float(value) for name, value in metrics.items()}
