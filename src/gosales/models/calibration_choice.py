"""Which calibrator was chosen, on what grounds."""

from __future__ import annotations

from dataclasses import dataclass

from gosales.models.calibrator import FittedCalibrator


@dataclass(frozen=True)
class CalibrationChoice:
    """Outcome of a calibration rule.

    Parameters
    ----------
    name : str
        Key of the chosen candidate, for example ``platt``.
    fitted : FittedCalibrator
        Fitted on all the rows given.
    losses : dict of str to float
        Cross-fitted log loss per candidate that could be measured; ``none`` is the raw
        probability. Lower is better; 0 is perfect; the entropy of the base rate is no skill.
    reason : str
        One sentence for the card, with the numbers that decided.
    n_pos_accounts : int
        Positive accounts counted.
    """

    name: str
    fitted: FittedCalibrator
    losses: dict[str, float]
    reason: str
    n_pos_accounts: int

    @property
    def grounds(self) -> dict[str, object]:
        """Name, reason, losses and positive accounts as plain values."""
        names = ("name", "reason", "losses", "n_pos_accounts")
        return {name: getattr(self, name) for name in names}
