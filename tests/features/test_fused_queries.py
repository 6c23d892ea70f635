"""Which queries may run side by side: none that need the same shared rows."""

from types import SimpleNamespace

from gosales.features.fused_queries import _apart


def source(name: str, *needs: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, needs=needs)


def test_sources_that_share_rows_stay_together_in_their_order() -> None:
    given = [source("a", "x"), source("b"), source("c", "y"), source("d", "y", "x"), source("e")]
    groups = [[one.name for one in group] for group in _apart(given)]
    assert groups[0] == ["a", "c", "d"]
    assert sorted(groups[1:]) == [["b"], ["e"]]


def test_the_longest_goes_first() -> None:
    given = [source("a"), source("b", "x"), source("c", "x", "y")]
    assert [[one.name for one in group] for group in _apart(given)] == [["b", "c"], ["a"]]
