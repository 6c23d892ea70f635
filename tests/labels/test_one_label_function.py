"""Nobody but the labeller turns an outcome into a label: read from the syntax of every file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "gosales"
OUTCOMES = {
    "LABEL": "y", "LABEL_VALUE": "label_value", "LABEL_GP": "label_gp",
    "FIRST_EVENT_DAYS": "first_event_days",
}  # fmt: skip

# Who may, and why. Anybody else must ask the labeller.
WRITERS = {
    "labels/labeller.py": "the label function",
    "features/panel.py": "with_labels: the same rows under permuted labels",
    "gauntlet/withheld_outcomes.py": "scrambles labels of a copy to see whether a fit looks",
    "gauntlet/checks/attribute_vintage.py": "copies y beside a level to count by level",
    "evaluation/sample.py": "copies y into the sums of a ranking",
    "labels/label_audit.py": "sums of labels, per cutoff",
}
TAKERS_OF_OUTCOMES = {"labels/labeller.py"}
JUDGES = {"labels/labeller.py"}
MAKERS = {"features/panel_tables.py", "features/labelled_roster.py"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(SRC.rglob("*.py")):
        yield file.relative_to(SRC).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def is_outcome(node: ast.expr | None) -> bool:
    """A constant of `columns`, or the word itself, possibly within ``.loc[rows, column]``."""
    if isinstance(node, ast.Tuple):
        return any(is_outcome(part) for part in node.elts)
    if isinstance(node, ast.Name):
        return node.id in OUTCOMES
    return isinstance(node, ast.Constant) and node.value in OUTCOMES.values()


def writes(node: ast.AST) -> bool:
    """Assignment to a label column, a frame or dictionary with one, or a keyword named so."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        return is_outcome(node.slice)
    if isinstance(node, ast.Dict):
        return any(is_outcome(key) for key in node.keys)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        columns = set(OUTCOMES.values())
        verbs = {"assign", "aggregate", "mutate", "agg"}
        return node.func.attr in verbs and any(k.arg in columns for k in node.keywords)
    return False


def calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def judges(node: ast.AST) -> bool:
    """A comparison with the threshold of a target."""
    if not isinstance(node, ast.Compare):
        return False
    return any(
        isinstance(side, ast.Attribute) and side.attr == "threshold"
        for side in (node.left, *node.comparators)
    )


def where(found: object) -> set[str]:
    return {file for file, tree in trees() if any(found(node) for node in ast.walk(tree))}  # type: ignore[operator]


def test_only_the_label_function_writes_labels() -> None:
    assert where(writes) == set(WRITERS)


def test_only_the_label_function_looks_at_outcomes() -> None:
    assert where(lambda node: calls(node, "OutcomeView")) == TAKERS_OF_OUTCOMES


def test_only_the_label_function_compares_with_the_threshold() -> None:
    assert where(judges) == JUDGES


def test_training_forward_and_audits_go_through_the_same_two_doors() -> None:
    assert where(lambda node: calls(node, "Labeller")) == MAKERS


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("rows[LABEL] = value > 0", True),
        ("rows.loc[mask, 'y'] = 1.0", True),
        ("rows = rows.assign(**{LABEL: 1.0})", True),
        ("table = lines.aggregate(label_value=x.sum())", True),
        ("y = rows[LABEL].to_numpy()", False),
        ("shown = rows[['y', 'cutoff']]", False),
    ],
)
def test_the_reader_knows_a_writer_when_it_sees_one(code: str, found: bool) -> None:
    assert any(map(writes, ast.walk(ast.parse(code)))) == found


def test_the_reader_knows_a_judge_when_it_sees_one() -> None:
    assert any(map(judges, ast.walk(ast.parse("y = value > target.threshold"))))
    assert not any(map(judges, ast.walk(ast.parse("text = f'{target.threshold:g}'"))))
