"""How good a list was, and how much it changed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class ListMeasure:
    """A list against what happened and against the list before it.

    Parameters
    ----------
    capture : float or None
        Share of the buyers that are on the list, in [0, 1]; None when nobody bought.
    coverage : float or None
        Share of the accounts that could have been listed and are; None when there were none.
    jaccard : float or None
        Accounts on both lists ÷ accounts on either; None without a prior list, or when both are
        empty.
    entered, left : int
        Accounts new on the list, and accounts no longer on it.

    Examples
    --------
    >>> ListMeasure.of(pd.Series(["a", "b"]), 8, bought=pd.Series(["b", "c"]))
    ListMeasure(capture=0.5, coverage=0.25, jaccard=None, entered=0, left=0)
    >>> ListMeasure.of(pd.Series(["a", "b"]), 8, prior=pd.Series(["b", "c"])).jaccard
    0.3333333333333333
    """

    capture: float | None
    coverage: float | None
    jaccard: float | None
    entered: int
    left: int

    @classmethod
    def of(
        cls,
        listed: pd.Series,
        n_eligible: int,
        bought: pd.Series | None = None,
        prior: pd.Series | None = None,
    ) -> ListMeasure:
        """Measure a list.

        Parameters
        ----------
        listed : pandas.Series
            Customer ids on the list.
        n_eligible : int
            Accounts no rule dropped.
        bought : pandas.Series, optional
            Customer ids, of the eligible accounts, that bought in the window after the cutoff.
        prior : pandas.Series, optional
            Customer ids on the list before.
        """
        now, buyers = {*listed}, {*(() if bought is None else bought)}
        before = now if prior is None else {*prior}
        both = now | before
        return cls(
            capture=len(now & buyers) / len(buyers) if buyers else None,
            coverage=len(now) / n_eligible if n_eligible else None,
            jaccard=len(now & before) / len(both) if prior is not None and both else None,
            entered=len(now - before),
            left=len(before - now),
        )
