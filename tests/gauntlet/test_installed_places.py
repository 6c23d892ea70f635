from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gosales.gauntlet.installed_places import InstalledPlaces

ANSWERS = "customer_id,answer\nc1,1\n" * 9


def written(site: Path, name: str, files: dict[str, str], requires: str = "") -> None:
    """A distribution as an installer leaves it."""
    info = f"{name}-1.0.dist-info"
    told = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}"
    files = {**files, f"{info}/METADATA": told}
    for file, text in files.items():
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text(text)
    record = "".join(f"{file},sha256=x,{len(text)}\n" for file, text in files.items())
    (site / info / "RECORD").write_text(record + f"{info}/RECORD,,\n")


@pytest.fixture
def prefix(tmp_path, monkeypatch):
    """An environment with a library of the house, one that needs it, and a plug-in."""
    env = tmp_path / "env"
    site = env / "lib" / "site-packages"
    needs = "Requires-Dist: rules_of >=1 ; extra == 'x'\n"
    written(site, "numpy", {"numpy/core.py": "x = 1\n", "numpy/tables/data.bin": ANSWERS}, needs)
    written(site, "Rules.of", {"rules_of/zones.csv": ANSWERS})
    plug = {
        "plug/code.py": "x = 1\n",
        "plug/VERSION": "1.0\n",
        "plug/answers.csv": ANSWERS,
        "plug/answers.py.csv": ANSWERS,
        "plug-1.0.dist-info/answers.csv": ANSWERS,
        "numpy/tables/answers.csv": ANSWERS,
        "../../share/answers.csv": ANSWERS,
    }
    written(site, "plug", plug)
    (site / "loose").mkdir()
    (site / "loose" / "answers.csv").write_text(ANSWERS)
    (site / "answers.csv").write_text(ANSWERS)
    (site / "plug" / "alias.py").symlink_to(site / "plug" / "answers.csv")
    (env / "answers.csv").write_text(ANSWERS)
    monkeypatch.setattr(sys, "prefix", str(env))
    return env


def open_to(prefix: Path) -> set[str]:
    site = prefix / "lib" / "site-packages"
    readable = InstalledPlaces([str(site)]).readable()
    files = [p for p in prefix.rglob("*") if p.is_file()]
    real = {f: os.path.realpath(f) for f in files}
    inside = {f for f, r in real.items() if any(Path(r).is_relative_to(p) for p in readable)}
    return {f.name for f in inside if "dist-info" not in str(f)}


def test_libraries_of_the_house_may_be_read_and_answers_of_others_may_not(prefix):
    assert open_to(prefix) == {"core.py", "data.bin", "zones.csv", "code.py", "VERSION"}


def test_metadata_of_others_may_be_read(prefix):
    site = prefix / "lib" / "site-packages"
    readable = InstalledPlaces([str(site)]).readable()
    assert os.path.realpath(site / "plug-1.0.dist-info" / "METADATA") in readable
    assert not any(p.endswith("answers.csv") for p in readable)


_WORK = """
import sys
from gosales.gauntlet.read_fence import ReadFence
fence = ReadFence([])
print("kernel" if fence.raise_up() else "hook")
import plug.code
import pandas as pd, sklearn.linear_model, lightgbm, pyarrow.csv, duckdb
assert str(pd.Timestamp("2024-07-01", tz="Europe/Berlin").utcoffset()) == "2:00:00"
lightgbm.LGBMClassifier(n_estimators=1, min_child_samples=1, verbose=-1).fit([[0], [1]], [0, 1])
for read in (lambda p: open(p), pyarrow.csv.read_csv, duckdb.read_csv):
    try:
        read(sys.argv[1])
    except Exception as error:
        assert "ermission denied" in str(error) or isinstance(error, PermissionError), error
        print("denied")
"""


def test_an_installed_plug_in_runs_behind_the_fence_without_its_answers(prefix, monkeypatch):
    site = prefix / "lib" / "site-packages"
    for foreign in ("numpy", "numpy-1.0.dist-info", "rules_of", "Rules.of-1.0.dist-info"):
        (site / foreign).rename(prefix / foreign)
    path = os.pathsep.join([*filter(None, sys.path), str(site)])
    done = subprocess.run(
        [sys.executable, "-c", _WORK, str(site / "plug" / "answers.csv")],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    by, *denied = done.stdout.split()
    # Without a kernel's fence compiled readers go unseen.
    assert denied == ["denied"] * (3 if by == "kernel" else 1)
