"""What decides a cached table besides its place: data, code and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from gosales.core.digests import digest_json
from gosales.data.star import Star
from gosales.features.code_digest import code_digest
from gosales.features.declared_state import declared_state


@dataclass(frozen=True)
class MadeOf:
    """Digests of what a table was computed from.

    Parameters
    ----------
    data : str
        Of the star.
    code : str
        Of the rooms that compute features and of a part's own source, if it is from outside.
    settings : str
        Of the part's class and parameters.
    """

    data: str
    code: str
    settings: str

    @classmethod
    def of(cls, star: Star, part: object, *more: object) -> Self:
        """The digests of a configured part over a star.

        Parameters
        ----------
        star : Star
            The data.
        part : object
            As of `declared_state`.
        *more : plain values
            What else counts as its settings.
        """
        settings = digest_json([declared_state(part), *more])
        return cls(star.digest, code_digest(type(part)), settings)

    def since(self, earlier: Mapping[str, object] | None) -> str:
        """Why a table that is not in the cache has to be computed, in a clause.

        Parameters
        ----------
        earlier : mapping or None
            `facts` of the last time the part was computed; None when there was none.

        Examples
        --------
        >>> now = MadeOf("d", "c", "s")
        >>> now.since(None), now.since(MadeOf("d", "b", "r").facts), now.since(now.facts)
        ('first time', 'code and settings changed', 'new cutoff or target')
        """
        if earlier is None:
            return "first time"
        changed = [name for name, digest in self.facts.items() if earlier.get(name) != digest]
        if not changed:
            return "new cutoff or target"
        return f"{' and '.join(filter(None, (', '.join(changed[:-1]), changed[-1])))} changed"

    @property
    def facts(self) -> dict[str, str]:
        """As plain values."""
        return asdict(self)
