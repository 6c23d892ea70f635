"""What was typed, told back: so that a run can be made again and the next command works."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from omegaconf import DictConfig

# Where a pipeline leaves its divisions' own training command: their processes have no Hydra.
AGAIN = "again"
# Words of a pipeline or an audit that say which divisions or which candidate, how it ends and where
# it writes; `train` has none.
_THEIR_OWN = frozenset(
    {"divisions", "strict", "score_cutoff", "out", "division", "force", "fresh", "run", "version"}
)


def typed_words() -> list[str] | None:
    """The overrides of the running command, short forms restored, unquoted; None without Hydra."""
    from hydra.core.hydra_config import HydraConfig

    if not HydraConfig.initialized():
        return None
    hydra = HydraConfig.get()
    words = _dates_folded([_plain(str(word)) for word in hydra.overrides.task])
    sources = hydra.runtime.config_sources
    return words + [f"--config-dir={s.path}" for s in sources if s.provider == "command-line"]


def root(word: str) -> str:
    """The key of a word up to its first dot or slash.

    Examples
    --------
    >>> root("division.name=Printers"), root("+features/family@x=y"), root("~debug")
    ('division', 'features', 'debug')
    """
    key = word.lstrip("+~").partition("=")[0].partition("@")[0]
    return key.partition("/")[0].partition(".")[0]


def shell_line(words: Iterable[str]) -> str:
    """Words as a line to paste into a shell.

    Examples
    --------
    >>> shell_line(["gosales", "train", "division.name=Garden & Outdoor", "seed=3"])
    "gosales train division.name='Garden & Outdoor' seed=3"
    """
    return " ".join(_shell(word) for word in words)


def command_line(cfg: DictConfig, command: str) -> str:
    """A line that makes a run again: the words as typed, when they are known.

    Parameters
    ----------
    cfg : DictConfig
        Composed configuration.
    command : str
        The command.
    """
    if cfg.get(AGAIN):
        return str(cfg[AGAIN])
    words = typed_words()
    if words is not None and str(cfg.get("command")) == command:
        return shell_line(["gosales", command, *words])
    name, cutoff = f"division.name={cfg.division.name}", f"cutoff={cfg.cutoff.date}"
    return shell_line(["gosales", command, "division=any", name, cutoff, f"seed={cfg.seed}"])


def training_line(division: Iterable[str]) -> str | None:
    """The `train` command of one division of the running command; None without Hydra.

    Parameters
    ----------
    division : iterable of str
        The words that choose the division.
    """
    words = typed_words()
    if words is None:
        return None
    kept = [word for word in words if root(word) not in _THEIR_OWN]
    return shell_line(["gosales", "train", *division, *kept])


def _plain(word: str) -> str:
    key, sign, value = word.partition("=")
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1].replace(f"\\{value[0]}", value[0]).replace("\\\\", "\\")
    # Mappings of the user's own names need no sign when they are typed.
    key = key.removeprefix("++") if key.startswith("++data.") else key
    return f"{key}{sign}{value}"


def _dates_folded(words: list[str]) -> list[str]:
    """``cutoff=any cutoff.date=<day>`` as the short form that people type."""
    dates = [word for word in words if word.startswith("cutoff.date=")]
    if "cutoff=any" not in words or not dates:
        return words
    day = dates[-1].partition("=")[2]
    rest = [word for word in words if word not in ("cutoff=any", *dates)]
    at = words.index("cutoff=any")
    return [*rest[:at], f"cutoff={day}", *rest[at:]]


def _shell(word: str) -> str:
    key, sign, value = word.partition("=")
    if sign and shlex.quote(key) == key:
        return f"{key}={shlex.quote(value)}" if value else word
    return shlex.quote(word)
