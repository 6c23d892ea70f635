"""Frames taken from the store where it has them, computed together where it has not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from gosales.core.digests import digest_json
from gosales.core.progress import Progress, SilentProgress
from gosales.features.store import FeatureStore

# (cutoff as ISO text, target key or None): one cached frame.
Place = tuple[str, str | None]
Compute = Callable[[list[Place]], Mapping[Place, pd.DataFrame]]

# Changes whenever the layout of a cached frame does.
_LAYOUT = 2


@dataclass(frozen=True)
class FrameCache:
    """The store as a builder uses it: many frames at a time, with an account of what it did.

    Parameters
    ----------
    store : FeatureStore or None
        None computes everything anew and keeps nothing.
    progress : Progress
        Told of damaged entries.
    report : list of str
        Gains one line per call: what was computed and what reused.
    """

    store: FeatureStore | None = None
    progress: Progress = field(default_factory=SilentProgress)
    report: list[str] = field(default_factory=list)

    def frames(
        self, what: str, wanted: Mapping[Place, object], compute: Compute
    ) -> dict[Place, pd.DataFrame]:
        """One frame per place.

        Parameters
        ----------
        what : str
            Name for the report.
        wanted : mapping of place to plain value
            Everything that decides the content of the frame at that place.
        compute : callable
            Gets the places the store lacks, all at once, and returns a frame for each.
        """
        keys = {place: digest_json([_LAYOUT, value]) for place, value in wanted.items()}
        found = self._stored(what, keys)
        missing = [place for place in wanted if place not in found]
        if missing:
            fresh = compute(missing)
            for place in missing:
                found[place] = fresh[place]
                if self.store is not None:
                    self.store.put(keys[place], fresh[place])
        self.report.append(f"{what}: {len(missing)} computed, {len(keys) - len(missing)} reused")
        return found

    def _stored(self, what: str, keys: Mapping[Place, str]) -> dict[Place, pd.DataFrame]:
        if self.store is None:
            return {}
        found: dict[Place, pd.DataFrame] = {}
        for place, key in keys.items():
            frame = self.store.get(key)
            if frame is not None:
                found[place] = frame
            elif self.store.has(key):
                where = " ".join(filter(None, place))
                self.progress.say(
                    f"warning: the cached {what} at {where} are damaged; computing them anew"
                )
        return found
