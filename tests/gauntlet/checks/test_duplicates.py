from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support.toy_star import toy_star

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
    assert run(audit(), min_lines=10_000).outcome is Outcome.INCONCLUSIVE


def test_a_star_that_is_gone_is_an_error(audit, tmp_path):
    context = audit()
    # Another digest too: an engine keeps what it has read of a star.
    gone = replace(context.star.manifest, digest="gone")
    with pytest.raises(Exception, match="nowhere"):
        run(replace(context, star=replace(context.star, path=tmp_path / "nowhere", manifest=gone)))
