"""Measure which check catches which planted leak, and false alarms on clean worlds."""

from __future__ import annotations

import argparse
import json
import os
import shutil
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from hydra import compose, initialize_config_dir

from gosales.core.progress import SilentProgress
from gosales.pipelines import selftest
from gosales.pipelines.conf_files import conf_root
from gosales.tracking.code_version import code_version

HERE = Path(__file__).resolve().parent


class Printed(SilentProgress):
    """One line per cell, for a log."""

    def start(self, task: str, total: int | None = None) -> None:
        """Say what begins."""
        self.done, self.total = 0, total
        print(f"{task}: {total}", flush=True)

    def advance(self, steps: int = 1) -> None:
        """Say how far it is."""
        self.done += steps
        print(f"{self.done} of {self.total}", flush=True)


def main() -> None:
    """Run, or go on with, the study and write its result."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=72, help="worlds per leak and strength")
    asked.add_argument("--twins", type=int, default=12, help="of those, with clean twins too")
    asked.add_argument("--clean", type=int, default=200, help="clean worlds")
    asked.add_argument("--proofs", type=int, default=40, help="of those, with the proofs too")
    asked.add_argument("--jobs", type=int, default=2, help="processes")
    asked.add_argument("--work", type=Path, default=Path(".gosales/study_009"), help="cells so far")
    asked.add_argument("overrides", nargs="*", help="further overrides of gosales selftest")
    given = asked.parse_args()
    work = given.work.absolute()
    overrides = [
        f"selftest.n_seeds={given.seeds}",
        f"selftest.n_twins={given.twins}",
        f"selftest.n_clean={given.clean}",
        f"selftest.n_proofs={given.proofs}",
        f"n_jobs={given.jobs}",
        f"paths.work={work}",
        f"paths.outputs={work}/out",
        f"tracking.uri=sqlite:///{work}/mlflow.db",
        *given.overrides,
    ]
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        cfg = compose("selftest", overrides=overrides)
    work.mkdir(parents=True, exist_ok=True)
    os.chdir(work)
    done = selftest.run(cfg, Printed())
    told = json.loads((done.folder / "matrix.json").read_text(encoding="utf-8"))
    size = {
        "seeds": given.seeds,
        "twins": given.twins,
        "clean_worlds": given.clean,
        "with_proofs": min(given.proofs, given.clean),
        "cells": len(done.cells),
        "first_seed": cfg.selftest.first_seed,
        "scope": cfg.selftest.scope,
        "seconds_per_cell": round(sum(c.seconds for c in done.cells) / len(done.cells), 1),
        "overrides": given.overrides,
        "code": code_version(),
    }
    text = json.dumps({"size": size, **told}, indent=1) + "\n"
    (HERE / "result.json").write_text(text, encoding="utf-8")
    for name in ("matrix.md", "matrix.csv", "matrix.png", "seconds.csv"):
        shutil.copyfile(done.folder / name, HERE / name)
    print("\n".join(done.misses) or "all targets are met")


if __name__ == "__main__":
    main()
