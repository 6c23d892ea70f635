from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
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
from gosales.gauntlet.query_places import query_places

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


@ibis.udf.scalar.builtin
def today() -> date: ...


@ibis.udf.scalar.builtin
def random() -> float: ...


@ibis.udf.scalar.builtin
def read_text(path: str) -> str: ...


@ibis.udf.scalar.builtin
def year(day: date) -> int: ...


DATE = "date or year in code"


@pytest.mark.parametrize(
    ("condition", "what", "text"),
    [
        (lambda d: d > ibis.date("2024-01-31"), DATE, "2024-01-31"),
        (lambda d: d > ibis.date(2024, 1, 31), DATE, "DateFromYMD 2024, 1, 31"),
        (lambda d: d > (ibis.literal("2024") + "-01-31").cast("date"), DATE, "Cast 2024, -01-31"),
        (lambda d: d.year() == 2024, DATE, "year equals 2024"),
        (lambda d: d.year().cast("float64") == 2024.0, DATE, "year equals 2024.0"),
        (lambda d: d.year().isin([2024]), DATE, "year invalues 2024"),
        (lambda d: d.year().between(2024, d.month() + 2000), DATE, "year between 2024"),
        (lambda d: d.year() - 2024 > 0, DATE, "year subtract 2024"),
        (lambda d: d.year() * 100 + d.month() > 202401, DATE, "year greater 202401"),
        (lambda d: d.strftime("%Y") == "2024", DATE, "year equals 2024"),
        (lambda d: d.cast("string").startswith("2024"), DATE, "year startswith 2024"),
        (lambda d: d.cast("string")[:4] == "2024", DATE, "year equals 2024"),
        (lambda d: d.cast("timestamp").epoch_seconds() > 1_700_000_000, DATE,
         "year greater 1700000000"),
        (lambda d: year(d) == 2024, DATE, "year equals 2024"),
        (lambda d: d > today(), "wall clock", "CURRENT_DATE"),
        (lambda d: random() > 0.5, "chance without a seed", "RANDOM"),
        (lambda d: read_text(d.cast("string")) == "1", "file read", "READ_TEXT"),
    ],
)  # fmt: skip
def test_fires_on_what_a_query_holds_wherever_it_came_from(audit, condition, what, text):
    found, finding = queries_of(audit(), lambda t, inside: (inside & condition(t.order_date)).sum())
    assert finding.outcome is Outcome.WARN
    assert (what, text) in [(d["what"], d["text"]) for d in found]
    assert {d["what"] for d in found} == {what}
    assert finding.values["queries"] == 1


def test_fires_on_a_year_that_became_a_column_first(audit):
    class Stepwise(Weekend):
        def compute(self, view):
            lines = view.purchases()
            lines = lines.mutate(
                inside=view.within(lines, SPEC.lookback), y=lines.order_date.year()
            )
            rows = lines.filter(lines.y == 2024).group_by([CUSTOMER, CUTOFF])
            return FeatureBlock(all=rows.aggregate(**{SPEC.name: lambda t: t.inside.sum()}))

    context = audit()
    scan = SourceScan(max_examples=100_000)
    finding = scan.run(replace(context, candidate=Familied(context, Stepwise(None))))
    found = [(d["what"], d["text"]) for d in finding.detail if d["where"].startswith("query")]
    assert found == [(DATE, "year equals 2024")]


def test_an_expression_with_many_ways_to_its_root_is_read_once():
    days = ibis.table({"day": "date"}, name="days")
    days = days.mutate(of=days.day.year())
    for _ in range(30):
        days = days.mutate(of=days.of + days.of)
    assert query_places(days.select(late=days.of == 2024), "") == {(DATE, "year equals 2024")}


@pytest.mark.parametrize("clock", [ibis.today, lambda: ibis.now().date()])
def test_the_clock_in_a_query_is_refused(audit, clock):
    with pytest.raises(InternalError, match="clock or chance"):
        queries_of(audit(), lambda t, inside: (inside & (t.order_date > clock())).sum())


@pytest.mark.parametrize(
    "value",
    [
        lambda t, inside: (inside & (t.order_date.year() == t.cutoff.year())).sum(),
        lambda t, inside: (t.cutoff.year() - t.order_date.year()).max(),
        lambda t, inside: (
            (t.order_date.year() == t.cutoff.year()).ifelse(t.quantity, 0).max() > 2000
        ),
        lambda t, inside: (inside & (t.quantity.cast("int64") == 2024)).sum(),
        lambda t, inside: (inside & (t.order_date.strftime("%m") == "12")).sum(),
        lambda t, inside: (inside & (t.sku_key == "random()")).sum(),
        lambda t, inside: t.order_date.max().epoch_seconds() - 2_000,
        lambda t, inside: inside.sum() + ibis.null("date").isnull().cast("int64"),
    ],
)
def test_a_query_without_is_silent(audit, value):
    found, _ = queries_of(audit(), value)
    assert found == []


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
