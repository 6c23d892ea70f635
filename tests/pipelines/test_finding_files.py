from __future__ import annotations

import json
from dataclasses import replace

from hydra import compose, initialize_config_dir
from hydra.utils import instantiate

from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.pipelines.conf_files import conf_root
from gosales.pipelines.finding_files import finding_json, write_finding
from gosales.reporting.figures.figure_about import FigureAbout

ABOUT = FigureAbout('Garden & "Outdoor"\n- x', "2024-12-31", "cv")
PROPOSING = Finding(
    "adjacency_ablation",
    Subject.LEAK,
    Outcome.WARN,
    "all columns do not keep\ntheir promise",
    {"proposal": {"safe_mode": "on"}},
)


def test_the_text_of_a_finding_does_not_depend_on_its_time():
    slower = replace(PROPOSING, seconds=9.0)
    assert finding_json(PROPOSING) == finding_json(slower)
    assert json.loads(finding_json(slower))["outcome"] == "WARN"


def test_the_proposal_is_an_override_that_composes(tmp_path):
    write_finding(PROPOSING, ABOUT, tmp_path)
    folder = tmp_path / "auto_safe"
    assert (folder / "experiment" / "auto_safe.yaml").is_file()
    overrides = [f"hydra.searchpath=[file://{folder}]", "safe_mode=off", "experiment=auto_safe"]
    with initialize_config_dir(str(conf_root()), version_base=None):
        without = compose("train", overrides=["safe_mode=off"])
        with_it = compose("train", overrides=[overrides[0], overrides[2]])
    assert instantiate(without.safe_mode).mode == "off"
    assert instantiate(with_it.safe_mode).mode == "on"


def test_no_proposal_no_file(tmp_path):
    write_finding(replace(PROPOSING, values={"proposal": {}}), ABOUT, tmp_path)
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == ["adjacency_ablation.json", "adjacency_ablation.png"]
