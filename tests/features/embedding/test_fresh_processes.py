"""Embeddings come out the same to the last bit in another process, whatever it is set to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.random_log import random_customers, random_installs, random_lines
from tests.support.tiny_star import make_star

import gosales

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import sys
from pathlib import Path
from gosales.core.digests import digest_frame
from gosales.data.star import Star
from gosales.features.families.als import Als
from gosales.features.families.item2vec import Item2Vec
from tests.support.family_frame import family_blocks, members
targets = members(training=[("Training", "CAD")], swx=[("Solidworks", "SWX_Core")])
for family in (Als(), Item2Vec(everyone=True)):
    blocks = family_blocks(family, Star.open(Path(sys.argv[1])), ["2024-06-30"], targets)
    for place in sorted(blocks, key=str):
        assert len(blocks[place]) > 20
        print(place, digest_frame(blocks[place]))
"""


def started(star: Path, **settings: str) -> subprocess.Popen[str]:
    paths = [str(Path(gosales.__file__).parents[1]), str(ROOT)]
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(star)],
        env=os.environ | settings | {"PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def digests(process: subprocess.Popen[str]) -> list[str]:
    out, errors = process.communicate()
    assert process.returncode == 0, errors
    return out.splitlines()


def test_two_processes_of_other_settings_and_row_orders_agree(tmp_path: Path) -> None:
    lines = random_lines(5, n=1500, n_customers=60)
    customers, assets = random_customers(5, lines), random_installs(5, n=150)
    make_star(tmp_path / "one", lines, customers, assets)
    shuffled = [f.sample(frac=1.0, random_state=1) for f in (lines, customers, assets)]
    make_star(tmp_path / "two", *shuffled)
    one = started(tmp_path / "one", PYTHONHASHSEED="1", OPENBLAS_NUM_THREADS="1")
    two = started(tmp_path / "two", PYTHONHASHSEED="2", OPENBLAS_NUM_THREADS="2")
    found = digests(one)
    assert found == digests(two)
    assert len(found) == 6
