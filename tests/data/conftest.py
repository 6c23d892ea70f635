"""A small log of three accounts, and a way to ingest any frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gosales.core.progress import SilentProgress
from gosales.data.contract import Contract
from gosales.data.ingest import IngestResult, ingest
from gosales.data.sku_map import SkuMap
from gosales.data.sources.parquet_source import ParquetSource

Ingest = Callable[..., IngestResult]


@pytest.fixture
def ingest_frames(tmp_path: Path) -> Ingest:
    """Ingest frames as Parquet files; ``lines`` may be a list of frames: several files."""

    def run(
        lines: pd.DataFrame | list[pd.DataFrame],
        customers: pd.DataFrame | None = None,
        assets: pd.DataFrame | None = None,
        sku_map: SkuMap | None = None,
        contract: Contract | None = None,
        **options: Any,
    ) -> IngestResult:
        frames = lines if isinstance(lines, list) else [lines]
        folder = tmp_path / f"raw{len(list(tmp_path.glob('raw*')))}"
        folder.mkdir()
        (folder / "tx").mkdir()
        for i, frame in enumerate(frames):
            frame.to_parquet(folder / "tx" / f"{i}.parquet", index=False)
        for name, frame in (("customers", customers), ("assets", assets)):
            if frame is not None:
                frame.to_parquet(folder / f"{name}.parquet", index=False)
                options[name] = str(folder / f"{name}.parquet")
        source = ParquetSource(str(folder / "tx"), **options)
        stars = tmp_path / "stars"
        return ingest(source, sku_map or SkuMap(), stars, SilentProgress(), contract)

    return run


@pytest.fixture
def lines() -> pd.DataFrame:
    """DOMAIN §6: c1 and c2 buy before and after 2024-06-30, c3 only after."""
    return pd.DataFrame(
        [
            ("c1", "2024-06-01", "SWX_Core", "Solidworks", 100.0),
            ("c1", "2024-08-01", "SWX_Core", "SOLIDWORKS", 20.0),
            ("c2", "2024-05-15", "Training", "Training", 50.0),
            ("c2", "2024-07-05", "SWX_Core", " solidworks ", -5.0),
            ("c3", "2024-07-10", "Training", "Training", 10.0),
        ],
        columns=["customer_id", "order_date", "sku", "division", "gross_profit"],
    )
