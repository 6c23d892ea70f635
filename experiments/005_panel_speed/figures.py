"""Two pictures of the result: wall time and peak memory against the size of the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

LABELS = {
    "gosales_ingest": "this project: log to star, once",
    "gosales": "this project, shared columns",
    "gosales_cached": "this project, one target from cache",
    "gosales_library": "this project, whole library",
    "gosales_library_cached": "this project, whole library, one target from cache",
    "duckdb_sql": "bare DuckDB SQL, shared columns",
    "pandas_groupby": "pandas groupby, shared columns",
    "featuretools": "featuretools, shared columns",
}
COLOURS = {
    "gosales_ingest": "tab:gray", "gosales": "tab:blue", "gosales_cached": "tab:cyan",
    "gosales_library": "tab:green", "gosales_library_cached": "tab:olive",
    "duckdb_sql": "black", "pandas_groupby": "tab:orange", "featuretools": "tab:red",
}  # fmt: skip


def draw(result: dict[str, Any], folder: Path) -> None:
    """Write ``wall.png`` and ``memory.png``."""
    settings = result["settings"]
    shape = (
        f"{len(settings['cutoffs'])} cutoffs, {settings['targets']} targets, "
        f"{settings['lines_per_account']} lines an account; median of the runs, bar: all runs"
    )
    for name, title, unit in (
        ("wall", "Wall time of the feature panel", "seconds, imports left out"),
        ("memory", "Peak memory of the process", "GB resident, children included"),
    ):
        figure, axes = plt.subplots(figsize=(8.4, 5.2), layout="constrained")
        for contender, label in LABELS.items():
            _line(axes, result["runs"].get(contender, {}), contender, label, name)
        for budget in settings["budgets"]:
            limit = budget.get("wall_s" if name == "wall" else "peak_gb")
            if limit is not None:
                axes.plot(budget["lines"], limit, "v", color="tab:green", markersize=9, alpha=0.5)
        axes.set(xscale="log", yscale="log", xlabel="lines of the log", ylabel=unit)
        axes.set_title(f"{title}\n{shape}", fontsize=10)
        axes.grid(visible=True, which="both", alpha=0.2)
        axes.legend(fontsize=7, title="triangle: budget of the whole library", title_fontsize=7)
        figure.savefig(folder / f"{name}.png", dpi=110)
        plt.close(figure)


def _line(
    axes: plt.Axes, sizes: dict[str, dict[str, Any]], contender: str, label: str, name: str
) -> None:
    points = []
    for lines, found in sorted(sizes.items(), key=lambda item: int(item[0])):
        runs = found.get("wall_s" if name == "wall" else "peak_gb")
        if runs:
            points.append((int(lines), sorted(runs)[len(runs) // 2], min(runs), max(runs)))
    if not points:
        return
    x, middle, low, high = zip(*points, strict=True)
    axes.plot(x, middle, "o-", color=COLOURS[contender], label=label, markersize=4)
    axes.vlines(x, low, high, color=COLOURS[contender], linewidth=3, alpha=0.4)
