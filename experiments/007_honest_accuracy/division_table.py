"""Every division of every log as a table, written from the result alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_HEAD = (
    "division", "buyers", "of them ws", "CV AUC", "forward AUC", "CV - forward",
    "ws AUC", "lift@10 %", "Brier", "constant", "naive AUC", "naive lift",
    "LightGBM CV", "LightGBM AUC", "ws", "Brier", "logistic AUC", "ws", "Brier",
)  # fmt: skip


def write_tables(result: Mapping[str, Any], file: Path, ranker: str = "blend") -> None:
    """One table per log that was run whole with a ranker.

    Parameters
    ----------
    result : mapping
        Content of ``result.json``.
    file : pathlib.Path
        Markdown to write.
    ranker : str, default "blend"
        Whose columns stand first.
    """
    parts = [
        f"# Every division, forward, {ranker} beside naive and plain baseline\n",
        "Written by `run.py` from `result.json`. ws = whitespace. The three last groups are the "
        "naive rank, the\nbaseline's LightGBM and its logistic regression. A dash: not defined "
        "(a class is missing), or refused.\n",
    ]
    for log, found in result.items():
        rows = [r for r in found.get("divisions", []) if "cv_auc" in r.get(ranker, {})]
        if rows:
            # A division that was refused by the ranker shows its rivals.
            parts += [f"## {log}\n", _table(found["divisions"], ranker), ""]
    file.write_text("\n".join(parts), encoding="utf-8")


def _table(rows: Sequence[Mapping[str, Any]], ranker: str) -> str:
    lines = ["| " + " | ".join(_HEAD) + " |", "|---" * len(_HEAD) + "|"]
    for row in rows:
        mine, naive = row.get(ranker, {}), row["naive"]
        trees, line = row.get("baseline lgb", {}), row.get("baseline lr", {})
        name = row["division"]
        if row["outcome"] != "measured":
            name += f" ({row['outcome']})"
        cells = [
            name, str(row["positives"]), str(row["ws_positives"]),
            _number(mine.get("cv_auc")), _with_bounds(mine), _gap(mine.get("gap")),
            _number(mine.get("ws_auc")), _number(mine.get("lift_at_10pct"), 2),
            _number(mine.get("brier")), _number(row["constant_brier"]),
            _number(naive["auc"]), _number(naive["lift_at_10pct"], 2),
            *(_number(trees.get(k)) for k in ("cv_auc", "auc", "ws_auc", "brier")),
            *(_number(line.get(k)) for k in ("auc", "ws_auc", "brier")),
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _with_bounds(mine: Mapping[str, Any]) -> str:
    lo, hi = mine.get("auc_interval", (None, None))
    text = _number(mine.get("auc"))
    return text if lo is None or hi is None else f"{text} [{lo:.3f}, {hi:.3f}]"


def _gap(gap: Sequence[float | None] | None) -> str:
    if gap is None or gap[0] is None:
        return "–"
    if gap[1] is None or gap[2] is None:
        return f"{gap[0]:+.3f}"
    return f"{gap[0]:+.3f} [{gap[1]:+.3f}, {gap[2]:+.3f}]"
