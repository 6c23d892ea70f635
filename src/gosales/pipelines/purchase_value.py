"""What a purchase would be worth to each row of a panel, as of its cutoff."""

from __future__ import annotations

import numpy as np

from gosales.core.columns import CUSTOMER
from gosales.data.as_of import AsOfView
from gosales.features.panel import Panel
from gosales.whitespace.expected_value import ExpectedValue


def purchase_value(view: AsOfView, panel: Panel, estimator: ExpectedValue) -> np.ndarray:
    """Expected gross profit given a purchase.

    Parameters
    ----------
    view : AsOfView
        Of the panel's one cutoff, with `HALF_YEARS` and the target's membership.
    panel : Panel
        Rows.
    estimator : ExpectedValue
        From history up to the cutoff.

    Returns
    -------
    numpy.ndarray, shape (len(panel),)
        NaN throughout where nobody bought the target in two years.
    """
    found = estimator.estimate(view)
    own = found.dropna(subset=[CUSTOMER]).set_index(CUSTOMER)["value_given_purchase"]
    everybody = found.loc[found[CUSTOMER].isna(), "value_given_purchase"]
    mean = float(everybody.iloc[0]) if len(everybody) else np.nan
    values: np.ndarray = (
        panel.rows[CUSTOMER].map(own).astype("float64").fillna(mean).to_numpy(dtype="float64")
    )
    return values
