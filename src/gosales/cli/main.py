"""Entry point: answers `--help` at once and hands every command to Hydra."""

from __future__ import annotations

import os
import sys

from gosales import __version__
from gosales.cli.command_table import COMMANDS

_USAGE = """\
gosales {version}: which accounts to call, per product division, from audited models.

usage: gosales <command> [key=value ...]      gosales <command> --help

commands
{commands}

how to say things
  group=option        choose a part:      division=printers estimator=logreg safe_mode=on
  group.key=value     set a value:        cv.purge_days=60 seed=11
  any division/date   division=any division.name="Garden & Outdoor" cutoff=2011-06-09
  -m                  sweep:              gosales train -m division=printers,training
  --cfg job           show the composed configuration and stop
  --config-dir DIR    add a directory of your own YAML files

exit codes  0 done   1 gate closed or check failed   2 bad input or configuration   3 internal

start here  gosales pipeline     then   gosales ui
"""


def _usage() -> str:
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{command.help}" for name, command in COMMANDS.items()]
    return _USAGE.format(version=__version__, commands="\n".join(lines))


def main(argv: list[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : list of str, optional
        Arguments without the program name; ``sys.argv[1:]`` by default.

    Returns
    -------
    int
        0 done, 1 gate closed or check failed, 2 bad input or configuration, 3 internal.
    """
    # Before anything loads them. One thread per process: our parallelism is by process, and nested
    # threads are slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    args = sys.argv[1:] if argv is None else argv
    if not args or args[0] in ("-h", "--help", "help"):
        print(_usage())
        return 0
    if args[0] in ("-V", "--version"):
        print(f"gosales {__version__}")
        return 0
    name, rest = args[0], args[1:]
    if name not in COMMANDS:
        print(
            f"gosales: unknown command; got {name!r}; allowed: {', '.join(COMMANDS)}; "
            "to mend it: see gosales --help",
            file=sys.stderr,
        )
        return 2
    from gosales.cli.hydra_app import run_command

    return run_command(name, rest)


if __name__ == "__main__":
    sys.exit(main())
