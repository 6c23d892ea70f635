"""The interface of a planted leak: the way to add one, also from outside the package."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.specimen import Specimen


@runtime_checkable
class Leak(Protocol):
    """A mechanism that lets a candidate know what it may not know, in any amount.

    Attributes
    ----------
    name : str
        Row of the detection matrix.
    caught_by : tuple of str
        Checks made for it: those an audit cannot do without. Others may see it too.
    weak, strong : float
        Amounts, each above 0; what they measure is the class's to say.
    """

    name: str
    caught_by: tuple[str, ...]
    weak: float
    strong: float

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with this much of the leak.

        Parameters
        ----------
        habitat : Habitat
            Left as it is.
        amount : float
            0 gives the clean twin: the same mechanism, columns and fits, kept honest.
        """
