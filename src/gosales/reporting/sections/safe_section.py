"""Card section: what the SAFE policy kept and dropped, and which waivers are in force."""

from __future__ import annotations

from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import code_text, markdown_table, plain_text


def safe_section(facts: CardFacts) -> str:
    """Counts per decision and reason, with the families they touch."""
    catalog = facts.catalog
    rows = [
        [
            str(decision),
            plain_text(reason),
            f"{len(part):,}",
            ", ".join(code_text(f) for f in sorted(set(part["family"]))),
        ]
        for (decision, reason), part in catalog.groupby(["safe_decision", "safe_reason"])
    ]
    kept = int((catalog["safe_decision"] == "keep").sum())
    text = (
        f"## SAFE policy and waivers\n\nMode {code_text(facts.subject.safe_mode)}: "
        f"{kept:,} of {len(catalog):,} declared columns are used. The same policy holds at "
        "training and at scoring.\n\n"
    )
    text += markdown_table(["Decision", "Reason", "Columns>", "Families"], rows)
    waived = "\n".join(f"- {plain_text(w)}" for w in facts.waivers)
    return f"{text}\n\nWaivers: {'none' if not waived else ''}\n{waived}".rstrip()
