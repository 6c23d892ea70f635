"""Help is short enough to read, and every command it shows composes."""

from __future__ import annotations

import re
import shlex

import pytest
from hydra import compose, initialize_config_dir

from gosales.cli.command_table import COMMANDS
from gosales.cli.config_check import check_config
from gosales.cli.free_text import quote
from gosales.cli.main import main
from gosales.cli.override_shorthand import expand
from gosales.pipelines.conf_files import conf_root

README = (conf_root().parent / "README.md").read_text(encoding="utf-8")
# Launchers are plugins of Hydra itself, which `compose` does not know.
NOT_OURS = ("hydra/", "-m")


def shown_commands(text: str) -> list[list[str]]:
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    # Words about a command stand far to its right; those of a continued line do not.
    bare = [re.sub(r"\s{6,}(?=[a-z]+ [a-z]+ ).*", "", line) for line in lines]
    words = [shlex.split(line) for line in bare if re.match(r"gosales [a-z]+(?: |$)", line)]
    return [w for w in words if len(w) > 1 and w[1] in COMMANDS]


def composes(words: list[str]) -> None:
    command, said = words[1], [w for w in words[2:] if not w.startswith(NOT_OURS)]
    swept = "-m" in words
    overrides = [w.split(",")[0] if swept else w for w in said]
    typed = [quote(piece) for word in overrides for piece in expand(word)]
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        check_config(compose(command, overrides=typed))


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_is_short_and_its_examples_compose(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code in (0, None)
    text = capsys.readouterr().out
    # A screen or so: two dozen groups, and no composed configuration, which --cfg job shows.
    assert text.count("\n") <= 70
    assert "_target_" not in text and "${" not in text
    examples = shown_commands(text.partition("Choices")[0])
    assert examples
    for words in examples:
        composes(words)


def test_the_values_of_the_first_help_compose(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    text = capsys.readouterr().out
    line = next(x for x in text.splitlines() if "group.key=value" in x)
    composes(["gosales", "train", *line.split()[-2:]])


def test_every_command_of_the_readme_composes() -> None:
    blocks = "\n".join(re.findall(r"```\n(.*?)```", README, re.DOTALL))
    examples = shown_commands(blocks)
    assert len(examples) >= 6
    for words in examples:
        composes(words)
