"""The worked example of labels (three customers, six lines) and short ways to label it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
from tests.support.tiny_star import make_star

from gosales.core.timeline import Cutoff
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import Star
from gosales.features.families.rfm import Rfm
from gosales.features.panel import Panel
from gosales.features.panel_builder import PanelBuilder
from gosales.features.safe import SafePolicy
from gosales.labels.incumbency import Incumbency
from gosales.labels.label_spec import LabelSpec
from gosales.labels.population import Population
from gosales.labels.target import Target

CUTOFF = "2024-06-30"
ENGINE = DuckDBEngine(threads=1)
FACTS = """
customer_id division    sku       order_date  quantity gross_profit
c1          Solidworks  SWX_Core  2024-06-01   1       100
c1          Solidworks  SWX_Core  2024-08-01   1        20
c2          Training    Training  2024-05-15   1        50
c2          Solidworks  SWX_Core  2024-07-05  -1        -5
c3          Training    Training  2024-07-10   1        10
c9          Training    Training  2024-12-31   1         1
"""


def facts(text: str = FACTS) -> pd.DataFrame:
    """Lines from blank-separated text; ``-`` is null."""
    return pd.read_csv(StringIO(text), sep=r"\s+", na_values="-", dtype={"customer_id": str})


def facts_star(path: Path, text: str = FACTS, **more: Any) -> Star:
    """The lines as a star."""
    return make_star(path, facts(text), **more)


def builder(**parts: Any) -> PanelBuilder:
    """Rfm over 3 and 12 months, everything kept, default roster and labels."""
    defaults: dict[str, Any] = {
        "families": [Rfm(months=(3, 12))],
        "safe": SafePolicy(mode="off"),
        "population": Population(),
        "label": LabelSpec(),
        "incumbency": Incumbency(),
        "engine": ENGINE,
    }
    return PanelBuilder(**(defaults | parts))


def panel(star: Star, *cutoffs: str, target: Target | str = "Solidworks", **parts: Any) -> Panel:
    """The panel of one target."""
    target = Target(target) if isinstance(target, str) else target
    days = [Cutoff.parse(c) for c in cutoffs or (CUTOFF,)]
    return builder(**parts).build(star, [target], days)[target.key]


def labels(built: Panel) -> dict[str, float]:
    """y by customer of a panel with one cutoff."""
    return dict(zip(built.rows["customer_id"], built.y.tolist(), strict=True))
