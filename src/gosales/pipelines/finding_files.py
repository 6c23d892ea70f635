"""The files a finding leaves beside its run."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.finding_figure import finding_figure

# Diagnostics that people look for by name, beside the folder of all findings.
AT_THE_TOP: Final = ("permutation", "prequential", "shift_grid")
_PROPOSAL: Final = "auto_safe"


def finding_json(finding: Finding) -> str:
    """A finding as JSON; equal findings give equal text, however long they took."""
    plain = {k: v for k, v in asdict(finding).items() if k != "seconds"}
    return json.dumps(plain, indent=2, ensure_ascii=False, default=str) + "\n"


def write_finding(finding: Finding, about: FigureAbout, folder: Path) -> None:
    """Write the JSON, the figure and, where a check proposes one, the override.

    Parameters
    ----------
    finding : Finding
        With any values; ``proposal`` among them is a choice of configuration groups.
    about : FigureAbout
        Division and cutoff.
    folder : pathlib.Path
        Made when it is not there.

    Notes
    -----
    The proposal lies in ``auto_safe/experiment/auto_safe.yaml``: the folder ``auto_safe`` is a
    directory for ``--config-dir``, and ``experiment=auto_safe`` applies it. The configuration of
    the run stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{finding.name}.json").write_text(finding_json(finding), encoding="utf-8")
    finding_figure(finding, about, folder / f"{finding.name}.png")
    proposal = finding.values.get("proposal")
    if proposal:
        path = folder / _PROPOSAL / "experiment" / f"{_PROPOSAL}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_override(finding, about, proposal), encoding="utf-8")


def _override(finding: Finding, about: FigureAbout, proposal: dict[str, str]) -> str:
    groups = "\n".join(f'  - override /{group}: "{option}"' for group, option in proposal.items())
    return (
        "# @package _global_\n"
        f"# Proposed by {finding.name} for {json.dumps(about.name, ensure_ascii=False)} at "
        f"{about.cutoff}:\n"
        f"# {' '.join(finding.reason.split())}.\n"
        f"# To try it: gosales train --config-dir {_PROPOSAL} experiment={_PROPOSAL} ...\n"
        f"defaults:\n{groups}\n"
    )
