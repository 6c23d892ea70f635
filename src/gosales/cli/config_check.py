"""Refuse a composed configuration that holds a key nothing would read, at any depth."""

from __future__ import annotations

import difflib
import inspect
import pydoc
from collections.abc import Iterator
from typing import Any

from omegaconf import DictConfig, ListConfig

from gosales.core.errors import ConfigError

_HYDRA_KEYS = frozenset({"_target_", "_convert_", "_recursive_", "_partial_", "_args_"})
# Plain sections (no `_target_`); mappings of named parts below them hold names the user gives.
_PLAIN: dict[str, frozenset[str]] = {
    "": frozenset(
        {
            "command", "seed", "out", "paths", "n_jobs", "force", "data", "sku_map", "engine",
            "division", "divisions", "cutoff", "label", "label_guard", "labels", "population",
            "incumbency", "safe_mode", "features", "estimator", "calibration", "cv", "validation",
            "gauntlet", "promotion", "whitespace", "tracking", "version", "run_id", "strict",
            "catalog", "reconcile", "port", "host", "score_cutoff", "sparse_gate",
            "experiment_name", "limit", "contract", "selftest", "forward", "run", "tolerance",
            "fallback", "fresh",
        }
    ),
    "paths": frozenset({"work", "outputs"}),
    "cutoff": frozenset({"date"}),
    "features": frozenset({"families", "transforms", "centralized_fill_enable"}),
    "cv": frozenset({"training", "splitter", "purge_days"}),
    "validation": frozenset({"metrics", "bootstrap", "logged_sizes", "consistency"}),
    "selftest": frozenset(
        {
            "n_seeds", "n_clean", "first_seed", "n_twins", "only", "scope", "clean_scope", "cheap",
            "leaks", "targets", "worlds", "rules", "finished_only", "n_proofs",
        }
    ),
    "fallback": frozenset({"estimator", "reasons"}),
    "forward": frozenset({"months", "prequential", "scenarios", "drift", "segments"}),
    "forward.prequential": frozenset({"k_pct", "eps_auc", "eps_lift"}),
    "whitespace": frozenset({"capacity", "ranker", "signals", "expected_value", "n_reasons"}),
}  # fmt: skip


def _located(target: str, path: str) -> Any:
    # Not Hydra's own: that writes the error to the log before it raises it.
    cause: Exception | None = None
    try:
        found = pydoc.locate(target)
    except pydoc.ErrorDuringImport as error:
        found, cause = None, error
    if not callable(found):
        raise ConfigError(
            f"{path or 'the root'}._target_ cannot be imported",
            got=target if cause is None else str(cause),
            allowed="the dotted path of a class that can be imported",
            remedy="mend the path, or install the package that holds it",
            reason_code="bad_target",
        ) from cause
    return found


def _allowed(node: DictConfig, path: str) -> frozenset[str] | None:
    target = node.get("_target_")
    if target is not None:
        parameters = inspect.signature(_located(str(target), path)).parameters.values()
        if any(p.kind is p.VAR_KEYWORD for p in parameters):
            return None
        return frozenset(p.name for p in parameters) | _HYDRA_KEYS
    return _PLAIN.get(path)


def _problems(node: Any, path: str) -> Iterator[str]:
    if isinstance(node, ListConfig):
        if node._is_none() or node._is_missing():
            return
        for i in range(len(node)):
            yield from _problems(node._get_node(i), f"{path}[{i}]")
        return
    if not isinstance(node, DictConfig) or node._is_none() or node._is_missing():
        return
    allowed = _allowed(node, path)
    for key in node:
        name = str(key)
        where = f"{path}.{name}" if path else name
        if allowed is not None and name not in allowed:
            close = difflib.get_close_matches(name, sorted(allowed), n=1)
            guess = f" (did you mean {close[0]}?)" if close else ""
            yield f"{where}{guess}"
            continue
        child = node._get_node(key)
        if isinstance(child, (DictConfig, ListConfig)):
            yield from _problems(child, where)


def check_config(cfg: DictConfig) -> None:
    """Check every node: a `_target_` node by its class's signature, plain ones by their list.

    Raises
    ------
    ConfigError
        Naming every key that nothing reads, all at once.
    """
    found = list(_problems(cfg, ""))
    if found:
        raise ConfigError(
            "the configuration has keys that nothing reads",
            got=", ".join(found),
            allowed="the keys shown by --cfg job",
            remedy="correct or remove them",
            reason_code="unknown_key",
        )
