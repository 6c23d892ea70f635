from __future__ import annotations

import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import ibis
import pytest

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.errors import InternalError
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.family import FeatureBlock
from gosales.features.spec import FeatureSpec
from gosales.gauntlet.checks.source_scan import SourceScan
from gosales.gauntlet.finding import Outcome

SPEC = FeatureSpec("weekend", "share", "all", Lookback(months=12), "share of weekends")
PLUGIN = """
from datetime import date
class Family:
    name = "weekend"
    def age(self, born):
        return {body}
"""


class Weekend:
    """A family whose one column holds what the test puts there."""

    name = "weekend"

    def __init__(self, value):
        self.value = value

    def specs(self):
        return [SPEC]

    def compute(self, view):
        lines = view.purchases()
        inside = view.within(lines, SPEC.lookback)
        column = self.value(lines, inside)
        rows = lines.group_by([CUSTOMER, CUTOFF]).aggregate(**{SPEC.name: column})
        return FeatureBlock(all=rows)


class Familied:
    """A candidate of one family and its view."""

    def __init__(self, context, family):
        self.families = [family]
        self._engine = context.engine

    def family_view(self, star, cutoffs):
        return AsOfView(star, cutoffs, self._engine, [SPEC.lookback])


def queries_of(context, value):
    # Every module of the tests that is loaded is scanned too.
    scan = SourceScan(max_examples=100_000)
    finding = scan.run(replace(context, candidate=Familied(context, Weekend(value))))
    return [d for d in finding.detail if d["where"].startswith("query")], finding


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A family of a module of the user's own."""

    def write(name, body):
        (tmp_path / f"{name}.py").write_text(PLUGIN.format(body=body), encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, name, raising=False)
        return import_module(name).Family()

    return write


def test_fires_on_a_plug_in_that_reads_the_clock(audit, plugin):
    context = audit()
    context.candidate.families = [plugin("clocked_plugin", "date.today() - born")]
    finding = SourceScan().run(context)
    assert finding.outcome is Outcome.WARN
    assert {
        "what": "wall clock",
        "text": "date.today()",
        "where": "clocked_plugin, line 6",
    } in finding.detail


def test_silent_on_the_clean_twin(audit, plugin):
    context = audit()
    context.candidate.families = [plugin("calm_plugin", "born.day")]
    clean = [d for d in SourceScan().run(context).detail if "calm_plugin" in d["where"]]
    assert clean == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (lambda t, inside: (inside & (t.order_date > ibis.date("2024-01-31"))).sum(), "2024-01-31"),
        (lambda t, inside: (inside & (t.order_date.year() == 2024)).sum(), "year equals 2024"),
    ],
)
def test_fires_on_a_date_in_a_query_wherever_it_came_from(audit, value, text):
    found, finding = queries_of(audit(), value)
    assert finding.outcome is Outcome.WARN
    assert [(d["what"], d["text"]) for d in found] == [("date or year in code", text)]
    assert finding.values["queries"] == 1


def test_a_query_of_windows_is_silent(audit):
    found, _ = queries_of(audit(), lambda t, inside: inside.sum())
    assert found == []


def test_the_shipped_families_are_silent():
    from gosales.features import families
    from gosales.gauntlet.code_suspicions import code_suspicions

    files = sorted(Path(families.__path__[0]).glob("*.py"))
    found = {f.stem: code_suspicions(f.read_text(encoding="utf-8")) for f in files}
    assert len(found) > 10 and not any(found.values()), found


def test_does_not_apply_to_queries_where_the_candidate_shows_no_family(audit):
    assert SourceScan().run(audit()).values["queries"] == 0


def test_a_part_without_source_is_told(audit):
    context = audit()
    kind = type("Typed", (), {"__module__": "nowhere"})
    context.candidate.families = [kind()]
    finding = SourceScan().run(context)
    assert finding.values["parts_without_source"] == ["nowhere.Typed"]
    assert finding.outcome is Outcome.WARN


def test_a_family_that_fails_is_an_error(audit):
    def broken(lines, inside):
        raise ZeroDivisionError("no column")

    with pytest.raises(InternalError, match="no column"):
        queries_of(audit(), broken)
