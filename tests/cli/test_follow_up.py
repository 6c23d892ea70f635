"""The command a message names is the one that works for this user."""

from __future__ import annotations

import pytest
from omegaconf import OmegaConf

from gosales.cli.follow_up import follow_up
from gosales.pipelines.command_line import AGAIN, _dates_folded, _plain, command_line, shell_line
from gosales.pipelines.division_choice import division_words

OWN = [
    "data=parquet",
    "data.transactions=tx.parquet",
    "data.columns={order_date: Date}",
    "division=any",
    "division.name=Garden & Outdoor",
    "cutoff=2011-06-09",
    "estimator=logreg",
    "tracking.uri=sqlite:///x.db",
    "out=panel.parquet",
]
DIVISION = "division=any division.name='Garden & Outdoor'"
STORE = "tracking.uri=sqlite:///x.db"
LOG = "data=parquet data.transactions=tx.parquet data.columns='{order_date: Date}'"


@pytest.mark.parametrize(
    ("named", "command", "meant"),
    [
        (
            "gosales gauntlet division=garden_outdoor version=1",
            "train",
            f"gosales gauntlet {DIVISION} version=1 {STORE}",
        ),
        (
            "gosales rank division=garden_outdoor",
            "score",
            f"gosales rank {DIVISION} {LOG} cutoff=2011-06-09 {STORE}",
        ),
        (
            "gosales score division=garden_outdoor",
            "train",
            f"gosales score {DIVISION} {LOG} {STORE}",
        ),
        (
            "gosales train division=garden_outdoor",
            "features",
            f"gosales train {DIVISION} {LOG} cutoff=2011-06-09 estimator=logreg {STORE}",
        ),
        ("gosales ui", "train", f"gosales ui {STORE}"),
    ],
)
def test_the_next_command_carries_what_it_needs(named: str, command: str, meant: str) -> None:
    assert follow_up(named, OWN, command) == meant


def test_what_only_validate_reads_is_carried_to_no_other_command() -> None:
    typed = ["division=printers", "cutoff=newest", "forward.drift.n_bins=5"]
    assert follow_up("gosales train division=printers", typed, "validate") == (
        "gosales train division=printers"
    )
    again = follow_up("gosales validate division=printers", typed, "validate")
    assert again == "gosales validate division=printers forward.drift.n_bins=5"


def test_text_around_a_command_and_what_it_says_itself_stay() -> None:
    text = "train again; `gosales train division=printers cutoff=2024-12-31`, then see gosales -h"
    typed = ["cutoff=2023-12-31", "seed=3"]
    assert follow_up(text, typed, "train") == text.replace("2024-12-31`", "2024-12-31 seed=3`")
    assert follow_up("nothing to run", OWN, "train") == "nothing to run"


def test_words_are_told_back_as_people_type_them() -> None:
    assert _plain(r"division.name='O\'Neill & Co'") == "division.name=O'Neill & Co"
    assert _plain("++data.columns={a: b}") == "data.columns={a: b}"
    words = ["seed=1", "cutoff=any", "cutoff.date=2024-12-31"]
    assert _dates_folded(words) == ["seed=1", "cutoff=2024-12-31"]
    assert shell_line(["divisions=[all]", "out=null"]) == "divisions='[all]' out=null"


def test_a_pipelines_division_keeps_the_line_that_trains_it_again() -> None:
    cfg = OmegaConf.create({"command": "pipeline", AGAIN: "gosales train division=printers"})
    assert command_line(cfg, "train") == "gosales train division=printers"


def test_a_target_of_the_house_is_named_by_its_option_and_another_by_its_name() -> None:
    node = {"_target_": "x", "name": "Printers", "division": "Printers", "skus": None}
    assert division_words(OmegaConf.create(node)) == ["division=any", "division.name=Printers"]
    from gosales.pipelines.conf_files import conf_root

    shipped = OmegaConf.load(conf_root() / "division" / "printers.yaml")
    assert isinstance(shipped, type(OmegaConf.create(node)))
    assert division_words(shipped) == ["division=printers"]
