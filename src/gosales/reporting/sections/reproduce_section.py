"""Card section: how to make the same numbers again."""

from __future__ import annotations

from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import code_text, markdown_table, plain_text


def reproduce_section(facts: CardFacts) -> str:
    """Command, seed, code version and digests."""
    s = facts.subject
    rows = [["seed", str(s.seed)], ["code", plain_text(s.code_version)]]
    rows += [[plain_text(k), code_text(v)] for k, v in sorted(s.digests.items())]
    # A fence longer than any run of backticks in the command cannot be closed by it.
    fence = "`" * max(
        3, 1 + max((len(run) for run in s.command.split() if set(run) == {"`"}), default=0)
    )
    return (
        f"## How to make it again\n\n{fence}sh\n{s.command.strip()}\n{fence}\n\n"
        + markdown_table(["What", "Value"], rows)
    )
