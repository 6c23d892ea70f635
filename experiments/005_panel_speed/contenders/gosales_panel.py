"""GoSales itself: ingest, the shared columns, the whole library, and either from the cache."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from hydra import compose, initialize_config_dir

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from workload import RECENT, Job, report, totals

from gosales.core.progress import SilentProgress
from gosales.core.timeline import Cutoff
from gosales.features.families.diversity import Diversity
from gosales.features.families.recency import Recency
from gosales.features.families.returns import Returns
from gosales.features.families.rfm import Rfm
from gosales.features.panel import Panel
from gosales.labels.target import Target
from gosales.pipelines.assembly import Assembly
from gosales.pipelines.conf_files import conf_root
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.workspace import Workspace

EVERYBODY = 240  # months: whoever ever bought is on the roster, as with the other contenders


def prepared(job: Job, what: str) -> Assembly:
    """The parts; the star is there already unless this is the run that makes it."""
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        words = ["data=parquet", f"data.transactions={job.log}", "sku_map=none"]
        cfg = compose("features", [*words, f"population.warm_months={EVERYBODY}"])
    space = Workspace.make(str(job.work / f"gosales_{what}"), str(job.work / "out"))
    stars = Workspace.make(str(job.work / "gosales"), str(job.work / "out"))
    parts = Assembly.of(cfg, ingest_star(cfg, stars, SilentProgress()).star, space)
    if what == "library":
        return parts
    months, builder = job.settings["windows_months"], parts.builder
    families = [
        Rfm(months=months),
        Diversity(months=months),
        Returns(months=job.settings["returns_months"]),
        Recency(
            half_lives_days=(job.settings["half_life_days"],), lag_days=job.settings["lag_days"]
        ),
    ]
    return replace(
        parts, builder=replace(builder, families=families, safe=replace(builder.safe, mode="off"))
    )


def build(job: Job, what: str, cached: bool) -> dict[str, Any]:
    """Panels of all targets, computed anew; or of one, from the cache."""
    parts = PARTS[0]
    targets = [Target(name) for name in job.targets]
    cutoffs = [Cutoff.parse(str(c.date())) for c in job.cutoffs]
    panels = parts.builder.build(parts.star, targets[:1] if cached else targets, cutoffs)
    used = [use.computed for use in parts.builder.report if use.part != "names"]
    if cached and any(used):
        raise SystemExit("the cache was not filled: run the same contender without it first")
    if what != "shared":
        # One matrix after the other, as the pipeline wants them; ten at once would only be held.
        sizes = [panel.X.shape for panel in panels.values()]
        return {"rows": sum(n for n, _ in sizes), "columns": sizes[0][1]}
    # All at once, as the other contenders leave them.
    laid = list(panels.values())
    found: dict[str, Any] = {"rows": sum(map(len, laid)), "columns": laid[0].X.shape[1]}
    if not cached:
        found["totals"] = lambda: summed(job, laid)
    return found


# Which family has a shared measure, and what it is called there if not the same.
FAMILIES = {"tx_count": "rfm", "gp_sum": "rfm", "gp_mean": "rfm", "margin": "rfm",
            "sku_count": "diversity", "division_count": "diversity",
            "return_count": "returns", "return_rate": "returns"}  # fmt: skip
MEASURES = {"return_count": "line_count", "return_rate": "line_rate"}


def name_here(job: Job, scope: str, column: str) -> str:
    """What a shared column is called in this project."""
    for lag in job.lags:
        for measure in (*RECENT, job.decay):
            if column == f"{measure}{lag}":
                return f"recency__{measure}__{scope}__ever{lag}"
    measure, window = column.rsplit("_", 1)
    return f"{FAMILIES[measure]}__{MEASURES.get(measure, measure)}__{scope}__{window}"


def summed(job: Job, panels: list[Panel]) -> dict[str, float]:
    def of(panel: Panel, scope: str) -> pd.DataFrame:
        return pd.DataFrame({c: panel.X[name_here(job, scope, c)] for c in job.columns(scope)})

    own = pd.concat(of(panel, "target") for panel in panels)
    return totals({"all": of(panels[0], "all"), "target": own}, job)


def ingest(job: Job) -> dict[str, Any]:
    parts = prepared(job, "shared")
    return {"rows": int(parts.star.manifest.rows["fact_transactions"])}


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    how = sys.argv[2]
    if how == "ingest":
        report(ingest)
    else:
        what, cached = how.removesuffix("_cached"), how.endswith("_cached")
        # The star is opened before the clock starts: it was made once, by the ingest.
        PARTS = [prepared(Job.read(sys.argv[1]), what)]
        report(lambda job: build(job, what, cached))
