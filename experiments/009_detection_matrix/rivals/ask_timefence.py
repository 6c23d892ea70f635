"""timefence's `audit`, in both of its documented modes.

*Temporal*: the panel with, for every column, the date of the newest row it says it used, which
must lie before the label's time. *Rebuild*: the raw tables and, for the columns that its language
can define (a value that changes on the day of an event alone), an honest definition in SQL; its
own point-in-time join must give the panel's values. `AuditReport.has_leakage` is an alarm.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import timefence

COUNT = """
SELECT customer_id, CAST(known_date AS TIMESTAMP) AS feature_time,
       COUNT(*) OVER (PARTITION BY customer_id ORDER BY known_date) AS "{column}"
FROM {{source}}
"""


def main(folder: Path) -> None:
    asked = json.loads((folder / "asked.json").read_text())
    panel = pd.read_parquet(folder / "panel.parquet")
    # Its rule is strict (feature_time < label_time); a cutoff's own day is known at its close.
    panel["label_time"] = pd.to_datetime(panel["cutoff"]) + pd.Timedelta(days=1)
    times = pd.DataFrame(asked["times"])
    columns = {}
    for feature, rows in times.groupby("feature"):
        columns[feature] = f"{feature}__time"
        newest = dict(zip(rows["cutoff"], rows["newest_date"], strict=True))
        panel[columns[feature]] = pd.to_datetime(panel["cutoff"].map(newest))
    temporal = timefence.audit(panel, feature_time_columns=columns, label_time="label_time")
    alarms = {"temporal": temporal.leaky_features, "rebuild": []}
    features = [
        timefence.Feature(
            source=timefence.Source(
                path=folder / f"{table}.parquet", keys="customer_id", timestamp="known_date"
            ),
            sql=COUNT.format(column=column),
            name=f"honest_{column}",
            on_duplicate="keep_any",
        )
        for column, table in asked["counts"].items()
        if column in panel
    ]
    if features:
        kept = ["customer_id", "label_time", *(c for c in asked["counts"] if c in panel)]
        rebuilt = timefence.audit(
            panel[kept],
            features,
            keys="customer_id",
            label_time="label_time",
            max_lookback="36500d",
        )
        alarms["rebuild"] = rebuilt.leaky_features
    by = [f"{mode}: {len(found)} columns" for mode, found in alarms.items() if found]
    print(json.dumps({"result": {"alarm": bool(by), "by": by}}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
