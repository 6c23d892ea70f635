"""What a deal's stage and days must say of each other."""

from __future__ import annotations

from collections.abc import Iterator


def deal_rules(present: set[str]) -> Iterator[tuple[str, str, str, str]]:
    """Rules of the table of deals.

    A deal is closed from its closing day on; without that day no view could tell whether it was
    open at a cutoff. Many systems keep the day on which the rep expects to close in the same
    place, so an open deal must have none.

    Parameters
    ----------
    present : set of str
        Canonical columns that the log has.

    Yields
    ------
    tuple of str
        Column, what is allowed, remedy, and the SQL condition that is true in a breaching row.
    """
    if "stage" in present and "closed_date" not in present:
        yield (
            "stage",
            "open (no closed_date says when the deal was closed)",
            "map your closing day to closed_date",
            "LOWER(stage) <> 'open'",
        )
    if {"stage", "closed_date"} <= present:
        yield (
            "closed_date",
            "empty while the stage is open",
            "leave it empty until the deal is closed: an expected day is not one",
            "LOWER(stage) = 'open' AND closed_date__raw",
        )
        yield (
            "closed_date",
            "given where the stage is won or lost",
            "fill it in",
            "LOWER(stage) IN ('won', 'lost') AND NOT closed_date__raw",
        )
    if {"closed_date", "opened_date"} <= present:
        yield (
            "closed_date",
            "on or after opened_date",
            "correct the dates",
            "closed_date < opened_date",
        )
