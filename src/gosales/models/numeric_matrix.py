"""The columns a model knows, in its order, as one float64 array."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gosales.core.errors import InternalError


def numeric_matrix(X: pd.DataFrame, columns: Sequence[str], *, nulls: bool) -> np.ndarray:
    """Take ``columns`` from ``X`` in the order given.

    Parameters
    ----------
    X : pandas.DataFrame, shape (n, at least q)
        Numeric; further columns are ignored.
    columns : sequence of str
        Names, q of them.
    nulls : bool
        Whether nulls may pass.

    Returns
    -------
    numpy.ndarray, shape (n, q), float64, C order

    Raises
    ------
    InternalError
        If a column is missing, not numeric, infinite, or null where nulls may not pass.
    """
    kinds = dict(zip(X.columns, X.dtypes, strict=True))
    lost = [c for c in columns if c not in kinds]
    text = [c for c in columns if c in kinds and not pd.api.types.is_numeric_dtype(kinds[c])]
    if lost or text:
        raise InternalError(
            "the matrix is not what the model was fitted on",
            got=f"missing {lost[:5]}, not numeric {text[:5]}",
            allowed="every fitted column, numeric",
            remedy="apply the fitted transforms first",
            reason_code="bad_matrix",
        )
    own = X if list(X.columns) == list(columns) else X[list(columns)]
    out = np.ascontiguousarray(own.to_numpy(dtype="float64", na_value=np.nan))
    wrong = np.isinf(out) if nulls else ~np.isfinite(out)
    if wrong.any():
        named = [columns[j] for j in np.flatnonzero(wrong.any(axis=0))[:5]]
        raise InternalError(
            "a column of the matrix holds infinite values or nulls the estimator cannot read",
            got=", ".join(named),
            allowed="finite values" + (" or null" if nulls else ""),
            remedy="set features.centralized_fill_enable=true or use an estimator that reads nulls",
            reason_code="bad_matrix",
        )
    return out
