"""Panels: worked cases, shape, one pass for all targets and cutoffs, bits that never change."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.support.label_case import builder, facts_star, panel
from tests.support.random_log import ATTRIBUTES, CUTOFFS, random_customers, random_lines
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError, DegenerateError, InternalError
from gosales.core.timeline import Cutoff
from gosales.data.star import ASSETS, TRANSACTIONS, Star
from gosales.features import fused_queries, made_of, panel_builder
from gosales.features.families.assets import Assets
from gosales.features.families.profile import Profile
from gosales.features.families.recency import Recency
from gosales.features.families.rfm import Rfm
from gosales.features.panel_builder import PanelBuilder
from gosales.features.roster_matrix import RosterMatrix
from gosales.features.safe import SafePolicy
from gosales.features.store import FeatureStore
from gosales.labels.label_spec import LabelSpec
from gosales.labels.population import Population
from gosales.labels.target import Target

TARGETS = [Target("Solidworks"), Target("Training"), Target("Plotters", skus=["FDM", "Artec"])]
DAYS = [Cutoff.parse(c) for c in CUTOFFS]


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> Star:
    lines = random_lines(3)
    path = tmp_path_factory.mktemp("star")
    return make_star(path, lines, random_customers(3, lines), attributes=ATTRIBUTES)


def all_families(**parts: object) -> PanelBuilder:
    families = [Rfm(months=(3, 12)), Recency(), Profile(attributes=["region"], numbers=["size"])]
    return builder(families=families, **parts)


def test_rows_are_sorted_and_typed_and_specs_follow_the_columns(star: Star) -> None:
    built = all_families().build(star, TARGETS, DAYS[::-1])
    for key, got in built.items():
        keys = got.rows[["cutoff", "customer_id"]]
        assert got.target == key
        pd.testing.assert_frame_equal(
            keys, keys.sort_values(["cutoff", "customer_id"], ignore_index=True)
        )
        assert [s.name for s in got.specs] == list(got.X.columns)
        kinds = {s.name: "str" if s.dtype == "category" else "float64" for s in got.specs}
        assert got.X.dtypes.astype(str).to_dict() == kinds
        assert got.X.index.equals(got.rows.index)
        assert (got.X.isna().any() <= pd.Series({s.name: _may_be_null(s) for s in got.specs})).all()


def _may_be_null(spec) -> bool:
    return bool(spec.nullable or spec.dtype == "category")


def test_together_or_one_by_one_the_bits_are_the_same(star: Star) -> None:
    together = all_families().build(star, TARGETS, DAYS)
    for target, day in zip(TARGETS, DAYS, strict=True):
        alone = all_families().build(star, [target], [day])[target.key]
        part = together[target.key].at([day])
        assert alone.digest == part.digest
        pd.testing.assert_frame_equal(alone.rows, part.rows)


def test_panels_share_the_memory_of_the_common_columns(star: Star) -> None:
    built = all_families().build(star, TARGETS, DAYS)
    name = "rfm__gp_sum__all__12m"
    first, second = (built[t.key].X[name].to_numpy() for t in TARGETS[:2])
    assert np.shares_memory(first, second)


def test_a_matrix_is_laid_out_when_it_is_asked_for_and_only_then(star: Star, monkeypatch) -> None:
    laid = []
    of = RosterMatrix.frame
    monkeypatch.setattr(RosterMatrix, "frame", lambda self, key: laid.append(key) or of(self, key))
    built = all_families().build(star, TARGETS, DAYS)
    assert list(built) == [t.key for t in TARGETS]
    assert laid == []
    first = built[TARGETS[1].key]
    assert laid == [TARGETS[1].key]
    # What one caller does to its matrix is not another's.
    first.X.iloc[:, :] = -1.0 if first.X.dtypes.nunique() == 1 else first.X.iloc[:, :]
    assert (
        built[TARGETS[1].key].digest
        == all_families().build(star, TARGETS, DAYS)[TARGETS[1].key].digest
    )
    with pytest.raises(KeyError, match="nobody's"):
        built["nobody's"]


def test_entries_lost_after_the_pass_are_computed_anew(star: Star, tmp_path) -> None:
    parts = all_families(store=FeatureStore(tmp_path / "cache"))
    built = parts.build(star, TARGETS, DAYS)
    want = all_families().build(star, TARGETS, DAYS)[TARGETS[0].key].digest
    for pack in (tmp_path / "cache" / "packs").iterdir():
        pack.write_bytes(b"")
    assert built[TARGETS[0].key].digest == want


def test_a_failure_in_one_of_two_queries_at_a_time_stops_the_run(star: Star, monkeypatch) -> None:
    def broken(source, rows):
        raise ZeroDivisionError(source.scope)

    monkeypatch.setattr(fused_queries, "_blocks", broken)
    with pytest.raises(ZeroDivisionError, match="all|target"):
        all_families().build(star, TARGETS, DAYS)
    monkeypatch.undo()
    # Nothing of it is left in the engine's way.
    assert len(all_families().build(star, TARGETS, DAYS)) == len(TARGETS)


def test_the_order_of_lines_does_not_matter(star: Star, tmp_path) -> None:
    lines = random_lines(3).sample(frac=1.0, random_state=1)
    other = make_star(tmp_path / "s", lines, random_customers(3, lines), attributes=ATTRIBUTES)
    one, two = (all_families().build(s, TARGETS, DAYS) for s in (star, other))
    assert {k: p.digest for k, p in one.items()} == {k: p.digest for k, p in two.items()}


def test_provenance_names_the_newest_known_date_of_each_window(tmp_path) -> None:
    lines = """
    customer_id sku order_date known_date quantity gross_profit
    c1          A   2023-09-01 2023-09-05  1  100
    c1          A   2024-05-01 2024-06-29  1  100
    c1          A   2024-06-30 2024-07-01  1  100
    """
    built = panel(
        facts_star(tmp_path / "s", lines), families=[Rfm(months=(3, 12)), Recency(lag_days=30)]
    )
    dates = built.provenance.set_index("feature")["newest_date"]
    assert dates["rfm__gp_sum__all__3m"] == "2024-06-29"
    assert dates["recency__days_since_last__all__ever_lag30d"] == "2023-09-05"
    assert set(built.provenance["source"]) == {"recorded"}
    assert set(built.provenance["table"]) == {TRANSACTIONS}
    assert set(built.provenance["feature"]) == set(built.X.columns)


@pytest.mark.parametrize(
    ("known", "lagged"),
    [
        # Newer than any line, and older.
        ("2024-06-29", None),
        ("2024-02-01", "2024-02-01"),
        # Learned of after the cutoff: served to no window.
        ("2024-07-01", None),
    ],
)
def test_columns_of_assets_record_the_dates_of_assets(tmp_path, known, lagged) -> None:
    lines = """
    customer_id sku order_date quantity gross_profit
    c1          A   2024-05-01  1  100
    """
    assets = pd.DataFrame({"asset_id": ["a"], "customer_id": ["c1"], "sku": ["FDM"]})
    assets = assets.assign(purchase_date="2024-01-15", known_date=known, expiry_date="2024-09-01")
    star = facts_star(tmp_path / "s", lines, assets=assets)
    store = FeatureStore(tmp_path / "cache")
    for _ in ("computed", "reused"):
        built = panel(star, families=[Rfm(months=(3,)), Assets()], store=store)
        found = built.provenance.set_index("feature")[["table", "newest_date"]]
        shown = None if known > "2024-06-30" else known
        assert tuple(found.loc["assets__owned__all__ever"].fillna("")) == (ASSETS, shown or "")
        twin = found.loc["assets__expiring_90d__all__ever_lag30d"]
        assert tuple(twin.fillna("")) == (ASSETS, lagged or "")
        assert tuple(found.loc["rfm__tx_count__all__3m"]) == (TRANSACTIONS, "2024-05-01")


def test_static_columns_and_empty_windows_have_no_date(star: Star) -> None:
    early = Cutoff.parse("2021-09-30")
    families = [Profile(attributes=["region"]), Rfm(months=(3,)), Recency(lag_days=400)]
    got = builder(families=families).build(star, TARGETS[:1], [early])["solidworks"].provenance
    found = got.set_index("feature")
    assert found.loc["profile__region__all__static", "source"] == "static"
    empty = found["newest_date"].isna()
    assert empty["profile__region__all__static"]
    assert empty["recency__decay_30d__all__ever_lag400d"]
    assert not empty["rfm__gp_sum__all__3m"]


def test_safe_decides_which_columns_a_panel_has(star: Star) -> None:
    off, on = (all_families(safe=SafePolicy(mode=m)) for m in ("off", "on"))
    kept = {d.spec.name for d in on.decisions if d.keep}
    assert kept < {s.name for s in off.specs}
    built = on.build(star, TARGETS[:1], DAYS)["solidworks"]
    assert set(built.X.columns) == kept
    full = off.build(star, TARGETS[:1], DAYS)["solidworks"]
    pd.testing.assert_frame_equal(built.X, full.X[list(built.X.columns)])


def test_a_second_build_reuses_everything_and_gives_the_same_bits(star: Star, tmp_path) -> None:
    store = FeatureStore(tmp_path)
    first, second = all_families(store=store), all_families(store=store)
    one = first.build(star, TARGETS, DAYS)
    two = second.build(star, TARGETS, DAYS)
    assert {(use.reused, use.why) for use in first.report} == {(0, "first time")}
    assert {(use.computed, use.why) for use in second.report} == {
        (0, "same data, code and settings")
    }
    for key in one:
        pd.testing.assert_frame_equal(one[key].X, two[key].X)
        pd.testing.assert_frame_equal(one[key].rows, two[key].rows)
        pd.testing.assert_frame_equal(one[key].provenance, two[key].provenance)


def test_a_new_target_and_a_new_cutoff_compute_only_what_is_new(star: Star, tmp_path) -> None:
    parts = all_families(store=FeatureStore(tmp_path))
    parts.build(star, TARGETS[:1], DAYS[:2])
    grown = parts.build(star, TARGETS[:2], DAYS)
    told = list(map(str, parts.report))
    assert "rfm: 5 computed, 4 reused (new cutoff or target)" in told
    assert "profile: 1 computed, 2 reused (new cutoff or target)" in told
    fresh = all_families().build(star, TARGETS[:2], DAYS)
    assert {k: p.digest for k, p in grown.items()} == {k: p.digest for k, p in fresh.items()}


@pytest.mark.parametrize(
    ("other", "reused"),
    [
        (
            {"families": [Rfm(months=(3, 12), money="revenue")]},
            "rfm: 6 computed, 0 reused (settings changed)",
        ),
        (
            {"population": Population(warm_months=2)},
            "roster: 3 computed, 0 reused (settings changed)",
        ),
        (
            {"label": LabelSpec(horizon_months=2)},
            "outcomes: 3 computed, 0 reused (settings changed)",
        ),
        (
            {"safe": SafePolicy(mode="on")},
            "rfm: 0 computed, 6 reused (same data, code and settings)",
        ),
    ],
)
def test_what_decides_content_is_in_the_key(star: Star, tmp_path, other, reused) -> None:
    builder(store=FeatureStore(tmp_path)).build(star, TARGETS[:1], DAYS)
    again = builder(store=FeatureStore(tmp_path), **other)
    again.build(star, TARGETS[:1], DAYS)
    assert reused in map(str, again.report)


def test_other_data_is_told_apart_from_other_code(star: Star, tmp_path, monkeypatch) -> None:
    store = FeatureStore(tmp_path / "cache")
    builder(store=store).build(star, TARGETS[:1], DAYS[:1])
    other = make_star(tmp_path / "other", random_lines(4))
    parts = builder(store=store)
    parts.build(other, TARGETS[:1], DAYS[:1])
    assert {use.why for use in parts.report} == {"data changed"}
    for module in (made_of, panel_builder):
        monkeypatch.setattr(module, "code_digest", lambda *_: "edited")
    parts.build(other, TARGETS[:1], DAYS[:1])
    assert {(use.reused, use.why) for use in parts.report} == {(0, "code changed")}
    uncached = builder()
    uncached.build(other, TARGETS[:1], DAYS[:1])
    assert {use.why for use in uncached.report} == {"no cache"}


class Ears:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def start(self, task: str, total: int | None = None) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def say(self, message: str) -> None:
        self.lines.append(message)


def test_a_damaged_entry_is_computed_anew_with_a_warning(star: Star, tmp_path) -> None:
    parts = all_families(store=FeatureStore(tmp_path))
    expected = parts.build(star, TARGETS, DAYS)
    for file in tmp_path.rglob("*.pack"):
        file.write_bytes(file.read_bytes()[:20])
    ears = Ears()
    got = parts.build(star, TARGETS, DAYS, ears)
    assert {k: p.digest for k, p in got.items()} == {k: p.digest for k, p in expected.items()}
    assert "warning: the cached rfm at 2023-12-31 solidworks are damaged" in "\n".join(ears.lines)
    parts.build(star, TARGETS, DAYS, ears := Ears())
    assert ears.lines == []


def test_nobody_on_the_roster_is_a_named_outcome(star: Star) -> None:
    with pytest.raises(DegenerateError, match="nobody is on the roster; got cutoffs 2019-01-31"):
        all_families().build(star, TARGETS, [Cutoff.parse("2019-01-31")])


@pytest.mark.parametrize("days", [[], [DAYS[0], DAYS[0]]])
def test_cutoffs_must_be_distinct(star: Star, days) -> None:
    with pytest.raises(InternalError, match="distinct cutoffs"):
        all_families().build(star, TARGETS, days)


def test_families_must_fit_together() -> None:
    with pytest.raises(InternalError, match=r"names twice: \['rfm__gp_mean__all__3m'"):
        builder(families=[Rfm(months=(3,)), Rfm(months=(3,))])
    with pytest.raises(InternalError, match="0 columns"):
        builder(families=[])


def test_before_its_launch_a_division_has_an_empty_past(star: Star) -> None:
    day, nova = [Cutoff.parse("2024-06-30")], Target("Nova")
    with pytest.raises(ConfigError, match="'Nova' matches no line"):
        all_families().build(star, [nova], day)
    cut = replace(all_families(), targets_may_be_absent=True)
    built = cut.build(star, [nova], day)["nova"]
    assert len(built) > 0
    assert not built.rows["ever_owned"].any()
    assert (built.X["rfm__tx_count__target__12m"] == 0.0).all()
    assert built.X["recency__days_since_last__target__ever"].isna().all()


def test_a_late_label_window_leaves_rows_unlabelled(star: Star) -> None:
    built = all_families().build(star, TARGETS[:1], DAYS)["solidworks"]
    labelled = built.rows.groupby("cutoff")["y"].count().to_dict()
    assert labelled["2024-06-30"] == 0
    assert labelled["2023-12-31"] > 0


def test_money_far_from_zero_is_summed_exactly(tmp_path: Path) -> None:
    lines = pd.DataFrame({"customer_id": ["a"] * 4, "sku": ["A"] * 4})
    lines["order_date"] = "2024-06-01"
    lines["quantity"] = 1
    lines["gross_profit"] = [1e9 + 0.01, -1e9, 0.1, 0.2]
    built = panel(make_star(tmp_path / "s", lines))
    assert built.X["rfm__gp_sum__all__12m"].tolist() == [0.31]
