"""A fitted transform from outside the package, for bundles."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class FixedShift:
    """Adds a constant to one column."""

    column: str
    by: float

    def apply(self, X):
        """Shift."""
        return X.assign(**{self.column: X[self.column] + self.by})

    def to_json(self):
        """Both fields."""
        return asdict(self)

    @classmethod
    def from_json(cls, state):
        """Restore."""
        return cls(**state)
