from __future__ import annotations

from dataclasses import replace

import pytest

from gosales.gauntlet.checks.roster_hindsight import RosterHindsight
from gosales.gauntlet.finding import Outcome


def run(context, **limits):
    return RosterHindsight(**limits).run(context)


def test_fires_on_a_table_of_accounts_that_were_to_buy(audit, quiet_star):
    finding = run(audit(on=quiet_star(60)))
    assert finding.outcome is Outcome.FAIL
    # One account's only order is known after the last day.
    assert finding.values["accounts"] == 60
    assert finding.values["share"] > 0.95


def test_a_high_share_that_few_accounts_do_not_prove_warns(audit, quiet_star):
    finding = run(audit(on=quiet_star(56)))
    # 55 of 60, with a lower end of .82: proven against .8, not against .85.
    assert finding.values["share"] == pytest.approx(55 / 60)
    assert (finding.values["share_lo"] > 0.8, finding.outcome) == (True, Outcome.FAIL)
    assert run(audit(on=quiet_star(56)), proven_share=0.85).outcome is Outcome.WARN


def test_keen_prospects_that_order_early_warn(audit, quiet_star):
    finding = run(audit(on=quiet_star(60, since="2023-04-01")))
    assert finding.outcome is Outcome.WARN
    assert finding.values["share_lo"] > 0.8
    assert finding.values["first_half"] > 0.8
    assert finding.values["p"] > 0.01


def test_silent_on_the_clean_twin_where_most_prospects_do_not(audit, quiet_star):
    finding = run(audit(on=quiet_star(20)))
    assert finding.outcome is Outcome.PASS
    assert finding.values["share"] == pytest.approx(1 / 3)


def test_not_applicable_where_everybody_ordered(audit):
    assert run(audit()).outcome is Outcome.NOT_APPLICABLE


def test_inconclusive_without_a_roster(audit):
    context = audit()
    empty = replace(context, training=context.training.at([]), forward=context.forward.at([]))
    assert run(empty).outcome is Outcome.INCONCLUSIVE


def test_a_star_that_is_gone_is_an_error(audit, tmp_path):
    context = audit()
    # Another digest too: an engine keeps what it has read of a star.
    gone = replace(context.star.manifest, digest="gone")
    with pytest.raises(Exception, match="nowhere"):
        run(replace(context, star=replace(context.star, path=tmp_path / "nowhere", manifest=gone)))
