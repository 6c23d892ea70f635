"""The bundled synthetic world as a source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gosales.core.digests import digest_json
from gosales.data.source import RawTables
from gosales.data.star import Attribute
from gosales.data.world.world import World

# Changes whenever equal parameters give another world.
_EDITION = "1"


class WorldSource:
    """A seeded world, generated when it is first asked for.

    Parameters
    ----------
    world : World
        Its parameters decide everything.
    attributes : mapping, optional
        Attribute to ``{kind, dtype, waived}``.
    label_measure : str, default "gp"
        The reseller's own measure.
    name : str, default "world"
        For messages and the manifest.
    """

    def __init__(
        self,
        world: World,
        attributes: Mapping[str, Mapping[str, object]] | None = None,
        label_measure: str = "gp",
        name: str = "world",
    ) -> None:
        self.name = name
        self.label_measure = label_measure
        self.attributes = {
            str(k): v if isinstance(v, Attribute) else Attribute(**v)  # type: ignore[arg-type]
            for k, v in (attributes or {}).items()
        }
        self._world = world

    def fingerprint(self) -> str:
        """Digest of the world's parameters."""
        return digest_json([_EDITION, self._world])

    def load(self, workdir: Path) -> RawTables:
        """Generate the world and write its tables."""
        data = self._world.generate()
        paths = {n: workdir / f"{n}.parquet" for n in ("transactions", "customers", "assets")}
        for name, path in paths.items():
            getattr(data, name).to_parquet(path, index=False)
        return RawTables(
            [paths["transactions"]],
            paths["customers"],
            paths["assets"],
            {"transactions.division": "source_division"},
        )
