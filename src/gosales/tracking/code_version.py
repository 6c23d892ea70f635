"""Which code ran: the release and a digest of its sources."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import gosales
from gosales.core.digests import digest_file, digest_json

PACKAGE = Path(gosales.__file__).resolve().parent


def code_digest(package: Path = PACKAGE) -> str:
    """SHA-256 over every Python source below a directory (hex); names and contents count.

    Parameters
    ----------
    package : pathlib.Path, default the installed package
        A copy of the package, for example the one shipped with a model.
    """
    files = sorted(package.rglob("*.py"))
    return digest_json({f.relative_to(package).as_posix(): digest_file(f) for f in files})


@cache
def code_version() -> str:
    """Release and first digits of the source digest, for example ``0.1.0+3f9a0c12b7de``."""
    return f"{gosales.__version__}+{code_digest()[:12]}"
