"""Two pictures of result.json: what a model gains by each family, how each score ranks alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent
COLOURS = {
    "world": "tab:gray",
    "adventureworks_reseller": "tab:blue",
    "online_retail_ii": "tab:orange",
    "all logs": "black",
}


def draw(result: dict[str, Any], folder: Path) -> None:
    """Write ``models.png`` and ``scores.png``."""
    figure, axes = plt.subplots(1, 2, figsize=(11, 5.4), layout="constrained", sharey=True)
    for ax, split in zip(axes, ("models, purged CV", "models, forward"), strict=True):
        _panel(ax, result[f"{split}, whitespace"], "gap", split.partition(", ")[2])
        ax.axvline(0.0, color="black", linewidth=0.6)
        ax.set_xlabel("mean AUC minus that of the plain library")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=8, loc="outside lower center", ncols=4)
    _named(figure, "What a model gains by each family")
    figure.savefig(folder / "models.png", dpi=110)
    plt.close(figure)

    figure, ax = plt.subplots(figsize=(8.4, 6.2), layout="constrained")
    _panel(ax, result["scores, forward, whitespace"], "auc", "forward")
    ax.axvline(0.5, color="black", linewidth=0.6)
    ax.set_xlabel("mean AUC")
    figure.legend(fontsize=8, loc="outside lower center", ncols=4)
    _named(figure, "How each score ranks on its own")
    figure.savefig(folder / "scores.png", dpi=110)
    plt.close(figure)


def _named(figure: plt.Figure, title: str) -> None:
    figure.suptitle(
        f"{title}\nwhitespace accounts, mean over divisions and cutoffs; "
        "95 % intervals, accounts resampled",
        fontsize=10,
    )


def _panel(ax: plt.Axes, table: dict[str, Any], value: str, split: str) -> None:
    first = next(iter(table.values()))[0]["minus"]
    names = list(dict.fromkeys(r["ranker"] for r in table["all logs"] if r["minus"] == first))
    wanted = [n for n in names if value == "auc" or n != first]
    for shift, (log, rows) in enumerate(table.items()):
        found = {r["ranker"]: r[value] for r in rows if r["minus"] == first}
        for i, name in enumerate(wanted):
            middle, low, high = found[name]
            y = -i - 0.18 * (shift - 1.5)
            label = log if i == 0 else None
            ax.plot([low, high], [y, y], color=COLOURS[log], linewidth=1.4)
            ax.plot(middle, y, "o", color=COLOURS[log], markersize=4, label=label)
    ax.set_yticks([-i for i in range(len(wanted))], wanted, fontsize=8)
    ax.set_title(split, fontsize=9)
    ax.grid(visible=True, axis="x", alpha=0.2)


if __name__ == "__main__":
    draw(json.loads((HERE / "result.json").read_text(encoding="utf-8")), HERE)
