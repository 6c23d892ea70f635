"""Where the package's own configuration lies: in the wheel, or beside src in a checkout."""

from __future__ import annotations

from pathlib import Path

import gosales
from gosales.core.errors import InternalError


def conf_dir() -> Path:
    """The directory of composition files.

    Raises
    ------
    InternalError
        If the installation has none.
    """
    package = Path(gosales.__file__).resolve().parent
    for place in (package / "conf", package.parents[1] / "conf"):
        if (place / "config.yaml").is_file():
            return place
    raise InternalError(
        "the configuration directory is missing",
        got=str(package),
        allowed="gosales/conf inside the package, or conf/ beside src/ in a checkout",
        remedy="install gosales again",
    )
