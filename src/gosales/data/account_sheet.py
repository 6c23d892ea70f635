"""The account table as it was exported: what must be heeded today, whatever was known then."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gosales.core.columns import CUSTOMER
from gosales.data.engine import Engine
from gosales.data.star import CUSTOMERS, Star
from gosales.data.star_table import star_table


class AccountSheet:
    """Declared attributes of every account, as of the day of extraction.

    A request not to be contacted binds from the day it is made, also for a list as of an earlier
    day; so eligibility reads it here. Features and labels must not: a snapshot may know the
    future, and `AsOfView` hides it. The layers forbid the import.

    Parameters
    ----------
    star : Star
        The data.
    engine : Engine
        Where the query runs.
    """

    def __init__(self, star: Star, engine: Engine) -> None:
        self.star = star
        self.engine = engine

    def columns(self, names: Sequence[str]) -> pd.DataFrame:
        """Those of the named attributes that the log declares.

        Returns
        -------
        pandas.DataFrame
            One row per account: customer_id and the attributes found, sorted by customer_id.
        """
        found = sorted({*names} & {*self.star.manifest.attributes})
        table = star_table(self.star, CUSTOMERS, self.engine).select(CUSTOMER, *found)
        return self.engine.run(table).sort_values(CUSTOMER, ignore_index=True)
