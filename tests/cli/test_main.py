"""The command line answers at once, explains itself and uses the documented exit codes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gosales.cli.command_table import COMMANDS
from gosales.cli.main import main
from gosales.pipelines.conf_files import conf_root


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"  {name} " in text for name in COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from gosales.cli.main import main; main(['--help']);"
        "heavy = {'hydra', 'mlflow', 'pandas', 'numpy', 'sklearn'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_unknown_command_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian"]) == 2
    assert "unknown command; got 'trian'; allowed: pipeline" in capsys.readouterr().err


def test_every_command_has_a_primary_and_a_pipeline() -> None:
    for name in COMMANDS:
        assert (conf_root() / f"{name}.yaml").is_file(), name
        assert (conf_root().parent / "src" / "gosales" / "pipelines" / f"{name}.py").is_file(), name
