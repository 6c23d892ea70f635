"""What a card is about: identity of the model and how to make it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CardSubject:
    """Identity of one candidate.

    Parameters
    ----------
    name : str
        The division as people write it.
    target : str
        Its key.
    cutoff : str
        Requested cutoff, ISO text.
    outcome : str
        What counts as a purchase, one clause with the label window.
    population : str
        Who is on the roster, one clause.
    owner_rule : str
        Who counts as owner, one clause; everyone else is whitespace.
    naive_rule : str
        What the naive rank counts, one clause.
    safe_mode, estimator : str
        Names of the chosen configuration.
    seed : int
        Root seed.
    data_source : str
        Name of the source.
    code_version : str
        Version and commit.
    command : str
        The command that makes this run again.
    digests : mapping of str to str
        data, config, recipe, features and so on.
    stands_in_for : str
        Why there is no model; empty for one that is, or that was asked for.
    """

    name: str
    target: str
    cutoff: str
    outcome: str
    population: str
    owner_rule: str
    naive_rule: str
    safe_mode: str
    estimator: str
    seed: int
    data_source: str
    code_version: str
    command: str
    digests: Mapping[str, str] = field(default_factory=dict)
    stands_in_for: str = ""
