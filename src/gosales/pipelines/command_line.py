"""The command that would make a run again, from its composed configuration."""

from __future__ import annotations

from omegaconf import DictConfig


def command_line(cfg: DictConfig, command: str) -> str:
    """A line a reader can paste: the overrides as typed when Hydra knows them.

    Parameters
    ----------
    cfg : DictConfig
        Composed configuration.
    command : str
        The command.
    """
    from hydra.core.hydra_config import HydraConfig

    if HydraConfig.initialized() and str(cfg.get("command")) == command:
        words = [_shell(o) for o in HydraConfig.get().overrides.task]
        return " ".join(["gosales", command, *words])
    division = f"division.name={_shell(str(cfg.division.name))}"
    return f"gosales {command} division=any {division} cutoff={cfg.cutoff.date} seed={cfg.seed}"


def _shell(word: str) -> str:
    import shlex

    return shlex.quote(word)
