"""Accounts and their parents: who is at the top, and who goes round in a circle.

A parent link carries no date, so a log says who belongs to whom today. Links are therefore never
a feature. They only decide which rows splits, bootstraps and permutations keep together, the same
at every cutoff: a link that came to be known later makes a split stricter and can tell a model
nothing. Chains are followed when the star is made, not at a cutoff, because an account in the
middle of a chain may itself have become known later.
"""

from __future__ import annotations


def top_accounts(view: str) -> str:
    """A query for the top of each account that has a parent.

    Parameters
    ----------
    view : str
        Name of a view with ``customer_id`` and ``parent_account_id``, quoted where needed.

    Returns
    -------
    str
        SQL with columns ``account`` and ``top``: the last account up the chain, known to the log
        or not. An account without a parent, or its own parent, has no row, and neither has one
        whose chain never ends.
    """
    return f"""
      {_ancestors(view)}
      SELECT account, ancestor AS top FROM above
      WHERE ancestor NOT IN (SELECT account FROM links)"""


def cycle_breach(view: str) -> str:
    """A condition that is true of every account that is its own ancestor.

    Parameters
    ----------
    view : str
        As of `top_accounts`.
    """
    return f"customer_id IN ({_ancestors(view)} SELECT account FROM above WHERE account = ancestor)"


def _ancestors(view: str) -> str:
    # UNION drops pairs seen before, so that even a circle comes to an end.
    return f"""
      WITH RECURSIVE links AS MATERIALIZED (
        SELECT DISTINCT customer_id AS account, parent_account_id AS parent FROM {view}
        WHERE parent_account_id IS NOT NULL AND parent_account_id <> customer_id
      ), above AS (
        SELECT account, parent AS ancestor FROM links
        UNION
        SELECT a.account, l.parent FROM above a JOIN links l ON l.account = a.ancestor
      )"""
