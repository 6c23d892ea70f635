"""Short forms that people type, turned into overrides that Hydra understands."""

from __future__ import annotations

import re

_DATE = r"\d{4}-\d{2}-\d{2}"
_CUTOFF = re.compile(rf"^cutoff=({_DATE}(?:,{_DATE})*)$")


def expand(argument: str) -> list[str]:
    """Turn ``cutoff=<date>[,<date>...]`` into a choice and a value; keep the rest as it is.

    Any date then works without a file of its own, in a single run and in a sweep.

    Examples
    --------
    >>> expand("cutoff=2024-12-31")
    ['cutoff=any', 'cutoff.date=2024-12-31']
    >>> expand("seed=3")
    ['seed=3']
    """
    found = _CUTOFF.match(argument)
    if found is None:
        return [argument]
    return ["cutoff=any", f"cutoff.date={found[1]}"]
