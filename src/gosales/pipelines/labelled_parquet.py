"""Parquet whose label column says what it means."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from gosales.core.columns import LABEL


def labelled_parquet(frame: pd.DataFrame, label: Mapping[str, str]) -> pa.Table:
    """A table with the meaning of the label in the metadata of its column ``y``.

    Parameters
    ----------
    frame : pandas.DataFrame
        With a column ``y``.
    label : mapping of str to str
        From `gosales.labels.label_facts`: window in force and declared, measure and so on.

    Examples
    --------
    >>> table = labelled_parquet(pd.DataFrame({"y": [1.0]}), {"horizon_months": "9"})
    >>> table.schema.field("y").metadata
    {b'label.horizon_months': b'9'}
    """
    table = pa.Table.from_pandas(frame, preserve_index=False)
    at = table.schema.get_field_index(LABEL)
    meaning = {f"label.{name}": value for name, value in label.items()}
    field = table.schema.field(at).with_metadata(meaning)
    return table.set_column(at, field, table.column(at))
