"""Set the synthetic world's marginals beside those of two real logs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import marginals
import numpy as np
import pandas as pd
from hydra import compose, initialize_config_dir

from gosales.pipelines.assembly import make
from gosales.pipelines.conf_files import conf_root
from gosales.reporting.figures.canvas import MODEL_COLOUR, NAIVE_COLOUR, Canvas

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("GOSALES_SHARED", HERE.parents[2] / "shared")) / "data"
REAL = ("online_retail_ii", "adventureworks_reseller")
COLOURS = {"world": MODEL_COLOUR, REAL[0]: NAIVE_COLOUR, REAL[1]: "#4f8a3c"}


def world() -> pd.DataFrame:
    """Lines of the shipped world."""
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        made = make(compose("ingest", ["data=world"]).data.world)
    lines: pd.DataFrame = made.generate().transactions
    return lines.rename(columns={"source_division": "division"})


def real(name: str) -> pd.DataFrame | None:
    """Lines of a real log, or None where its folder is absent."""
    file = SHARED / name / "transactions.parquet"
    if not file.is_file():
        print(f"skipped {name}: no {name}/transactions.parquet in GOSALES_SHARED or ../shared")
        return None
    lines = pd.read_parquet(file)
    return lines.assign(order_date=pd.to_datetime(lines["order_date"]))


def recent(lines: pd.DataFrame) -> pd.DataFrame:
    """The last two years: logs of different length are compared over equal time."""
    return marginals.recent(lines, lines["order_date"].max(), 12 * marginals.YEARS)


def measured(lines: pd.DataFrame) -> dict[str, object]:
    """Everything about one log, rounded."""
    history = lines[lines["order_date"] <= marginals.last_cutoff(lines)]
    table = marginals.by_division(lines, history).round(3)
    single = marginals.scalars(recent(lines))
    return {
        "first": str(lines["order_date"].min().date()),
        "last": str(lines["order_date"].max().date()),
        "scalars": {k: None if v is None else round(v, 3) for k, v in single.items()},
        "divisions": table.to_dict("records"),
    }


def picture(logs: dict[str, pd.DataFrame], found: dict[str, dict[str, object]]) -> None:
    """Four panels: prevalence, gaps, concentration, seasons."""
    canvas = Canvas(
        "The synthetic world beside two real sales logs",
        "purchases of each log's last two years; prevalence at its last labelled cutoff among "
        "accounts that bought within 18 months, a dot per division",
        "The world's divisions are bought more rarely than theirs; its owners return at about five "
        "times the rate at which others begin, theirs at four and fourteen times. Concentration "
        "and seasons are alike; gaps are shorter, for ten divisions order apart.",
        panels=4,
        size=(15.0, 5.2),
    )
    draw: list[Callable[..., None]] = [_repeat, _gaps, _lorenz, _months]
    for panel, axes in zip(draw, canvas.axes, strict=True):
        for name, lines in logs.items():
            panel(axes, recent(lines), found[name], name)
    canvas.axes[2].legend(frameon=False, fontsize=9, loc="lower right")
    for axes in canvas.axes:
        axes.xaxis.label.set_size(9)
        axes.yaxis.label.set_size(9)
    canvas.save(HERE / "marginals.png")


def _repeat(axes, lines: pd.DataFrame, found: dict, name: str) -> None:
    table = pd.DataFrame(found["divisions"])
    axes.scatter(table["first"], table["repeat"], s=22, color=COLOURS[name])
    axes.set_xlabel("prevalence among accounts new to the division")
    axes.set_ylabel("prevalence among its owners")
    axes.set_xlim(0, 0.25)
    axes.set_ylim(0, 1)


def _gaps(axes, lines: pd.DataFrame, found: dict, name: str) -> None:
    days = lines.loc[lines["quantity"] > 0, ["customer_id", "order_date"]].drop_duplicates()
    gap = np.sort(marginals.gaps_of(days)["gap"].to_numpy())
    axes.plot(gap, np.arange(1, len(gap) + 1) / len(gap), color=COLOURS[name])
    axes.set_xscale("log")
    axes.set_xlabel("days between order days of an account")
    axes.set_ylabel("share of gaps up to this")


def _lorenz(axes, lines: pd.DataFrame, found: dict, name: str) -> None:
    spent = np.sort(lines[lines["quantity"] > 0].groupby("customer_id")["revenue"].sum())[::-1]
    axes.plot(np.arange(1, len(spent) + 1) / len(spent), spent.cumsum() / spent.sum(),
              color=COLOURS[name], label=name)  # fmt: skip
    axes.set_xlabel("accounts, largest first (share)")
    axes.set_ylabel("share of revenue")


def _months(axes, lines: pd.DataFrame, found: dict, name: str) -> None:
    bought = lines[lines["quantity"] > 0]
    share = bought["order_date"].dt.month.value_counts(normalize=True).reindex(range(1, 13))
    axes.plot(share.index, share.fillna(0.0) * 12, color=COLOURS[name])
    axes.set_xticks(range(1, 13))
    axes.set_xlabel("month")
    axes.set_ylabel("lines, times the mean month")
    axes.set_ylim(0, 2.1)


def main() -> None:
    """Measure and print; draw and write the result where every log is at hand."""
    logs = {"world": world()}
    logs |= {name: lines for name in REAL if (lines := real(name)) is not None}
    found = {name: measured(lines) for name, lines in logs.items()}
    print(pd.DataFrame({name: f["scalars"] for name, f in found.items()}).to_string())
    if len(logs) < 1 + len(REAL):
        print("marginals.png and result.json are left as they are: they show all three logs")
        return
    picture(logs, found)
    result = {"years": marginals.YEARS, "horizon_months": marginals.HORIZON_MONTHS, "logs": found}
    (HERE / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
