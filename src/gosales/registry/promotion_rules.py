"""Thresholds of promotion."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gosales.core.errors import ConfigError


@dataclass(frozen=True)
class PromotionRules:
    """What a version must meet to become champion.

    Parameters
    ----------
    policy : str, default ``"approved"``
        Name of the file in ``conf/gauntlet`` whose digest an audit must carry.
    heuristic_policy : str, default ``"heuristic"``
        The same for a version that is no model.
    non_inferiority_margin_auc : float, default 0.01
        The lower bound of challenger minus champion must lie above minus this.
    min_positive_accounts : int, default 40
        Fewer positive accounts give no interval, hence no promotion over a champion.

    Raises
    ------
    ConfigError
        If a threshold is not finite or negative.
    """

    policy: str = "approved"
    heuristic_policy: str = "heuristic"
    non_inferiority_margin_auc: float = 0.01
    min_positive_accounts: int = 40

    def __post_init__(self) -> None:
        margin = self.non_inferiority_margin_auc
        if not (math.isfinite(margin) and margin >= 0) or self.min_positive_accounts < 1:
            raise ConfigError(
                "a threshold of promotion is out of range",
                got=f"non_inferiority_margin_auc={margin}, "
                f"min_positive_accounts={self.min_positive_accounts}",
                allowed="a finite margin >= 0 and at least one positive account",
                remedy="mend conf/promotion",
                reason_code="bad_promotion",
            )
