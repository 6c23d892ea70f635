"""The catalog: every declared column, kept or dropped, with what it used."""

import numpy as np
import pandas as pd
from tests.support.label_case import builder, facts_star

from gosales.core.timeline import Cutoff
from gosales.data.star import Attribute
from gosales.features.catalog import catalog
from gosales.features.families.profile import Profile
from gosales.features.families.recency import Recency
from gosales.features.safe import SafePolicy
from gosales.labels.target import Target


def test_every_declared_column_has_a_row(tmp_path) -> None:
    customers = pd.DataFrame({"customer_id": ["c1", "c2", "c3", "c9"]})
    customers["region"] = ["north", None, None, None]
    star = facts_star(
        tmp_path / "s", customers=customers, attributes={"region": Attribute("static")}
    )
    families = [Recency(half_lives_days=(90,)), Profile(attributes=["region"])]
    parts = builder(families=families, safe=SafePolicy(mode="on"))
    days = [Cutoff.parse(c) for c in ("2024-06-15", "2024-07-31")]
    built = parts.build(star, [Target("Solidworks")], days)["solidworks"]
    shown = catalog(built, parts.decisions).set_index("name")

    assert set(shown.index) == {s.name for f in families for s in f.specs()}
    dropped = shown.loc["recency__days_since_last__all__ever"]
    assert (dropped["safe_decision"], dropped["window"]) == ("drop", "ever")
    assert dropped[["coverage", "newest_event_date", "tables"]].isna().all()
    kept = shown.loc["recency__days_since_last__target__ever_lag30d"]
    assert (kept["safe_decision"], kept["window"]) == ("keep", "ever_lag30d")
    assert (kept["newest_event_date"], kept["tables"]) == ("2024-06-01", "fact_transactions")
    assert (kept["lag_days"], dropped["lag_days"]) == (30, 0)
    # c1 bought the target 30 days before the second cutoff only.
    assert kept["coverage"] == np.mean(built.X[kept.name].notna()) == 0.2
    region = shown.loc["profile__region__all__static"]
    assert (region["window"], region["coverage"]) == ("static", 0.4)
    assert region[["newest_event_date", "tables", "lag_days"]].isna().all()
    assert (shown["safe_reason"].str.len() > 0).all()
    assert list(shown.columns) == [
        "family", "measure", "scope", "window", "lag_days", "tables", "newest_event_date",
        "coverage", "monotone", "safe_decision", "safe_reason", "description",
    ]  # fmt: skip
