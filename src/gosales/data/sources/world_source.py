"""The bundled synthetic world as a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gosales.core.digests import digest_file, digest_json
from gosales.data.attributes import attributes
from gosales.data.source import RawTables
from gosales.data.star import Attribute
from gosales.data.world import world as world_module
from gosales.data.world.world import World

_TABLES = ("transactions", "customers", "assets", "contacts", "deals")


@dataclass(frozen=True)
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

    world: World
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    label_measure: str = "gp"
    name: str = "world"

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", attributes(self.attributes))

    def fingerprint(self, workdir: Path | None = None) -> str:
        """Digest of the world's parameters and of the code that draws it."""
        folder = Path(world_module.__file__).parent
        code = {path.name: digest_file(path) for path in sorted(folder.glob("*.py"))}
        return digest_json([code, self.world])

    def load(self, workdir: Path) -> RawTables:
        """Generate the world and write its tables."""
        data = self.world.generate()
        tables = {name: getattr(data, name) for name in _TABLES}
        # A world without contacts or deals has no such table, as an export would have none.
        paths = {n: workdir / f"{n}.parquet" for n, frame in tables.items() if len(frame)}
        for name, path in paths.items():
            tables[name].to_parquet(path, index=False)
        return RawTables(
            [paths["transactions"]],
            paths["customers"],
            paths.get("assets"),
            {"transactions.division": "source_division"},
            contacts=paths.get("contacts"),
            deals=paths.get("deals"),
        )
