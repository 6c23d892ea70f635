"""Refuse a password typed on the command line before anything could keep it."""

from __future__ import annotations

import re

from gosales.core.errors import ConfigError

# user:password@ of an address, and secrets in its query; what follows does not matter.
_SECRET = re.compile(r"(?i)://[^\s/@:]*:[^\s]+@|[?&;](?:\w*pass\w*|pwd|secret|token)=")


def refuse_secrets(args: list[str]) -> None:
    """Refuse overrides of the source that hold an address with a password.

    Hydra writes overrides into a sweep's folder, and runs are named after them.

    Raises
    ------
    ConfigError
        Naming the keys, never the values.
    """
    keys = [arg.partition("=")[0].lstrip("+") for arg in args if "=" in arg]
    values = [arg.partition("=")[2] for arg in args if "=" in arg]
    bad = [
        key
        for key, value in zip(keys, values, strict=True)
        if key.split(".")[0] == "data" and _SECRET.search(value)
    ]
    if bad:
        raise ConfigError(
            "the command line holds a password",
            got=", ".join(bad),
            allowed="the name of an environment variable that holds the address",
            remedy="export GOSALES_DATABASE_URL=… and set data.url_env=GOSALES_DATABASE_URL",
            reason_code="secret_in_config",
        )
