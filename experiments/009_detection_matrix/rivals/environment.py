"""An environment of its own for one rival."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Environment:
    """A rival's interpreter, or the reason why there is none.

    Parameters
    ----------
    name : str
        Of the rival: ``<name>.txt`` says what is installed.
    python : pathlib.Path
        Interpreter of the virtual environment.
    reason : str
        Why it cannot be used; empty when it can.
    """

    name: str
    python: Path
    reason: str

    @classmethod
    def made(cls, name: str, folder: Path) -> Environment:
        """Make it in ``folder``, unless it is there already."""
        place, python = folder / name, folder / name / "bin" / "python"
        wanted, finished = HERE / f"{name}.txt", place / "installed.txt"
        if finished.is_file() and finished.read_bytes() == wanted.read_bytes():
            return cls(name, python, "")
        steps = [
            [sys.executable, "-m", "venv", "--clear", str(place)],
            [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(wanted)],
        ]
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True, check=False)
            if done.returncode:
                last = (done.stderr.strip().splitlines() or ["no word"])[-1]
                return cls(name, python, f"cannot be installed: {last[:300]}")
        finished.write_bytes(wanted.read_bytes())
        return cls(name, python, "")

    @property
    def version(self) -> str:
        """Of the rival's package."""
        code = f"import importlib.metadata as m; print(m.version({self.name!r}))"
        done = subprocess.run(
            [str(self.python), "-c", code], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def ask(self, folder: Path, answer: Any = None) -> dict[str, Any]:
        """What the rival says of an exported specimen.

        Parameters
        ----------
        folder : pathlib.Path
            Holds the export.
        answer : callable, optional
            Serves the rival's requests (plain values both ways) until it has its result.
        """
        errors = folder / f"{self.name}.txt"
        with errors.open("w", encoding="utf-8") as told:
            rival = subprocess.Popen(
                [str(self.python), str(HERE / f"ask_{self.name}.py"), str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
            )
        assert rival.stdin is not None
        assert rival.stdout is not None
        try:
            for line in rival.stdout:
                said = json.loads(line)
                if "result" in said:
                    result: dict[str, Any] = said["result"]
                    return result
                rival.stdin.write(json.dumps(answer(said)) + "\n")
                rival.stdin.flush()
        finally:
            rival.kill()
            rival.communicate()
        raise RuntimeError(f"{self.name} ended without a result: {errors.read_text()[-2000:]}")
