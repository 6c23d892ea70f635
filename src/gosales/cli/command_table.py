"""Every command, its module and its one-line help; importing this costs nothing."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """One command of the command line.

    Parameters
    ----------
    help : str
        One line for `gosales --help`.
    example : str
        A call that works on the bundled world.
    """

    help: str
    example: str


COMMANDS: dict[str, Command] = {
    "pipeline": Command(
        "the whole path for several divisions: ingest to ranked lists",
        "gosales pipeline divisions=[printers,training]",
    ),
    "ingest": Command("check a sales log and turn it into a star", "gosales ingest data=world"),
    "features": Command(
        "compute the feature matrix as of a cutoff",
        "gosales features division=printers out=panel.parquet",
    ),
    "train": Command(
        "train a candidate, evaluate it forward, register a version",
        "gosales train division=printers cutoff=2024-12-31 estimator=lgbm",
    ),
    "gauntlet": Command(
        "audit a version, or a fresh candidate; only a version's verdict opens the gate",
        "gosales gauntlet division=printers",
    ),
    "validate": Command(
        "judge a frozen version on later months it never learned from",
        "gosales validate division=printers",
    ),
    "promote": Command(
        "move the champion, if that version's evidence verifies",
        "gosales promote division=printers version=1",
    ),
    "rollback": Command("put the previous champion back", "gosales rollback division=printers"),
    "verify": Command("check aliases and evidence against the record", "gosales verify"),
    "recompute": Command(
        "measure every figure of a training run again, from its own files",
        "gosales recompute run=<run id>",
    ),
    "score": Command(
        "score accounts with the verified champion", "gosales score division=printers"
    ),
    "rank": Command("rank whitespace accounts into a call list", "gosales rank division=printers"),
    "selftest": Command(
        "plant known leaks, see which check catches which, count false alarms",
        "gosales selftest selftest.n_seeds=3 selftest.n_clean=20",
    ),
    "runs": Command("list runs; mark dead ones KILLED", "gosales runs reconcile=true"),
    "ui": Command("open MLflow on this project's store", "gosales ui port=5000"),
}
