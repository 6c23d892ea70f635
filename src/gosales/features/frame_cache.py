"""Tables taken from the store where it has them, computed together where it has not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from gosales.core.digests import digest_json
from gosales.core.progress import Progress, SilentProgress
from gosales.features.cache_use import CacheUse
from gosales.features.made_of import MadeOf
from gosales.features.store import FeatureStore

# (cutoff as ISO text, target key or None): one cached table.
Place = tuple[str, str | None]
Compute = Callable[[list[Place]], Mapping[Place, pa.Table]]

# Changes whenever the layout of a cached table does.
_LAYOUT = 5


@dataclass(frozen=True)
class FrameCache:
    """The store as a builder uses it: many tables at a time, with an account of what it did.

    Parameters
    ----------
    store : FeatureStore or None
        None computes everything anew and keeps it as long as this object lives.
    progress : Progress
        Told of damaged entries.
    report : list of CacheUse
        Gains one entry per part: what was computed, what reused, and why.
    """

    store: FeatureStore | None = None
    progress: Progress = field(default_factory=SilentProgress)
    report: list[CacheUse] = field(default_factory=list)
    _held: dict[str, pa.Table] = field(default_factory=dict, repr=False)

    def frames(
        self, what: str, made_of: MadeOf, wanted: Mapping[Place, object], compute: Compute
    ) -> dict[Place, pd.DataFrame]:
        """One frame per place.

        Parameters
        ----------
        what : str
            Name for the report.
        made_of : MadeOf
            What it is made of, for the report.
        wanted : mapping of place to plain value
            Everything that decides the content of the frame at that place.
        compute : callable
            Gets the places the store lacks, all at once, and returns a table for each.
        """
        found = {place: table.to_pandas() for place, table in self.stored(what, wanted)}
        missing = [place for place in wanted if place not in found]
        if missing:
            tables = compute(missing)
            self.keep(wanted, tables)
            # Through the same conversion as a reader's, so that both get the same frame.
            found |= {place: table.to_pandas() for place, table in tables.items()}
        self.tell(what, made_of, len(missing), len(wanted) - len(missing))
        return found

    def stored(self, what: str, wanted: Mapping[Place, object]) -> Iterator[tuple[Place, pa.Table]]:
        """The tables the store has, one after the other.

        Parameters
        ----------
        what : str
            Named when an entry is damaged.
        wanted : mapping of place to plain value
            As for `frames`.
        """
        for place, value in wanted.items():
            key = _key(value)
            table = self._held.get(key) if self.store is None else self.store.get(key)
            if table is not None:
                yield place, table
            elif self.store is not None and self.store.has(key):
                where = " ".join(filter(None, place))
                self.progress.say(
                    f"warning: the cached {what} at {where} are damaged; computing them anew"
                )

    def lacking(self, wanted: Mapping[Place, object]) -> list[Place]:
        """The places of which nothing was ever kept; no entry is read."""
        keys = {place: _key(value) for place, value in wanted.items()}
        has = self._held.__contains__ if self.store is None else self.store.has
        return [place for place, key in keys.items() if not has(key)]

    def keep(self, wanted: Mapping[Place, object], tables: Mapping[Place, pa.Table]) -> None:
        """Put computed tables where `stored` finds them."""
        entries = {_key(wanted[place]): table for place, table in tables.items()}
        if self.store is None:
            self._held.update(entries)
        else:
            self.store.put(entries)

    def tell(self, what: str, made_of: MadeOf, computed: int, reused: int) -> None:
        """Add an entry to the report, and remember what the part was made of."""
        if self.store is None:
            why = "no cache"
        elif computed:
            why = made_of.since(self.store.remembered(what))
            self.store.remember(what, made_of.facts)
        else:
            why = "same data, code and settings"
        self.report.append(CacheUse(what, computed, reused, why))


def _key(value: object) -> str:
    return digest_json([_LAYOUT, value])
