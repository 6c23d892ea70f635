"""Ask public leak detectors about the planted leaks of the study, and about clean worlds."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, OmegaConf
from rivals.environment import Environment
from rivals.export import Export

from gosales.core.errors import DegenerateError
from gosales.gauntlet.zoo.rate import Rate
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.gauntlet.zoo.strength import Strength
from gosales.pipelines.conf_files import conf_root
from gosales.pipelines.selftest_habitat import selftest_habitat
from gosales.pipelines.selftest_plan import SelftestPlan
from gosales.tracking.code_version import code_version

HERE = Path(__file__).resolve().parent
RIVALS = ("leakprobe", "timefence", "deepchecks")
NOT_SEEN = "not seen"
ORDER = [str(s) for s in Strength]


class Asking:
    """Keeps what each rival said of each cell, so that an ended study goes on."""

    def __init__(
        self, cfg: DictConfig, rivals: dict[str, Environment], work: Path, *, asks: bool
    ) -> None:
        self.config = OmegaConf.to_yaml(cfg)
        self.plan = SelftestPlan.of(cfg)
        self.rivals = rivals
        self.work = work
        self.asks = asks

    def cells(self, seeds: int, clean: int) -> Iterator[dict[str, Any]]:
        """Every cell's answers."""
        first = int(self.plan.options["first_seed"])
        for seed in range(first, first + seeds):
            for name in self.plan.leaks:
                yield from self._kept(f"{name}-{seed}", lambda n=name, s=seed: self._leak(n, s))
        for seed in range(first, first + clean):
            yield from self._kept(f"clean-{seed}", lambda s=seed: self._world(s))

    def _kept(self, key: str, made: Any) -> list[dict[str, Any]]:
        file = self.work / "answers" / f"{key}.json"
        if not file.is_file() and not self.asks:
            return []
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(made(), indent=1)
            file.with_suffix(".tmp").write_text(text)
            file.with_suffix(".tmp").replace(file)
        print(key, flush=True)
        found: list[dict[str, Any]] = json.loads(file.read_text())
        return found

    def _leak(self, name: str, seed: int) -> list[dict[str, Any]]:
        """Twin, strong and weak; a rival that is given the same of all three is not asked."""
        leak, habitat = self.plan.leaks[name], selftest_habitat(self.config, seed, "{}")
        exports: dict[Strength, Export] = {}
        for strength in (Strength.TWIN, Strength.STRONG, Strength.WEAK):
            placed = replace(habitat, workdir=self.work / "plant" / str(strength))
            specimen = leak.plant(placed, strength.amount_of(leak))
            folder = self.work / "export" / str(strength)
            twin = exports.get(Strength.TWIN)
            exports[strength] = Export.of(specimen, habitat.cutoff, folder, twin)
        told: dict[Strength, dict[str, Any]] = {strength: {} for strength in exports}
        for rival in self.rivals:
            honest = exports[Strength.TWIN].given[rival]
            seen = [s for s, export in exports.items() if export.given[rival] != honest]
            declared = None
            for strength, export in exports.items():
                told[strength][rival] = NOT_SEEN
                if strength in seen or (seen and strength is Strength.TWIN):
                    said = self._asked(rival, export, declared)
                    declared = said.pop("declared", None)
                    told[strength][rival] = said
                    # What it says of the honest twin too is not said about the leak.
                    known = told[Strength.TWIN][rival]["by"]
                    said["beyond"] = sorted({*said["by"]} - {*known})
        place = {"leak": name, "seed": seed}
        return [{**place, "strength": str(s), "said": said} for s, said in told.items()]

    def _world(self, seed: int) -> list[dict[str, Any]]:
        world = self.plan.worlds.draw(seed)
        habitat = selftest_habitat(self.config, seed, json.dumps(world))
        specimen = Specimen(habitat.candidate, habitat.star)
        place = {"leak": "", "strength": str(Strength.CLEAN), "seed": seed}
        try:
            export = Export.of(specimen, habitat.cutoff, self.work / "export" / "clean", None)
        except DegenerateError as error:
            return [{**place, "degenerate": str(error), "said": {}}]
        said = {rival: {**self._asked(rival, export, None), "beyond": []} for rival in self.rivals}
        return [{**place, "said": said}]

    def _asked(self, rival: str, export: Export, declared: Any) -> dict[str, Any]:
        export.declare(declared)
        return self.rivals[rival].ask(export.folder, lambda asked: export.rebuilt(asked["changed"]))


