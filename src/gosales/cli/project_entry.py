"""Entry point of `MLproject`: all overrides arrive as one argument and are split as a shell would.

MLflow quotes a parameter as a whole, so ``-P overrides="a=1 b=2"`` arrives as ``"a=1 b=2"``.
"""

from __future__ import annotations

import shlex
import sys

from gosales.cli.main import main


def split_overrides(arguments: list[str]) -> list[str]:
    """Split every argument into its words.

    Examples
    --------
    >>> split_overrides(["seed=3 division=any division.name='Garden & Outdoor'"])
    ['seed=3', 'division=any', 'division.name=Garden & Outdoor']
    """
    return [word for argument in arguments for word in shlex.split(argument)]


if __name__ == "__main__":
    sys.exit(main([sys.argv[1], *split_overrides(sys.argv[2:])]))
