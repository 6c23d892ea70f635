"""A source of frames: any raw tables, without a file format in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from gosales.core.digests import digest_frame, digest_json
from gosales.data.source import RawTables
from gosales.data.star import Attribute


@dataclass(frozen=True)
class FrameSource:
    """Frames by the names of `RawTables`: transactions and, optionally, the others."""

    frames: Mapping[str, pd.DataFrame]
    columns: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    label_measure: str = "auto"
    name: str = "frames"

    def fingerprint(self, workdir: Path | None = None) -> str:
        content = {name: digest_frame(frame) for name, frame in self.frames.items()}
        return digest_json([content, self.columns])

    def load(self, workdir: Path) -> RawTables:
        paths = {name: workdir / f"{name}.parquet" for name in self.frames}
        for name, path in paths.items():
            self.frames[name].to_parquet(path, index=False)
        return RawTables(
            transactions=[paths["transactions"]],
            columns=self.columns,
            **{name: path for name, path in paths.items() if name != "transactions"},
        )
