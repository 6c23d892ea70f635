"""What is tried: today's settings and one step away from them in every direction."""

from __future__ import annotations

from dataclasses import dataclass

SHIPPED = "shipped"

# Each says what it costs or risks beside today's 60 rounds of 7 leaves, 40 rows a leaf, 30 % of the
# columns, penalty 5.
TREES: dict[str, dict[str, float]] = {
    SHIPPED: {},
    "30 rounds": {"n_estimators": 30},  # stops earlier: bolder only where signal is strong
    "120 rounds": {"n_estimators": 120},  # twice the fit
    "4 leaves": {"num_leaves": 4},  # main effects and pairs
    "15 leaves": {"num_leaves": 15},  # deeper interactions
    "20 rows a leaf": {"min_data_in_leaf": 20},  # follows small groups
    "60 % of the columns": {"feature_fraction": 0.6},  # strong columns win more often
    "penalty 1": {"lambda_l2": 1.0},  # bolder leaves
}
LINES: dict[str, dict[str, float]] = {
    "C 0.001": {"C": 0.001},
    SHIPPED: {},  # C 0.003
    "C 0.01": {"C": 0.01},
    "C 0.03": {"C": 0.03},
    "C 0.1": {"C": 0.1},
    "without logarithms": {"signed_log": False},  # long tails as they are
}


@dataclass(frozen=True, order=True)
class Choice:
    """One candidate.

    Parameters
    ----------
    family : str
        ``lgbm``, ``lgbm_monotone``, ``logreg`` or ``blend``.
    trees, line : str
        Settings by name; empty where the family has none.
    """

    family: str
    trees: str = ""
    line: str = ""

    @property
    def name(self) -> str:
        """As the tables show it."""
        told = " + ".join(filter(None, (self.trees, self.line)))
        return f"{self.family}: {told}"

    @property
    def is_shipped(self) -> bool:
        """Whether this is what ``conf/estimator`` holds today."""
        return {self.trees, self.line} <= {SHIPPED, ""}


CHOICES = (
    *(Choice("lgbm", trees=t) for t in TREES),
    *(Choice("lgbm_monotone", trees=t) for t in TREES),
    *(Choice("logreg", line=n) for n in LINES),
    *(Choice("blend", t, n) for t in TREES for n in LINES),
)
FAMILIES = ("lgbm", "lgbm_monotone", "logreg", "blend")
