"""The four logs: where each is cut, how it is composed, and its lines for the plain baseline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
from plain_baseline import CUTOFFS, HORIZON_MONTHS, read_log

from gosales.data.star import TRANSACTIONS, Star


@dataclass(frozen=True)
class Log:
    """One log.

    Parameters
    ----------
    name : str
        Option of ``data``.
    cutoff : str
        The forward cutoff.
    horizon_months : int, default 6
        Label window.
    overrides : tuple of str
        What the composition says besides.
    raw : bool, default False
        Whether the baseline reads the log's own file, without any of this package. The others
        have no such file: it then reads the lines of the star.
    """

    name: str
    cutoff: str
    horizon_months: int = HORIZON_MONTHS
    overrides: tuple[str, ...] = ()
    raw: bool = False

    def lines(self, star: Star, folder: Path) -> pd.DataFrame:
        """Lines with the columns of `plain_baseline.read_log`.

        Parameters
        ----------
        star : Star
            The ingested log.
        folder : pathlib.Path
            Where the real logs lie.
        """
        if self.raw:
            return read_log(folder, self.name)
        measure = {"gp": "gross_profit"}.get(star.manifest.label_measure) or (
            star.manifest.label_measure
        )
        query = f"""
            SELECT customer_id, invoice_id, division,
              CAST(order_date AS TIMESTAMP) AS order_date,
              CAST(known_date AS TIMESTAMP) AS known_date,
              CAST(quantity AS DOUBLE) AS quantity, CAST(revenue AS DOUBLE) AS revenue,
              CAST({measure} AS DOUBLE) AS measure
            FROM read_parquet(?)"""
        return duckdb.execute(query, [str(star.table(TRANSACTIONS))]).df()


LOGS = {
    log.name: log
    for log in (
        *(Log(name, cutoff, raw=True) for name, cutoff in CUTOFFS.items()),
        # One year of households: two months ahead, training cutoffs month by month, as its source
        # says; three months of log before the first.
        Log(
            "completejourney",
            "2017-10-31",
            2,
            (
                "label.horizon_months=2",
                "cv.training.step_months=1",
                "cv.training.min_train_history_months=3",
            ),
        ),
        # The last cutoff whose label window the bundled world completes.
        Log("world", "2024-12-31"),
    )
}
