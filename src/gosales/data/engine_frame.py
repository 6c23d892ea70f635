"""A fetched table as pandas, the same from every engine."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def engine_frame(table: pa.Table) -> pd.DataFrame:
    """Text as text, days as datetime64, numbers as they are.

    Parameters
    ----------
    table : pyarrow.Table
        As an engine fetched it; text may be dictionary-encoded.
    """
    plain = [pc.cast(c, pa.string()) if pa.types.is_dictionary(c.type) else c for c in table]
    named = pa.table(plain, names=table.column_names)
    frame: pd.DataFrame = named.to_pandas(date_as_object=False)
    return frame
