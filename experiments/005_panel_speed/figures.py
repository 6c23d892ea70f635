"""Two pictures of the result: time and peak memory against the size of the log."""

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
    "pandas_groupby": "straight pandas, shared columns",
    "numpy_grid": "NumPy by hand, shared columns",
    "featuretools": "featuretools, shared columns",
}
TIMES = {"wall_s": "seconds of wall time", "cpu_s": "seconds of processor time"}
COLOURS = {
    "gosales_ingest": "tab:gray", "gosales": "tab:blue", "gosales_cached": "tab:cyan",
    "gosales_library": "tab:green", "gosales_library_cached": "tab:olive",
    "duckdb_sql": "black", "pandas_groupby": "tab:orange",
    "numpy_grid": "tab:brown", "featuretools": "tab:red",
}  # fmt: skip


def draw(result: dict[str, Any], folder: Path) -> None:
    """Write ``time.png`` and ``memory.png``."""
    settings = result["settings"]
    shape = (
        f"{len(settings['cutoffs'])} cutoffs, {settings['targets']} targets, "
        f"{settings['lines_per_account']} lines an account; median of the runs, bar: all runs"
    )
    for name, title, panels in (
        ("time", "Time of the feature panel, imports left out", TIMES),
        ("memory", "Peak resident memory, children included", {"peak_gb": "GB"}),
    ):
        width = 11.0 if len(panels) > 1 else 7.5
        figure, row = plt.subplots(
            1,
            len(panels),
            figsize=(width, 5.6),
            layout="constrained",
            squeeze=False,
            sharex=True,
            sharey=True,
        )
        for axes, (measure, unit) in zip(row[0], panels.items(), strict=True):
            for contender, label in LABELS.items():
                _line(axes, result["runs"].get(contender, {}), contender, label, measure)
            for budget in settings["budgets"]:
                if measure in budget:
                    limit = budget[measure]
                    axes.plot(budget["lines"], limit, "v", color="tab:green", ms=9, alpha=0.5)
            axes.set(xscale="log", yscale="log", xlabel="lines of the log", ylabel=unit)
            axes.grid(visible=True, which="both", alpha=0.2)
        handles, labels = row[0][0].get_legend_handles_labels()
        figure.legend(
            handles, labels, fontsize=8, ncols=2, loc="outside lower center",
            title="triangles: budgets of the whole library", title_fontsize=8,
        )  # fmt: skip
        figure.suptitle(f"{title}\n{shape}", fontsize=10)
        figure.savefig(folder / f"{name}.png", dpi=110)
        plt.close(figure)


def _line(
    axes: plt.Axes, sizes: dict[str, dict[str, Any]], contender: str, label: str, measure: str
) -> None:
    points = []
    for lines, found in sorted(sizes.items(), key=lambda item: int(item[0])):
        runs = found.get(measure)
        if runs:
            points.append((int(lines), sorted(runs)[len(runs) // 2], min(runs), max(runs)))
    if not points:
        return
    x, middle, low, high = zip(*points, strict=True)
    axes.plot(x, middle, "o-", color=COLOURS[contender], label=label, markersize=4)
    axes.vlines(x, low, high, color=COLOURS[contender], linewidth=3, alpha=0.4)
