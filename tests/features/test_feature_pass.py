"""A family that breaks its contract stops the run, and the error says which and how."""

from dataclasses import dataclass

import ibis
import pytest
from tests.support.label_case import builder, facts_star, panel

from gosales.core.errors import ConfigError, InternalError
from gosales.core.timeline import Cutoff, Lookback
from gosales.features.family import FeatureBlock
from gosales.features.spec import FeatureSpec
from gosales.features.store import FeatureStore
from gosales.labels.target import Target

YEAR, MONTH = Lookback(months=12), Lookback(months=1)
COUNT = FeatureSpec("odd", "count", "all", YEAR, "lines")
OTHER = FeatureSpec("odd", "other", "all", YEAR, "others")


@dataclass
class Odd:
    """Counts lines of a year, and misbehaves as told."""

    fault: str = ""
    name = "odd"

    def specs(self):
        more = [FeatureSpec("odd", "recent", "all", MONTH, "x")] if self.fault == "unasked" else []
        return [COUNT, OTHER, *more] if self.fault == "lost" else [COUNT, *more]

    def compute(self, view):
        lines = view.purchases()
        if self.fault == "raises":
            raise ZeroDivisionError("no lines")
        if self.fault == "config":
            raise ConfigError("a bad parameter", reason_code="bad_family")
        if self.fault == "undeclared_window":
            view.within(lines, MONTH)
        if self.fault == "no_column":
            return FeatureBlock(all=lines.select("no_such_column"))
        return FeatureBlock(**self._tables(view, lines))

    def _tables(self, view, lines):
        count = lines.count(where=view.within(lines, YEAR)).cast("float64")
        columns = {COUNT.name: count}
        if self.fault == "extra":
            columns["mine"] = count
        if self.fault == "unasked":
            columns["odd__recent__all__1m"] = count
        if self.fault == "infinite":
            columns[COUNT.name] = ibis.literal(float("inf")) * count
        if self.fault == "engine":
            columns[COUNT.name] = lines["sku"].max().cast("float64")
        keys = view.keys(lines) + (["sku", "order_date"] if self.fault == "twice" else [])
        table = lines.group_by(keys).aggregate(**columns)
        table = table.drop("sku", "order_date") if self.fault == "twice" else table
        scope = "target" if self.fault == "wrong_scope" else "all"
        return {scope: table}


LINES = """
customer_id sku order_date quantity gross_profit
a           A   2024-05-01  1  5
a           B   2024-06-01  1  5
"""


def built(path, fault, **parts):
    return panel(facts_star(path / "s", LINES), families=[Odd(fault)], **parts)


def test_a_sound_family_passes(tmp_path) -> None:
    assert built(tmp_path, "").X[COUNT.name].tolist() == [2.0]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("raises", "'odd' failed; got ZeroDivisionError: no lines"),
        ("no_column", "'odd' failed; got .*no_such_column"),
        ("engine", "'odd' failed; got ConversionException"),
        ("undeclared_window", "'odd' failed; got InternalError: a lookback .* got 1m"),
        ("extra", r"'odd' breaks its contract; got scope all: undeclared \['mine'\]"),
        ("lost", r"'odd' breaks its contract; .*missing \['odd__other__all__12m'\]"),
        ("wrong_scope", "'odd' breaks its contract; got specs and block differ for scope all"),
        ("unasked", r"'odd' breaks its contract; got declares windows .*\['1m'\]"),
        ("twice", "'odd' breaks its contract; .*rows with the same key"),
        ("infinite", r"'odd' breaks its contract; .*infinite values in \['odd__count__all__12m'\]"),
    ],
)
def test_a_fault_is_told_with_the_family(tmp_path, fault, says) -> None:
    with pytest.raises(InternalError, match=says):
        built(tmp_path, fault)


def test_what_the_user_can_mend_keeps_its_own_words(tmp_path) -> None:
    with pytest.raises(ConfigError, match="a bad parameter"):
        built(tmp_path, "config")


def test_nothing_is_cached_of_a_family_that_fails(tmp_path) -> None:
    store = FeatureStore(tmp_path / "cache")
    with pytest.raises(InternalError, match="infinite"):
        built(tmp_path, "infinite", store=store)
    parts = builder(families=[Odd("infinite")], store=store)
    with pytest.raises(InternalError, match="infinite"):
        panel(facts_star(tmp_path / "s", LINES), families=parts.families, store=store)


class Hidden(Odd):
    """Takes a parameter that nobody can read back."""

    def __init__(self, weight: int) -> None:
        super().__init__()
        self._times = weight


def test_a_hidden_parameter_cannot_share_a_cache(tmp_path) -> None:
    with pytest.raises(InternalError, match="hides a parameter; got Hidden without attribute weig"):
        panel(facts_star(tmp_path / "s", LINES), families=[Hidden(2)])


class Even(Odd):
    """A sound neighbour, over the same lines and with a window of its own."""

    name = "even"

    def specs(self):
        return [
            FeatureSpec("even", "count", "all", YEAR, "lines"),
            FeatureSpec("even", "recent", "all", MONTH, "lines"),
        ]

    def compute(self, view):
        lines = view.purchases()
        columns = {
            s.name: lines.count(where=view.within(lines, s.lookback)).cast("float64")
            for s in self.specs()
        }
        return FeatureBlock(all=lines.group_by(view.keys(lines)).aggregate(**columns))


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("engine", "'odd' failed; got ConversionException"),
        ("infinite", r"'odd' breaks its contract; .*infinite values in \['odd__count__all__12m'\]"),
        ("undeclared_window", r"'odd' breaks .*asks the view for windows it does not.*\['1m'\]"),
    ],
)
def test_of_families_computed_together_the_one_at_fault_is_named(tmp_path, fault, says) -> None:
    for families in ([Even(), Odd(fault)], [Odd(fault), Even()]):
        with pytest.raises(InternalError, match=says):
            panel(facts_star(tmp_path / "s", LINES), families=families)


def test_families_computed_together_keep_their_values(tmp_path) -> None:
    got = panel(facts_star(tmp_path / "s", LINES), families=[Even(), Odd("")]).X.iloc[0].to_dict()
    assert got == {"even__count__all__12m": 2.0, "even__recent__all__1m": 1.0, COUNT.name: 2.0}


class Scored(Odd):
    """Makes the rows of all cutoffs in Python, as learned families do."""

    def compute(self, view):
        lines = view.purchases()
        seen = view.engine.run(
            lines.group_by("customer_id", "cutoff").aggregate(
                n=lines.count(where=view.within(lines, YEAR)).cast("float64")
            )
        ).rename(columns={"n": COUNT.name})
        kinds = {"customer_id": "string", "cutoff": "date", COUNT.name: "float64"}
        return FeatureBlock(all=view.engine.literal(seen, kinds))


def test_rows_made_in_python_for_all_cutoffs_go_to_their_own(tmp_path) -> None:
    star = facts_star(tmp_path / "s", LINES + "a           A   2024-06-20  1  5\n")
    days = [Cutoff.parse("2024-05-31"), Cutoff.parse("2024-06-10"), Cutoff.parse("2024-06-30")]
    target = Target("A", skus=["A"])
    made = [
        builder(families=[family]).build(star, [target], days)[target.key].X[COUNT.name].tolist()
        for family in (Scored(), Odd())
    ]
    assert made[0] == made[1] == [1.0, 2.0, 3.0]
