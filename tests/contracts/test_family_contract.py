"""What every feature family must do, over every YAML file of conf/features/family."""

import importlib
import inspect
import pkgutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import OmegaConf
from tests.support.family_frame import family_blocks, members, view_of
from tests.support.random_log import (
    ATTRIBUTES,
    CUTOFFS,
    SKUS,
    random_assets,
    random_customers,
    random_installs,
    random_lines,
)
from tests.support.tiny_star import make_star

import gosales.features.families as room
from gosales.features.families.assets import Assets
from gosales.features.families.division_mix import DivisionMix
from gosales.features.families.encoder import Encoder
from gosales.features.families.item2vec import Item2Vec
from gosales.features.families.profile import Profile
from gosales.features.family import FeatureFamily
from gosales.features.feature_name import FeatureName

CONF = Path(__file__).resolve().parents[2] / "conf"
NODES = {
    p.stem: yaml.safe_load(p.read_text()) for p in sorted((CONF / "features/family").glob("*.yaml"))
}
TARGETS = members(
    swx=[("Solidworks", "SWX_Core"), ("Solidworks", "DraftSight")],
    support=[("Hardware", "Support"), ("Scanning", "Support")],
)
CUTOFF = CUTOFFS[1]


def kind_of(node):
    module, _, kind = node["_target_"].rpartition(".")
    return getattr(importlib.import_module(module), kind)


def build(name):
    family = kind_of(NODES[name])(**{k: v for k, v in NODES[name].items() if k != "_target_"})
    return family.for_attributes(ATTRIBUTES) if isinstance(family, Profile) else family


FAMILIES = {name: build(name) for name in NODES} | {
    "division_mix_listed": DivisionMix(divisions=list(SKUS)),
    "assets_listed": Assets(rollups=["Printers", "AM Support"]),
    # The log of these tests declares no industry.
    "encoder": Encoder(levels=["region"], pseudo_counts=[5.0]),
    "item2vec": Item2Vec(everyone=True, epochs=1),
}


@pytest.fixture(params=FAMILIES)
def family(request):
    return FAMILIES[request.param]


def written(path, lines, **changes):
    changes.setdefault("customers", random_customers(5, lines))
    return make_star(path, lines, attributes=ATTRIBUTES, **changes)


@pytest.fixture(scope="module")
def lines():
    return random_lines(5)


@pytest.fixture(scope="module")
def assets(lines):
    return pd.concat([random_assets(5, lines), random_installs(5)], ignore_index=True)


@pytest.fixture(scope="module")
def star(lines, assets, tmp_path_factory):
    return written(tmp_path_factory.mktemp("whole"), lines, assets=assets)


def known(table, event="order_date"):
    """The rows that exist at the cutoff."""
    return table[(table[event] <= CUTOFF) & (table["known_date"] <= CUTOFF)]


@pytest.fixture(scope="module")
def truncated(lines, assets, tmp_path_factory):
    owned = known(assets, "purchase_date")
    return written(tmp_path_factory.mktemp("truncated"), known(lines), assets=owned)


def later_assets(assets):
    """Bought after the cutoff, or before it and entered after; expiring in the known windows."""
    bought = assets.assign(purchase_date="2024-06-01", known_date="2024-06-01")
    late = assets.assign(purchase_date="2024-01-01", known_date="2024-07-01")
    both = pd.concat([bought, late]).assign(expiry_date="2024-07-01", is_subscription=True)
    return both.assign(asset_id=[f"later{i}" for i in range(len(both))])


@pytest.fixture(scope="module")
def poisoned(lines, assets, tmp_path_factory):
    """The past as it was; the future wild, some of it about past days but known late."""
    past = known(lines)
    future = pd.concat([past.assign(customer_id="new")] + [past] * 2).sample(
        frac=1.0, random_state=3
    )
    rng = np.random.default_rng(3)
    future["known_date"] = pd.Timestamp(CUTOFF) + pd.to_timedelta(
        rng.integers(1, 99, len(future)), unit="D"
    )
    late = rng.random(len(future)) < 0.5
    future["order_date"] = future["order_date"].where(late, future["known_date"])
    future[["gross_profit", "revenue"]] *= 1000.0
    everything = pd.concat([past, future])
    customers = random_customers(5, past)
    customers["status"] = "lost"
    stranger = pd.DataFrame(
        {
            "customer_id": ["new"],
            "region": ["mars"],
            "size": [1e9],
            "first_known_date": ["2024-07-01"],
        }
    )
    owned = known(assets, "purchase_date")
    return written(
        tmp_path_factory.mktemp("poisoned"),
        everything,
        customers=pd.concat([customers, stranger]),
        assets=pd.concat([owned, later_assets(assets)]),
    )


def assert_same(left, right):
    assert set(left) == set(right)
    for place in left:
        pd.testing.assert_frame_equal(left[place], right[place], check_exact=True)


