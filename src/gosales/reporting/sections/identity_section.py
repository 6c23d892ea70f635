"""Card section: what the model is, and what it was made from."""

from __future__ import annotations

from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import code_text, markdown_table, plain_text

_MODEL = "model-backed"
_HEURISTIC = (
    "**heuristic**: equal weights on columns of known direction; labels decide the mean alone"
)


def identity_section(facts: CardFacts) -> str:
    """Division, cutoff, outcome, population, data, and the rows of each cutoff."""
    s = facts.subject
    kind = _MODEL if facts.model_backed else _HEURISTIC
    if s.stands_in_for:
        kind = f"{kind}; {plain_text(s.stands_in_for)}"
    lines = [
        ("Division", f"{plain_text(s.name)} ({code_text(s.target)})"),
        ("Cutoff", plain_text(s.cutoff)),
        ("Outcome", plain_text(s.outcome)),
        ("Population", plain_text(s.population)),
        ("Owners and whitespace", f"owner: {plain_text(s.owner_rule)}; whitespace: everyone else"),
        ("Naive rank", plain_text(s.naive_rule)),
        ("Estimator, SAFE mode", f"{code_text(s.estimator)}, {code_text(s.safe_mode)}"),
        ("Kind", kind),
        ("Data", f"{plain_text(s.data_source)}, digest {code_text(_short(s.digests.get('data')))}"),
    ]
    table = markdown_table(["Fact", "Value"], lines)
    return f"## What it is\n\n{table}\n\n{_panel(facts)}"


def _panel(facts: CardFacts) -> str:
    columns = [
        "Role",
        "Cutoff",
        "Rows>",
        "Accounts>",
        "Positive rows>",
        "Positive accounts>",
        "Rate>",
    ]
    rows = []
    for row in facts.panel.to_dict("records"):
        labelled = int(row["labelled"])
        known = labelled > 0
        rows.append(
            [
                str(row["role"]),
                str(row["cutoff"]),
                f"{row['rows']:,}",
                f"{row['accounts']:,}",
                f"{row['positives']:,}" if known else "unlabelled",
                f"{row['positive_accounts']:,}" if known else "unlabelled",
                f"{100.0 * row['positives'] / labelled:.1f} %" if known else "unlabelled",
            ]
        )
    return markdown_table(columns, rows)


def _short(digest: str | None) -> str:
    return digest[:16] if digest else "not recorded"
