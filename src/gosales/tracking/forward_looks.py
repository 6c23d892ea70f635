"""How often the outcome of a forward month has been looked at, told by the runs that looked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.run_search import ANY, search_runs

FORWARD_LOOKS: Final = "forward.looks"
_BETWEEN: Final = ","


@dataclass(frozen=True)
class ForwardLooks:
    """Looks of one division.

    Parameters
    ----------
    by_cutoff : mapping of str to mapping of str to int
        Cutoff (ISO text) to kind of run to number of runs that looked at its outcome.
    runs : tuple of mapping of str to str
        The runs that looked, newest first: run_id, kind, and cutoffs as their tag says them.

    Examples
    --------
    >>> looks = ForwardLooks({"2024-12-31": {"train": 2, "gauntlet": 1}})
    >>> looks.count("2024-12-31"), looks.count("2025-01-31")
    (3, 0)
    >>> looks.sentence("2024-12-31")
    'its outcome has been looked at 3 times: train 2, gauntlet 1'
    """

    by_cutoff: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    runs: tuple[Mapping[str, str], ...] = ()

    @classmethod
    def of(cls, runs: Iterable[Mapping[str, str]]) -> Self:
        """The counts of some runs.

        Examples
        --------
        >>> run = {"run_id": "a", "kind": "train", "cutoffs": "2024-11-30,2024-12-31"}
        >>> ForwardLooks.of([run]).by_cutoff
        {'2024-11-30': {'train': 1}, '2024-12-31': {'train': 1}}
        """
        kept, counts = tuple(runs), dict[str, Counter[str]]()
        for run in kept:
            for cutoff in run["cutoffs"].split(_BETWEEN):
                counts.setdefault(cutoff, Counter())[run["kind"]] += 1
        return cls({c: dict(sorted(n.items())) for c, n in sorted(counts.items())}, kept)

    def count(self, cutoff: str) -> int:
        """Runs of any kind that looked at one cutoff."""
        return sum(self.by_cutoff.get(cutoff, {}).values())

    def sentence(self, cutoff: str) -> str:
        """The count in words, by kind."""
        n = self.count(cutoff)
        if not n:
            return "its outcome has not been looked at"
        kinds = ", ".join(f"{kind} {k}" for kind, k in self.by_cutoff[cutoff].items())
        return f"its outcome has been looked at {n} time{'s' if n > 1 else ''}: {kinds}"


def look_tags(cutoffs: Iterable[str]) -> dict[str, str]:
    """The tag by which a run says which outcomes it looks at; set before it looks.

    Examples
    --------
    >>> look_tags(["2024-12-31", "2024-11-30"]), look_tags([])
    ({'forward.looks': '2024-11-30,2024-12-31'}, {})
    """
    found = sorted(set(cutoffs))
    return {FORWARD_LOOKS: _BETWEEN.join(found)} if found else {}


def forward_looks(tracker: MlflowTracker, division: str) -> ForwardLooks:
    """Count the looks of one division over all runs, also those that failed after looking.

    Parameters
    ----------
    tracker : MlflowTracker
        The store.
    division : str
        Key of the target.

    Notes
    -----
    A run that is reused looks at nothing anew and is counted once.
    """
    found = search_runs(tracker, {"division": division, FORWARD_LOOKS: ANY})
    return ForwardLooks.of(
        {
            "run_id": str(run.info.run_id),
            "kind": run.data.tags.get("kind", "other"),
            "cutoffs": run.data.tags[FORWARD_LOOKS],
        }
        for run in found
    )