def test_every_class_has_a_yaml_file_and_every_file_a_class():
    found = set()
    for info in pkgutil.iter_modules(room.__path__, room.__name__ + "."):
        module = importlib.import_module(info.name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == info.name and hasattr(kind, "compute"):
                found.add(f"{kind.__module__}.{kind.__qualname__}")
    assert {node["_target_"] for node in NODES.values()} == found


@pytest.mark.parametrize("name", sorted(NODES))
def test_the_keys_of_a_file_are_the_parameters_of_its_class(name):
    parameters = inspect.signature(kind_of(NODES[name])).parameters
    assert set(NODES[name]) - {"_target_"} == set(parameters)
    # The file states the class's own defaults, so that code and configuration say one thing.
    defaults = {k: p.default for k, p in parameters.items()}
    stated = {k: tuple(v) if isinstance(v, list) else v for k, v in NODES[name].items()}
    assert {k: v for k, v in stated.items() if k != "_target_"} == defaults
    assert build(name).name == name


def test_columns_are_unique_over_all_families_and_their_names_parse():
    specs = [s for name in NODES for s in FAMILIES[name].specs()]
    assert [n for n, k in Counter(s.name for s in specs).items() if k > 1] == []
    for spec in specs:
        read = FeatureName.parse(spec.name)
        assert str(read) == spec.name
        assert tuple(read) == (spec.family, spec.measure, spec.scope, spec.lookback)


def test_it_keeps_the_interface(family):
    assert isinstance(family, FeatureFamily)
    specs = family.specs()
    assert specs
    assert {s.family for s in specs} == {family.name}
    assert all(s.description and s.description == s.description.strip() for s in specs)
    assert all(s.nullable for s in specs if s.dtype == "category")


def test_it_returns_exactly_what_it_declares(family, star):
    view = view_of(family, star, CUTOFFS, TARGETS)
    block = family.compute(view)
    for table, scope in ((block.all, "all"), (block.target, "target")):
        declared = {s.name: s for s in family.specs() if s.scope == scope}
        if table is None:
            assert not declared
            continue
        keys = ["customer_id", "cutoff"] + ["target"] * (scope == "target")
        assert set(table.columns) == {*keys, *declared}
        kinds = {n: "string" if s.dtype == "category" else "float64" for n, s in declared.items()}
        assert {n: str(table[n].type()) for n in declared} == kinds
        frame = view.engine.run(table)
        assert not frame.duplicated(keys).any()
        assert not frame[[n for n, s in declared.items() if not s.nullable]].isna().any(axis=None)
        numbers = frame[[n for n, s in declared.items() if s.dtype == "number"]]
        assert not np.isinf(numbers.to_numpy(dtype="float64")).any()


def test_it_asks_the_view_for_every_window_it_declares_and_no_other(family, star):
    view = view_of(family, star, CUTOFFS, TARGETS)
    family.compute(view)
    assert view.served == {s.lookback for s in family.specs() if s.lookback is not None}


def test_no_later_or_later_known_row_changes_anything(family, truncated, poisoned):
    was = family_blocks(family, truncated, [CUTOFF], TARGETS)
    assert sum(map(len, was.values())) > 20
    assert_same(was, family_blocks(family, poisoned, [CUTOFF], TARGETS))


def test_the_order_of_rows_changes_nothing(family, lines, assets, star, tmp_path):
    shuffled = written(
        tmp_path,
        lines.sample(frac=1.0, random_state=1),
        assets=assets.sample(frac=1.0, random_state=1),
    )
    again = family_blocks(family, shuffled, [CUTOFF], TARGETS)
    assert_same(family_blocks(family, star, [CUTOFF], TARGETS), again)


def test_the_names_of_accounts_and_their_order_change_nothing(
    family, lines, assets, star, tmp_path
):
    # An audit rebuilds under other names; these sort the other way round besides.
    customers = random_customers(5, lines)
    known = sorted({*customers["customer_id"], *assets["customer_id"]})
    other = {name: f"x{len(known) - i:03d}" for i, name in enumerate(known)}
    frames = [lines, customers, assets]
    frames = [f.assign(customer_id=f["customer_id"].map(other)) for f in frames]
    renamed = written(tmp_path, frames[0], customers=frames[1], assets=frames[2])
    back = {new: old for old, new in other.items()}
    got = family_blocks(family, renamed, CUTOFFS, TARGETS)
    for place, frame in got.items():
        frame["customer_id"] = frame["customer_id"].map(back).astype("str")
        got[place] = frame.sort_values("customer_id", ignore_index=True)
    assert_same(family_blocks(family, star, CUTOFFS, TARGETS), got)


def test_one_pass_over_many_cutoffs_and_targets_equals_one_at_a_time(family, star):
    # The cache keeps blocks by (cutoff, target), so no block may depend on its neighbours.
    together = family_blocks(family, star, CUTOFFS, TARGETS)
    own = TARGETS[TARGETS["target"] == "support"]
    alone = family_blocks(family, star, [CUTOFF], own)
    assert_same(alone, {place: together[place] for place in alone})


def test_equal_parameters_make_equal_families(family):
    assert replace(family) == family


def composed(*overrides, library="core"):
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return compose(overrides=[f"+features={library}", *overrides]).features


def test_the_full_library_holds_every_family_and_the_transforms_in_order():
    features = composed(library="full")
    families = instantiate(features.families, _convert_="all")
    assert set(families) == set(NODES)
    assert all(isinstance(f, FeatureFamily) for f in families.values())
    assert list(features.transforms) == ["winsor", "vocabulary", "missingness"]


def test_the_core_library_is_the_full_one_without_embeddings():
    core, full = composed(), composed(library="full")
    assert set(full.families) - set(core.families) == {"als", "item2vec"}
    assert core.transforms == full.transforms


@pytest.mark.parametrize("enabled", [True, False])
def test_one_key_switches_mask_and_fill(enabled):
    features = composed(f"features.centralized_fill_enable={str(enabled).lower()}")
    resolved = OmegaConf.to_container(features.transforms, resolve=True)
    assert resolved["missingness"]["enable"] is enabled
