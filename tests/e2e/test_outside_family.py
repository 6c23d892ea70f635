"""A feature family of the user's own: a class on the path and YAML through --config-dir."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gosales.cli.main import main
from gosales.features.transforms.missingness import Missingness

# The recipe of CONTRIBUTING.md, with a second, short window and a way to fail.
WEEKEND = '''
from gosales.core.timeline import Lookback
from gosales.features.family import FeatureBlock
from gosales.features.spec import FeatureSpec


class Weekend:
    """Share of purchase lines on weekends."""

    name = "weekend"

    def __init__(self, months=(1, 12), divisor=1):
        self.months = months
        self.divisor = divisor

    def specs(self):
        return [
            FeatureSpec("weekend", "share", "all", Lookback(months=m),
                        "share of purchases on weekends", nullable=True)
            for m in self.months
        ]

    def compute(self, view):
        lines = view.purchases()
        weekend = lines["order_date"].day_of_week.index() >= 5
        shares = {}
        for spec in self.specs():
            inside = view.within(lines, spec.lookback)
            n = inside.cast("int64").sum().nullif(0)
            both = (inside & weekend).cast("int64").sum().cast("float64")
            shares[spec.name] = both / n * (1 // self.divisor)
        return FeatureBlock(all=lines.group_by(view.keys(lines)).aggregate(**shares))
'''
YAML = "_target_: outside_weekend.Weekend\nmonths: [1, 12]\ndivisor: 1\n"
LEAN = """
defaults:
  - family@families.rfm: rfm
  - transform@transforms.missingness: missingness
  - _self_
centralized_fill_enable: true
"""
SHARE = "weekend__share__all__12m"
COMMAND = (
    "features", "--config-dir=conf", "features=lean", "data=parquet",
    "data.transactions=tx.parquet", "division=any", "division.name=Alpha", "cutoff=2023-06-30",
    "+features/family@features.families.weekend=weekend", "out=panel.parquet",
)  # fmt: skip


def log() -> pd.DataFrame:
    """c0 buys every Saturday, c1 every second Saturday among two days, c2 stopped two years ago."""
    saturdays = pd.date_range("2021-01-02", "2023-12-30", freq="7D")
    fridays = saturdays - pd.Timedelta(days=1)
    parts = [
        pd.DataFrame({"customer_id": "c0", "order_date": saturdays}),
        pd.DataFrame({"customer_id": "c1", "order_date": saturdays.append(fridays)}),
        pd.DataFrame({"customer_id": "c2", "order_date": saturdays[:60]}),
    ]
    return pd.concat(parts).assign(sku="A", division="Alpha", quantity=1.0)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for folder in ("plugins", "conf/features/family"):
        Path(folder).mkdir(parents=True)
    Path("plugins/outside_weekend.py").write_text(WEEKEND, encoding="utf-8")
    Path("conf/features/lean.yaml").write_text(LEAN, encoding="utf-8")
    Path("conf/features/family/weekend.yaml").write_text(YAML, encoding="utf-8")
    log().to_parquet("tx.parquet")
    monkeypatch.syspath_prepend(str(tmp_path / "plugins"))
    monkeypatch.delitem(sys.modules, "outside_weekend", raising=False)
    return tmp_path


def uses(printed: str) -> dict[str, tuple[str, str, str]]:
    """What the command says it computed and reused, by part."""
    lines = [line.split(maxsplit=3) for line in printed.splitlines()]
    return {p[0]: (p[1], p[2], p[3].strip()) for p in lines if len(p) == 4 and p[1].isdigit()}


def test_it_is_computed_judged_recorded_and_cached_like_the_package_s_own(here, capsys) -> None:
    assert main([*COMMAND]) == 0
    assert uses(capsys.readouterr().out)["weekend"] == ("1", "0", "first time")
    matrix = pd.read_parquet("panel.parquet").set_index("customer_id")
    # The year to Friday 2023-06-30 has 52 Saturdays and 53 Fridays.
    assert matrix.loc[["c0", "c1"], SHARE].tolist() == [1.0, 52 / 105]

    catalog = pd.read_csv("panel.catalog.csv").set_index("name")
    kept, short = catalog.loc[SHARE], catalog.loc["weekend__share__all__1m"]
    assert (kept["safe_decision"], kept["safe_reason"]) == ("keep", "window is long enough")
    assert (short["safe_decision"], short["safe_reason"]) == (
        "drop", "window of 1m is shorter than 6 months",
    )  # fmt: skip
    assert short.name not in matrix
    assert (kept["tables"], kept["newest_event_date"]) == ("fact_transactions", "2023-06-30")

    family = sys.modules["outside_weekend"].Weekend()
    masked = Missingness().fit(matrix, family.specs()).apply(matrix.assign(**{SHARE: np.nan}))
    assert (masked[f"{SHARE}_missing"] == 1.0).all()
    assert (masked[SHARE] == -1.0).all()

    assert main([*COMMAND]) == 0
    assert uses(capsys.readouterr().out)["weekend"] == ("0", "1", "same data, code and settings")


def test_its_edited_code_never_meets_its_old_columns(here, capsys) -> None:
    assert main([*COMMAND]) == 0
    capsys.readouterr()
    file = Path("plugins/outside_weekend.py")
    file.write_text(WEEKEND.replace("index() >= 5", "index() >= 4"), encoding="utf-8")
    del sys.modules["outside_weekend"]
    assert main([*COMMAND]) == 0
    said = uses(capsys.readouterr().out)
    assert said["weekend"] == ("1", "0", "code changed")
    assert said["rfm"] == ("0", "2", "same data, code and settings")
    matrix = pd.read_parquet("panel.parquet").set_index("customer_id")
    assert matrix.loc["c1", SHARE] == 1.0


def test_safe_off_keeps_its_short_window_too(here) -> None:
    assert main([*COMMAND, "safe_mode=off"]) == 0
    assert "weekend__share__all__1m" in pd.read_parquet("panel.parquet")


def test_when_it_fails_the_run_stops_and_names_it(here, capsys) -> None:
    assert main([*COMMAND, "features.families.weekend.divisor=0"]) == 3
    said = " ".join(capsys.readouterr().err.split())
    assert "the feature family 'weekend' failed" in said
    assert "ZeroDivisionError" in said
    assert not Path("panel.parquet").exists()
