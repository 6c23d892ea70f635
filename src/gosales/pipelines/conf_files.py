"""Configuration groups composed by name, outside the command's own composition."""

from __future__ import annotations

from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import DictConfig, OmegaConf

import gosales
from gosales.core.errors import ConfigError, InternalError


def conf_root() -> Path:
    """The package's own configuration: in the wheel, or beside src in a checkout.

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


def compose_group(group: str, option: str) -> DictConfig:
    """One option of one group from the package's own files, with no override, local or other.

    Raises
    ------
    ConfigError
        If there is no such file.
    """
    if not (conf_root() / group / f"{option}.yaml").is_file():
        raise ConfigError(
            f"there is no {group}={option}",
            got=option,
            allowed=", ".join(sorted(p.stem for p in (conf_root() / group).glob("*.yaml"))),
            remedy=f"choose one of them for {group}",
            reason_code="unknown_option",
        )
    held = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(conf_root()), version_base="1.3"):
            whole = compose("train", overrides=[f"{group}={option}", "~local"])
    finally:
        if held is not None:
            GlobalHydra.instance().initialize(held)
    node: DictConfig = whole[group]
    OmegaConf.set_readonly(node, True)
    return node
