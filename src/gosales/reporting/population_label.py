"""Populations and splits as readers call them."""

from __future__ import annotations

_POPULATIONS = {
    "all": "all customers",
    "owners": "existing owners",
    "whitespace": "whitespace customers",
}
_SPLITS = {"forward": "forward months", "cv": "cross-validation, out of fold"}


def population_label(population: str) -> str:
    """Readers' word for a population; one that is not known stands as it is."""
    return _POPULATIONS.get(population, population)


def split_label(split: str, cutoff: str | None = None) -> str:
    """Readers' word for a split.

    Examples
    --------
    >>> split_label("forward", "2024-12-31")
    'forward months after 2024-12-31'
    """
    label = _SPLITS.get(split, split)
    return f"{label} after {cutoff}" if split == "forward" and cutoff else label
