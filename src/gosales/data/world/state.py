"""Everything about the accounts that changes from month to month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEVER_MONTHS = 120.0


@dataclass
class State:
    """State of n accounts at a month end; the dynamics advance it in place.

    Parameters
    ----------
    level : numpy.ndarray, shape (n,)
        Slowly moving activity, standard deviation 1.
    awake : numpy.ndarray of bool, shape (n,)
        False while an account is dormant.
    active : numpy.ndarray of bool, shape (n,)
        True once a prospect has become open to buying.
    heat : numpy.ndarray, shape (n, n_lines)
        Recent orders, fading by a fifth each month.
    owned : numpy.ndarray of bool, shape (n, n_lines)
        Whether the line was ever bought.
    age : numpy.ndarray, shape (n, n_lines)
        Months since the last order, `NEVER_MONTHS` when there was none.
    deal : numpy.ndarray of bool, shape (n, n_lines)
        Whether a deal of the line is open.
    """

    level: np.ndarray
    awake: np.ndarray
    active: np.ndarray
    heat: np.ndarray
    owned: np.ndarray
    age: np.ndarray
    deal: np.ndarray

    def repeated(self, times: int) -> State:
        """The same state ``times`` times below one another: the start of several paths."""
        return State(**{k: np.concatenate([v] * times) for k, v in vars(self).items()})
