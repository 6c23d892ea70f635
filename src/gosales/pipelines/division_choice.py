"""Which divisions a pipeline runs on: names of conf/division, or of the log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gosales.core.columns import DIVISION
from gosales.core.errors import ConfigError
from gosales.core.slug import name_key, slug
from gosales.data.engine import Engine
from gosales.data.star import TRANSACTIONS, Star
from gosales.data.star_table import star_table
from gosales.pipelines.conf_files import conf_root

ALL = "all"


def choose_divisions(
    names: Sequence[str], star: Star, engine: Engine
) -> list[tuple[str, DictConfig]]:
    """Resolve names to target nodes, in order, each once.

    Parameters
    ----------
    names : sequence of str
        Options of ``division``, names of divisions in the log, or ``all``: every division of the
        log.
    star : Star
        The log.
    engine : Engine
        Where the query runs.

    Returns
    -------
    list of (str, DictConfig)
        Key and ``division`` node.

    Raises
    ------
    ConfigError
        Naming every name that is neither, all at once.
    """
    known = _divisions(star, engine)
    wanted = [n for name in names for n in (known if str(name) == ALL else [str(name)])]
    found: dict[str, DictConfig] = {}
    unknown = []
    for name in wanted:
        node = _node(name, known)
        if node is None:
            unknown.append(name)
        else:
            found[slug(str(node["name"]))] = node
    if unknown or not found:
        raise ConfigError(
            "unknown divisions",
            got=", ".join(unknown) or "an empty list",
            allowed=f"{ALL}, options of division ({', '.join(_options())}), or of the log: "
            + ", ".join(known[:20]),
            remedy="set divisions=[...]",
            reason_code="unknown_division",
        )
    return list(found.items())


def division_words(node: DictConfig) -> list[str]:
    """The words that choose a division on the command line: its option, or its name in the log."""
    key = slug(str(node["name"]))
    if key in _options() and _node(key, ()) == node:
        return [f"division={key}"]
    return ["division=any", f"division.name={node['name']}"]


def _divisions(star: Star, engine: Engine) -> list[str]:
    lines = star_table(star, TRANSACTIONS, engine)
    return sorted(engine.run(lines.select(DIVISION).distinct())[DIVISION].astype(str))


def _folders() -> list[Path]:
    places = [conf_root()]
    if HydraConfig.initialized():
        sources = HydraConfig.get().runtime.config_sources
        places = [Path(s.path) for s in sources if s.schema == "file"] + places
    return [p / "division" for p in dict.fromkeys(places)]


def _options() -> list[str]:
    return sorted({f.stem for folder in _folders() for f in folder.glob("*.yaml")} - {"any"})


def _node(name: str, known: Sequence[str]) -> DictConfig | None:
    for folder in _folders():
        file = folder / f"{name}.yaml"
        if name != "any" and name == slug(name) and file.is_file():
            node = OmegaConf.load(file)
            return node if isinstance(node, DictConfig) else None
    match = [k for k in known if name_key(k) == name_key(name)]
    if not match:
        return None
    return OmegaConf.create(
        {
            "_target_": "gosales.labels.target.Target",
            "name": match[0],
            "division": match[0],
            "skus": None,
            "measure": "auto",
            "threshold": 0.0,
        }
    )
