"""What a run records about a SAFE mode that was left to it: tags, parameters, configuration."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from omegaconf import DictConfig, OmegaConf

from gosales.evaluation.safe_choice import SafeChoice
from gosales.tracking.manifest import write_config
from gosales.tracking.tracker import RunHandle

SAFE_NOTE: Final = "safe_mode.note"
SAFE_CHOICE: Final = "safe_choice.json"


def safe_tags(choice: SafeChoice | None) -> dict[str, str]:
    """Tags of a training run and of the version it registers; none where nothing was left open."""
    if choice is None:
        return {}
    return {
        "safe_mode": choice.policy.mode,
        "safe_mode.asked": "auto",
        SAFE_NOTE: choice.sentence,
    }


def record_safe(choice: SafeChoice, cfg: DictConfig, handle: RunHandle, folder: Path) -> None:
    """Log the choice, and the configuration with the chosen policy in the place of ``auto``.

    Parameters
    ----------
    choice : SafeChoice
        The choice.
    cfg : DictConfig
        The configuration that left it open.
    handle : RunHandle
        The training run.
    folder : pathlib.Path
        Its files: ``safe_choice.json`` is added, ``config_resolved.yaml`` written anew.

    Notes
    -----
    Audits, scoring and refits read the configuration of the run: the choice is made once, on the
    training panel, and holds at score time.
    """
    handle.set_tags(safe_tags(choice))
    handle.log_params({"safe_choice": choice.grounds})
    (folder / SAFE_CHOICE).write_text(json.dumps(choice.grounds, indent=1) + "\n", encoding="utf-8")
    plain = OmegaConf.to_container(cfg, resolve=True)
    assert isinstance(plain, dict)
    write_config(folder, {str(k): v for k, v in plain.items()} | {"safe_mode": _node(choice)})


def _node(choice: SafeChoice) -> dict[str, object]:
    kind, values = type(choice.policy), asdict(choice.policy)
    values["lite_families"] = list(choice.policy.lite_families)
    return {"_target_": f"{kind.__module__}.{kind.__qualname__}", **values}
