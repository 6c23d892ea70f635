"""What one feature column is: its name, window, scope and meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback

STATIC = "static"
_PART = re.compile(r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$")


@dataclass(frozen=True)
class FeatureSpec:
    """Declaration of one column; the engine records beside it what the column really used.

    Parameters
    ----------
    family : str
        Name of the family that computes it, for example ``rfm``.
    measure : str
        What is measured, for example ``gp_sum``.
    scope : {"all", "target"}
        Over all lines of the customer, or over the target's SKU set only.
    lookback : Lookback or None
        Window relative to the cutoff; None for a static attribute.
    description : str
        One clause in business words; shown in the catalog and in reason codes.
    dtype : {"number", "category"}, default "number"
        A category is text and is encoded by a fitted vocabulary.
    nullable : bool, default False
        Whether absence is null (then a ``_missing`` flag is made) or the family writes zero.
    monotone : {-1, 0, 1}, default 0
        Known direction of effect, for monotone estimators.
    adjacency : bool, default False
        Whether the family is adjacency-heavy, that is, mostly tells what happened just before
        the cutoff; the SAFE policy drops such columns unless they are lagged.
    is_lag_proxy : bool, default False
        A short lagged rate that exists only when SAFE is on.
    money : bool, default False
        Measured in money; winsorised by a fitted cap.
    of_attribute : bool, default False
        Tells who the customer is rather than what it did: never given as a reason to call.

    Examples
    --------
    >>> spec = FeatureSpec("rfm", "gp_sum", "target", Lookback(months=12), "profit", money=True)
    >>> spec.name
    'rfm__gp_sum__target__12m'
    """

    family: str
    measure: str
    scope: Literal["all", "target"]
    lookback: Lookback | None
    description: str
    dtype: Literal["number", "category"] = "number"
    nullable: bool = False
    monotone: Literal[-1, 0, 1] = 0
    adjacency: bool = False
    is_lag_proxy: bool = False
    money: bool = False
    of_attribute: bool = False

    def __post_init__(self) -> None:
        bad = [part for part in (self.family, self.measure) if not _PART.match(part)]
        if bad:
            raise ConfigError(
                "a feature name is malformed",
                got=", ".join(map(repr, bad)),
                allowed="lower-case letters, digits and single underscores",
                remedy="rename the family or the measure",
                reason_code="bad_feature_name",
            )

    @property
    def name(self) -> str:
        """``{family}__{measure}__{scope}__{window}``."""
        window = STATIC if self.lookback is None else self.lookback.token
        return f"{self.family}__{self.measure}__{self.scope}__{window}"
