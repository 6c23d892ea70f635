"""Pre-commit hook: committed text is clean UTF-8 and names no package host in a lock file."""

from __future__ import annotations

import re
import sys
from pathlib import Path

# UTF-8 bytes once read as cp1252: each begins with one of these pairs.
_MOJIBAKE = re.compile(
    "\u00e2\u20ac|\u00c3[\u0080-\u00bf\u0192\u201a]|\u00c2[\u00a0-\u00bf]|\ufffd"
)
_HOST = re.compile(r"https?://|--(?:extra-)?index-url|--find-links")


def faults(path: Path) -> list[str]:
    """What is wrong with one file, one line per fault; empty when it is clean.

    Parameters
    ----------
    path : pathlib.Path
        A text file.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return [f"{path}: not UTF-8 at byte {error.start}"]
    found = []
    if raw.startswith(b"\xef\xbb\xbf"):
        found.append(f"{path}: begins with a byte order mark")
    if b"\x00" in raw:
        found.append(f"{path}: contains a NUL byte")
    for number, line in enumerate(text.splitlines(), start=1):
        if _MOJIBAKE.search(line):
            found.append(f"{path}:{number}: mojibake: {line.strip()[:60]!r}")
        if path.suffix == ".lock" and _HOST.search(line):
            found.append(f"{path}:{number}: a lock file names a host: {line.strip()[:60]!r}")
    return found


def main(paths: list[str] | None = None) -> int:
    """Check the given files; 0 when all are clean, else 1 with one line per fault."""
    problems = [f for name in (paths or sys.argv[1:]) for f in faults(Path(name))]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
