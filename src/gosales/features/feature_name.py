"""Feature names, read back into their parts."""

from __future__ import annotations

from typing import NamedTuple

from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.features.spec import STATIC

_PARTS = 4
_SCOPES = ("all", "target")


class FeatureName(NamedTuple):
    """Parts of ``{family}__{measure}__{scope}__{window}``.

    Examples
    --------
    >>> name = FeatureName.parse("rfm__gp_sum__target__12m_lag60d")
    >>> name.family, name.scope, name.lookback.lag_days
    ('rfm', 'target', 60)
    >>> str(name)
    'rfm__gp_sum__target__12m_lag60d'
    """

    family: str
    measure: str
    scope: str
    lookback: Lookback | None

    @classmethod
    def parse(cls, name: str) -> FeatureName:
        """Read a name.

        Raises
        ------
        ConfigError
            If it does not have the four parts, or its window is not understood.
        """
        parts = name.split("__")
        found = cls._of(parts) if len(parts) == _PARTS and all(parts) else None
        # A token such as 012m reads, but prints otherwise: it is nobody's name.
        if found is None or parts[2] not in _SCOPES or str(found) != name:
            raise ConfigError(
                "a feature name is malformed",
                got=repr(name),
                allowed="{family}__{measure}__{all|target}__{window}",
                remedy="use FeatureSpec.name",
                reason_code="bad_feature_name",
            )
        return found

    @classmethod
    def _of(cls, parts: list[str]) -> FeatureName:
        window = None if parts[3] == STATIC else Lookback.parse(parts[3])
        return cls(parts[0], parts[1], parts[2], window)

    def __str__(self) -> str:
        window = STATIC if self.lookback is None else self.lookback.token
        return f"{self.family}__{self.measure}__{self.scope}__{window}"
