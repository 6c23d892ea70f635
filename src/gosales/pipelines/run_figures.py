"""Every figure a training run shows, beside what its files give."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any, Final

import pandas as pd

from gosales.core.digests import canonical_json, digest_file
from gosales.core.errors import GoSalesError
from gosales.pipelines.card_lines import card_figures, note_figures
from gosales.pipelines.figure import Figure, Judgement, compared
from gosales.pipelines.label_evidence import LABEL_AUDIT
from gosales.pipelines.recomputation import Recomputation
from gosales.pipelines.run_metrics import run_metrics
from gosales.tracking.manifest import MANIFEST

METRICS: Final = "MLflow metrics"
NOTE: Final = "run note"
CARD: Final = "model_card.md"
# By file: what names a row, and where the recomputation has the same table.
_TABLES: Final[dict[str, tuple[list[str], str]]] = {
    "metrics.csv": (["split", "population", "ranker", "metric"], "facts.metrics"),
    "panel.csv": (["role", "cutoff"], "panel"),
    LABEL_AUDIT: (["role", "cutoff"], "labels.table"),
    "calibration.csv": (["population", "bin"], "curves.calibration"),
    "gains.csv": (["population", "ranker", "top_pct"], "curves.gains"),
}
_RECORDS: Final = {
    "calibration_choice.json": "calibration.grounds",
    "optimism_gap.json": "gap_record",
    "safe_choice.json": "safe_record",
    "info_sheet.json": "sheet",
}


@dataclass(frozen=True)
class RunFigures:
    """The comparison of one run.

    Parameters
    ----------
    again : Recomputation
        The figures measured anew.
    metrics : mapping of str to float
        The run's MLflow metrics.
    note : str
        Its page's description.
    audited : bool
        Whether an audit wrote that anew.
    tolerance : float
        Share by which two equal numbers may differ.
    """

    again: Recomputation
    metrics: Mapping[str, float]
    note: str
    audited: bool
    tolerance: float

    def found(self) -> tuple[Figure, ...]:
        """Every figure; a place whose evidence is missing or unreadable has no artifact."""
        return tuple(figure for where, judge in self._places() for figure in _kept(where, judge))

    def _places(self) -> Iterator[tuple[str, Callable[[], Iterator[Figure]]]]:
        yield METRICS, self._metrics
        for name, (by, anew) in _TABLES.items():
            yield name, partial(self._table, name, by, anew)
        for name, anew in _RECORDS.items():
            yield name, partial(self._record, name, anew)
        yield CARD, self._card
        yield NOTE, self._note
        yield MANIFEST, self._checksums

    def _metrics(self) -> Iterator[Figure]:
        sizes = list(self.again.cfg.validation.logged_sizes)
        return compared(METRICS, self.metrics, run_metrics(self.again, sizes), self.tolerance)

    def _table(self, name: str, by: Sequence[str], anew: str) -> Iterator[Figure]:
        logged = _cells(pd.read_csv(self.again.path(name)), by)
        return compared(name, logged, _cells(attrgetter(anew)(self.again), by), self.tolerance)

    def _record(self, name: str, anew: str) -> Iterator[Figure]:
        expected = attrgetter(anew)(self.again)
        if expected is None and not (self.again.folder / name).is_file():
            return iter(())
        text = self.again.path(name).read_text(encoding="utf-8")
        logged, measured = json.loads(text), json.loads(canonical_json(expected))
        return compared(name, dict(_leaves(logged)), dict(_leaves(measured)), self.tolerance)

    def _card(self) -> Iterator[Figure]:
        text = self.again.path(CARD).read_text(encoding="utf-8")
        return card_figures(CARD, text, self.again.card)

    def _note(self) -> Iterator[Figure]:
        return note_figures(NOTE, self.note, self.again.card, audited=self.audited)

    def _checksums(self) -> Iterator[Figure]:
        listed = json.loads(self.again.path(MANIFEST).read_text(encoding="utf-8"))["files"]
        here = {n: digest_file(p) for n in listed if (p := self.again.folder / n).is_file()}
        return compared(MANIFEST, listed, here, self.tolerance)


def _kept(where: str, judge: Callable[[], Iterator[Figure]]) -> list[Figure]:
    try:
        return list(judge())
    except (GoSalesError, ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        # What somebody tampered with may be anything; the figures it carried rest on nothing.
        why = f"{type(error).__name__}: {error}"
        return [Figure(where, "every figure", "as logged", why, Judgement.NO_ARTIFACT)]


def _cells(table: pd.DataFrame, by: Sequence[str]) -> dict[str, Any]:
    """Cells by the names of their row and column; values as a file holds them."""
    found: dict[str, Any] = {}
    for row in table.astype(object).to_dict("records"):
        head = " ".join(str(row[key]) for key in by)
        found |= {f"{head} {column}": _cell(row[column]) for column in table if column not in by}
    return found


def _cell(value: Any) -> Any:
    return str(value) if isinstance(value, bool) else value


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The plain values of a nested record, by dotted name."""
    if isinstance(value, Mapping):
        items: Iterator[tuple[str, Any]] = ((str(k), v) for k, v in value.items())
    elif isinstance(value, list):
        items = ((_entry(i, v), v) for i, v in enumerate(value))
    else:
        yield name, str(value) if isinstance(value, bool) else value
        return
    for key, inner in items:
        yield from _leaves(inner, f"{name}.{key}" if name else key)


def _entry(at: int, value: Any) -> str:
    if isinstance(value, Mapping) and "metric" in value:
        return " ".join(str(value[k]) for k in ("split", "population", "ranker", "metric"))
    return str(at)
