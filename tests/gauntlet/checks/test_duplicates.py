from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.support.toy_star import toy_star

from gosales.core.timeline import Cutoff
from gosales.gauntlet.checks.duplicates import Duplicates
from gosales.gauntlet.finding import Outcome


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    return toy_star(tmp_path_factory.mktemp("copies") / "star", copies=20)


def run(context, **limits):
    return Duplicates(**limits).run(context)


def test_fires_on_copied_accounts_whose_amounts_were_altered(audit, copied):
    finding = run(audit(on=copied))
    assert finding.outcome is Outcome.FAIL
    pair = finding.detail[0]
    assert pair["twin"].strip("x") == pair["customer_id"].strip("x")
    assert pair["twin"] != pair["customer_id"]


def test_few_twins_only_warn(audit, copied):
    assert run(audit(on=copied), max_share=0.5).outcome is Outcome.WARN


def test_one_pair_is_a_curiosity(audit, tmp_path):
    context = audit(on=toy_star(tmp_path / "star", copies=1))
    finding = run(context, max_share=0.001)
    assert (finding.outcome, finding.values["accounts_with_twin"]) == (Outcome.WARN, 2)
    assert run(context, max_share=0.001, min_twins=2).outcome is Outcome.FAIL


def test_twins_of_one_account_are_not_a_leak(audit, copied):
    context = audit(on=copied)
    rows = context.training.rows
    rows = rows.assign(group=rows["customer_id"].str.strip("x"))
    finding = run(replace(context, training=replace(context.training, rows=rows)))
    assert finding.outcome is Outcome.PASS


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert (finding.outcome, finding.values["rows_with_twin"]) == (Outcome.PASS, 0)


def test_inconclusive_when_histories_are_too_short(audit):
    assert run(audit(), search={"min_lines": 10_000}).outcome is Outcome.INCONCLUSIVE


def test_a_star_that_is_gone_is_an_error(audit, tmp_path):
    context = audit()
    # Another digest too: an engine keeps what it has read of a star.
    gone = replace(context.star.manifest, digest="gone")
    with pytest.raises(Exception, match="nowhere"):
        run(replace(context, star=replace(context.star, path=tmp_path / "nowhere", manifest=gone)))


def test_twins_whose_later_orders_part_are_alike_by_nature(audit, copied, monkeypatch):
    context = audit(on=copied)

    def strangers(self, view):
        # Pairs by name: accounts that share nothing are called twins.
        ids = sorted(set(context.training.rows["customer_id"]))
        pairs = list(zip(ids[::2], ids[1::2], strict=False))
        return {a: {b} for a, b in pairs} | {b: {a} for a, b in pairs}, len(ids)

    monkeypatch.setattr("gosales.gauntlet.twin_histories.TwinHistories.pairs", strangers)
    finding = run(context)
    assert finding.outcome is Outcome.WARN
    assert finding.values["share"] > 0.5
    ratio = finding.values["differences"] / finding.values["differences_expected"]
    assert 0.7 < ratio < 1.3


def test_copies_share_their_future(audit, copied):
    finding = run(audit(on=copied))
    assert finding.values["differences"] == 0
    assert finding.values["differences_expected"] > 3


def test_without_a_later_event_twins_count_as_copies(audit, copied):
    context = audit(on=copied)
    last = Cutoff(context.star.last_date)
    # As of the last day nobody's label is known.
    forward = context.forward.with_labels(np.full(len(context.forward), np.nan))
    forward = replace(forward, rows=forward.rows.assign(cutoff=str(last)))
    finding = run(replace(context, cutoff=last, forward=forward))
    assert finding.values["differences_expected"] == 0
    assert finding.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("differ", "expected", "outcome"),
    [
        (12, 9.9, Outcome.WARN),
        (5, 9.9, Outcome.FAIL),
        (3, 2.0, Outcome.FAIL),
        (6, 12, Outcome.FAIL),
    ],
)
def test_few_foretold_differences_excuse_only_what_chance_does_not_give(differ, expected, outcome):
    assert Duplicates()._judge(differ, expected)[0] is outcome
