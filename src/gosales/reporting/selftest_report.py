"""The detection matrix in words and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from gosales.gauntlet.zoo.cell import AuditedCell
from gosales.gauntlet.zoo.detection_matrix import ANY, DetectionMatrix
from gosales.gauntlet.zoo.rate import Rate
from gosales.reporting.markdown_table import code_text, markdown_table, plain_text


def selftest_table(matrix: DetectionMatrix) -> pd.DataFrame:
    """One row per leak, strength and column of the matrix; clean worlds and twins too.

    Returns
    -------
    pandas.DataFrame
        Columns row, strength, column, kind (gating, earlier rule, any, verdict), hits, n, share,
        low, high (95 % Clopper-Pearson).
    """
    rows = [
        (leak, str(strength), name, _kind(matrix, name), rate)
        for (leak, strength), rates in matrix.detected.items()
        for name, rate in rates.items()
    ]
    for strength, rates in matrix.alarms.items():
        rows += [("(all)", str(strength), n, _kind(matrix, n), r) for n, r in rates.items()]
    for strength, rates in matrix.verdicts.items():
        rows += [("(all)", str(strength), n, "verdict", r) for n, r in rates.items()]
    names = ["row", "strength", "column", "kind"]
    heads = pd.DataFrame([row[:4] for row in rows], columns=names)
    return pd.concat([heads, pd.DataFrame([row[4].to_json() for row in rows])], axis=1)


def _kind(matrix: DetectionMatrix, name: str) -> str:
    return "any" if name == ANY else "earlier rule" if name in matrix.rules else "gating"


def seconds_table(cells: Sequence[AuditedCell]) -> pd.DataFrame:
    """Mean wall seconds per check, and of a whole cell."""
    rows = [(name, said.seconds) for c in cells for name, said in {**c.checks, **c.rules}.items()]
    rows += [("(whole cell)", c.seconds) for c in cells]
    frame = pd.DataFrame(rows, columns=["check", "seconds"])
    return frame.groupby("check", sort=False)["seconds"].agg(["mean", "count"]).reset_index()


def selftest_report(
    matrix: DetectionMatrix, misses: Sequence[str], cells: Sequence[AuditedCell]
) -> str:
    """Markdown: targets, detection, false alarms, earlier rules, time.

    Parameters
    ----------
    matrix : DetectionMatrix
        What catches what.
    misses : sequence of str
        Targets that are missed.
    cells : sequence of AuditedCell
        For the time they took.
    """
    status = "All targets are met." if not misses else f"{len(misses)} targets are missed:"
    parts = ["# Detection matrix", "", status]
    parts += [f"- {plain_text(line)}" for line in misses]
    parts += [
        "",
        "Shares are cells in which the check failed, with 95 % Clopper-Pearson intervals.",
    ]
    parts += ["", "## Leaks", "", _detection(matrix)]
    for strength, rates in matrix.alarms.items():
        if rates[ANY].n:
            parts += ["", f"## False alarms: {strength} ({rates[ANY].n} cells)", ""]
            parts += [_alarms(rates, matrix.verdicts[strength])]
    parts += ["", "## Wall seconds", "", _seconds(cells)]
    if matrix.degenerate:
        parts += ["", "## Left out", "", *(f"- {plain_text(x)}" for x in matrix.degenerate)]
    return "\n".join(parts)


def _detection(matrix: DetectionMatrix) -> str:
    rows = []
    for (leak, strength), rates in matrix.detected.items():
        by = [
            f"{code_text(c)} {rates[c].hits}/{rates[c].n}" for c in matrix.checks if rates[c].hits
        ]
        rules = [f"{code_text(r)} {rates[r].hits}/{rates[r].n}" for r in matrix.rules]
        rows.append(
            [code_text(leak), str(strength), str(rates[ANY]), ", ".join(by), ", ".join(rules)]
        )
    return markdown_table(["leak", "strength", ANY, "by", "earlier rules"], rows)


def _alarms(rates: Mapping[str, Rate], verdicts: Mapping[str, Rate]) -> str:
    rows = [[code_text(name), str(rate)] for name, rate in rates.items() if rate.n]
    rows += [[f"verdict: {name}", str(rate)] for name, rate in verdicts.items()]
    return markdown_table(["what", "alarms"], rows)


def _seconds(cells: Sequence[AuditedCell]) -> str:
    table = seconds_table(cells)
    rows = [[code_text(c), f"{m:.2f}", str(n)] for c, m, n in table.itertuples(index=False)]
    return markdown_table(["check", "mean>", "runs>"], rows)
