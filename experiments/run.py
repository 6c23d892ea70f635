"""Run the studies: each folder's command, one after the other."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(wanted: list[str]) -> int:
    """Run the named studies, or all; the exit code is the worst one's."""
    studies = sorted(p.parent for p in HERE.glob("*/command.txt"))
    chosen = [s for s in studies if not wanted or any(w in s.name for w in wanted)]
    if not chosen:
        print(f"no such study; there are: {', '.join(s.name for s in studies)}", file=sys.stderr)
        return 2
    worst = 0
    for study in chosen:
        command = shlex.split((study / "command.txt").read_text(encoding="utf-8"))
        print(f"{study.name}: {shlex.join(command)}", flush=True)
        done = subprocess.run([sys.executable, *command[1:]], cwd=HERE.parent, check=False)
        worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