def table(cells: list[dict[str, Any]], rivals: list[str]) -> list[dict[str, Any]]:
    """One row per leak and strength: alarms of those cells in which the rival saw the leak."""
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for cell in cells:
        rows.setdefault((cell["leak"], cell["strength"]), []).append(cell["said"])
    return [
        {
            "leak": leak,
            "strength": strength,
            "cells": sum(bool(said) for said in kept),
            **{name: _rates(name, [said for said in kept if said]) for name in rivals},
        }
        for (leak, strength), kept in sorted(rows.items(), key=lambda r: ORDER.index(r[0][1]))
    ]


def _rates(rival: str, said: list[dict[str, Any]]) -> dict[str, Any]:
    seen = [s[rival] for s in said if s[rival] != NOT_SEEN]
    return {
        "alarm": Rate.of(s["alarm"] for s in seen).to_json(),
        "beyond_twin": Rate.of(bool(s["beyond"]) for s in seen).to_json(),
        "not_seen": len(said) - len(seen),
        "by": sorted({reason for s in seen for reason in s["by"]}),
    }


def markdown(rows: list[dict[str, Any]], skipped: dict[str, str], rivals: list[str]) -> str:
    """The table to read."""
    lines = [
        "# What other detectors say of the same planted leaks",
        "",
        "Alarms of the cells in which the rival is given anything that differs from the honest",
        "twin; in brackets those that say something that is not said of the twin too. *not seen*:",
        "what it is given is the twin's, to the last bit.",
        "",
        *(f"- {name} was not asked: {reason}" for name, reason in skipped.items()),
        f"| leak | strength | {' | '.join(rivals)} |",
        "|---" * (2 + len(rivals)) + "|",
    ]
    for row in rows:
        leak = f"`{row['leak']}`" if row["leak"] else "no leak"
        shown = [_shown(row[name], row["strength"]) for name in rivals]
        lines.append(f"| {leak} | {row['strength']} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def _shown(rates: dict[str, Any], strength: str) -> str:
    alarm, beyond = rates["alarm"], rates["beyond_twin"]
    if not alarm["n"]:
        return NOT_SEEN
    told = f"{alarm['hits']}/{alarm['n']}"
    planted = strength in (Strength.STRONG, Strength.WEAK)
    return f"{told} ({beyond['hits']})" if planted else told


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=3, help="worlds per leak and strength")
    asked.add_argument("--clean", type=int, default=20, help="clean worlds")
    asked.add_argument("--work", type=Path, default=Path(".gosales/study_009_rivals"))
    asked.add_argument("--finished-only", action="store_true", help="report what is on file")
    given = asked.parse_args()
    work = given.work.absolute()
    made = {name: Environment.made(name, work / "environments") for name in RIVALS}
    usable = {name: rival for name, rival in made.items() if not rival.reason}
    overrides = [f"paths.work={work}", f"paths.outputs={work}/out"]
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        cfg = compose("selftest", overrides=overrides)
    asking = Asking(cfg, usable, work, asks=not given.finished_only)
    cells = list(asking.cells(given.seeds, given.clean))
    rows = table(cells, list(usable))
    skipped = {name: rival.reason for name, rival in made.items() if rival.reason}
    told = {
        "size": {
            "leaks": len({c["leak"] for c in cells if c["leak"]}),
            "of": len(asking.plan.leaks),
            "seeds": len({c["seed"] for c in cells if c["leak"]}),
            "clean_worlds": sum(not c["leak"] for c in cells),
            "code": code_version(),
        },
        "versions": {name: rival.version for name, rival in usable.items()},
        "skipped": skipped,
        "degenerate": [c for c in cells if "degenerate" in c],
        "rows": rows,
    }
    (HERE / "rivals.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    (HERE / "rivals.md").write_text(markdown(rows, skipped, list(usable)), encoding="utf-8")


if __name__ == "__main__":
    main()
