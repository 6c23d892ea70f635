"""Importance of raw columns, gathered from the columns a model made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gosales.features.spec import FeatureSpec


def column_importance(
    importance: Mapping[str, float], specs: Sequence[FeatureSpec]
) -> dict[str, float]:
    """Share of each raw column in the importance of the matrix columns.

    Parameters
    ----------
    importance : mapping of str to float
        Of the columns of the fitted matrix: a raw column's name, or that name with an ending
        (a level, ``_missing``).
    specs : sequence of FeatureSpec
        The raw columns.

    Returns
    -------
    dict of str to float
        One value per spec, in their order; they sum to 1, or are all 0 when nothing matters.

    Examples
    --------
    >>> from gosales.core.timeline import Lookback
    >>> spec = FeatureSpec("recency", "days", "all", Lookback(), "days", nullable=True)
    >>> found = {"recency__days__all__ever": 1.0, "recency__days__all__ever_missing": 3.0}
    >>> column_importance(found, [spec])
    {'recency__days__all__ever': 1.0}
    """
    # The longest name first: one column's name may begin another's.
    names = sorted((s.name for s in specs), key=len, reverse=True)
    sums = dict.fromkeys((s.name for s in specs), 0.0)
    for column, value in importance.items():
        owner = next((name for name in names if column.startswith(name)), None)
        if owner is not None:
            sums[owner] += float(value)
    total = sum(sums.values())
    return {name: value / total if total > 0 else 0.0 for name, value in sums.items()}
