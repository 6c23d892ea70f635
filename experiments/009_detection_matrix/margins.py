"""How far honest worlds and planted leaks lie from the limit of each statistic."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pandas as pd
from hydra import compose, initialize_config_dir

from gosales.gauntlet.limits import limits_of
from gosales.pipelines.conf_files import conf_root
from gosales.pipelines.selftest_plan import SelftestPlan

HERE = Path(__file__).resolve().parent
_HIGH: Final = 0.99  # quantile shown beside the most


def _number(pattern: str) -> Callable[[str], float | None]:
    """The largest absolute value of what the pattern finds; None where it finds nothing."""

    def read(reason: str) -> float | None:
        found = [abs(float(x)) for x in re.findall(pattern, reason)]
        return max(found, default=None)

    return read


def _share_with_twin(reason: str) -> float | None:
    found = re.search(r"(\d+) of (\d+) validation rows", reason)
    return int(found[1]) / int(found[2]) if found else None


def _rise(reason: str) -> float | None:
    """First bucket above the last, of those told last: without buyers whose turn it is."""
    buckets = re.findall(r"[\])] (\d\.\d\d)", reason.rpartition("else ")[2])
    return float(buckets[0]) - float(buckets[-1]) if len(buckets) > 1 else None


def _signed(pattern: str) -> Callable[[str], float | None]:
    def read(reason: str) -> float | None:
        found = re.search(pattern, reason)
        return float(found[1]) if found else None

    return read


# check: what is read from its reason, how, and the limit's name where one number decides
_FIGURES: Final[dict[str, tuple[str, Callable[[str], float | None], str]]] = {
    "single_feature": (
        "lead of the best column over the next family, AUC",
        _signed(r"([+-]\d\.\d+) over the next"),
        "fail_margin",
    ),
    "identifier_order": ("largest z of id and label", _number(r"z = ([+-]\d+\.\d)"), "max_z"),
    "attribute_vintage": ("largest z of a level's trend", _number(r"z = ([+-]\d+\.\d)"), "max_z"),
    "attribute_hindsight": ("lower bound, as a share of its limit", _signed(r"(\S+) of its"), ""),
    "roster_hindsight": ("% that order", _number(r"(\d+)% order by"), "max_share"),
    "duplicates": ("share of rows with a twin", _share_with_twin, "max_share"),
    "event_proximity": ("first bucket above the last, AUC", _rise, "cliff"),
    "shift_grid": ("AUC: lower bound of the worst gain", _signed(r"auc \w+ \w+ \S+ \[(\S+),"), ""),
}


def main() -> None:
    """Write ``margins.csv`` and ``margins.md`` from the cells of a run of the study."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("cells", type=Path, help="cells.json of the self-test's output folder")
    cells = json.loads(asked.parse_args().cells.read_text(encoding="utf-8"))
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        plan = SelftestPlan.of(compose("selftest"))
    rows = [row for name in _FIGURES for row in _rows(name, cells, plan)]
    table = pd.DataFrame(rows)
    table.to_csv(HERE / "margins.csv", index=False)
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in _cells_of(table)]
    (HERE / "margins.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def _rows(name: str, cells: list[dict[str, Any]], plan: SelftestPlan) -> list[dict[str, Any]]:
    words, read, limit = _FIGURES[name]
    bound = limits_of(plan.checks[name]).get(limit, "") if limit else ""
    own = {leak for leak, made in plan.leaks.items() if name in made.caught_by}
    found: list[dict[str, Any]] = []
    for cell in cells:
        said = cell["checks"].get(name)
        value = read(said[3]) if said else None
        if value is None:
            continue
        strength = cell["strength"]
        if strength in ("strong", "weak") and cell["leak"] not in own:
            continue  # another check's leak
        group = cell["leak"] if strength in ("strong", "weak") else ""
        found.append({"group": (strength, group), "value": value, "fail": said[0] == "FAIL"})
    told = []
    for group, part in pd.DataFrame(found).groupby("group", sort=True):
        assert isinstance(group, tuple)
        values = part["value"]
        told.append({
            "check": name, "figure": words, "limit": bound, "cells": " ".join(group).strip(),
            "n": len(part), "least": values.min(), "median": values.median(),
            "q99": values.quantile(_HIGH), "most": values.max(), "failed": int(part["fail"].sum()),
        })  # fmt: skip
    return told


def _cells_of(table: pd.DataFrame) -> list[list[Any]]:
    shown = table.copy()
    for column in ("least", "median", "q99", "most"):
        shown[column] = shown[column].map("{:.3g}".format)
    return [list(shown.columns), ["---"] * len(shown.columns), *shown.to_numpy().tolist()]


if __name__ == "__main__":
    main()
