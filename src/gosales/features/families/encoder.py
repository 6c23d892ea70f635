"""How common the target is among accounts of the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import ibis

from gosales.core.columns import CUSTOMER, CUTOFF, TARGET
from gosales.core.errors import ConfigError
from gosales.core.slug import slug
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.exact_parts import PARTS, exact_parts
from gosales.features.family import FeatureBlock
from gosales.features.money import Money
from gosales.features.month_windows import month_windows
from gosales.features.scored_table import scored_table
from gosales.features.spec import FeatureSpec

_OWN: Final = [CUSTOMER, CUTOFF]
_PLACE: Final = [CUTOFF, TARGET]
# Underscored: an attribute of the source may have any plain name.
_MEASURES: Final = ("_rate", "_share")


@dataclass(frozen=True)
class Encoder:
    """Purchase rate and profit share of the target by nested customer attributes.

    Parameters
    ----------
    levels : sequence of str, default ("industry", "industry_sub")
        Attributes, each nested in the one before: a level's groups are told apart by its own
        value and those of all levels before.
    pseudo_counts : sequence of float, default (50, 50)
        Per level, how many accounts the rate it is shrunk to weighs.
    months : int, default 12
        Length of the window.
    lag_days : int, default 60
        Days between the window's end and the cutoff.
    money : {"auto", "gp", "revenue"}, default "auto"
        What a profit share is a share of, as in family ``rfm``.
    relative : bool, default True
        Divide by the value of all accounts at that cutoff.

    Notes
    -----
    Over the n accounts of a group with a purchase in the window, with b_u = 1 where account u
    bought the target and s_u the target's share in the account's positive money (zero where it
    has none), r the parent's value (of all accounts, for the first level) and k the pseudo-count:

    ``rate_<level>`` = (sum b_u + k r) / (n + k); ``gp_share_<level>`` = (sum s_u + k r) / (n + k).

    With ``relative`` these are divided by the value of all accounts, so that 1 is ordinary. A bare
    rate rises and falls with the target's business from cutoff to cutoff and tells a model above
    all which cutoff a row is of (experiments/004_als_or_copurchase).

    Accounts weigh alike, whatever they spend. The attribute must be usable (static, or a snapshot
    that is waived) and known of the account; otherwise the columns are null, and they are null
    for all accounts where the source declares no such attribute. A value seen of no buyer has the
    parent's value. Purchases before the window's end enter, labels never.

    References
    ----------
    Micci-Barreca (2001). A preprocessing scheme for high-cardinality categorical attributes.
    SIGKDD Explorations 3(1).
    """

    levels: Sequence[str] = ("industry", "industry_sub")
    pseudo_counts: Sequence[float] = (50.0, 50.0)
    months: int = 12
    lag_days: int = 60
    money: str = "auto"
    relative: bool = True
    name: str = field(default="encoder", init=False)

    def __post_init__(self) -> None:
        Money(self.money)  # refuses an unknown kind when the family is built
        month_windows(self.name, [self.months])
        slugs = [slug(level) for level in self.levels]
        counts = list(self.pseudo_counts)
        distinct = len(set(slugs)) == len(slugs) == len(counts) > 0
        if not distinct or min(counts) <= 0 or self.lag_days < 0:
            raise ConfigError(
                "the encoder family is malformed",
                got=f"levels={list(self.levels)}, pseudo_counts={counts}, lag_days={self.lag_days}",
                allowed="one or more distinct levels, a pseudo-count > 0 for each, lag_days >= 0",
                remedy="mend features.families.encoder",
                reason_code="bad_family",
            )

    @property
    def _window(self) -> Lookback:
        return month_windows(self.name, [self.months], self.lag_days)[0]

    def specs(self) -> list[FeatureSpec]:
        """Two columns per level."""
        money = Money(self.money).words
        told = {
            "rate": "share of buyers of this division",
            "gp_share": f"share of this division in the {money}",
        }
        return [
            FeatureSpec(
                self.name,
                f"{measure}_{slug(level)}",
                "target",
                self._window,
                described(
                    f"{words} among accounts of the same {level.replace('_', ' ')}",
                    "all",
                    self._window,
                ),
                nullable=True,
                monotone=1,
                of_attribute=True,
            )
            for level in self.levels
            for measure, words in told.items()
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the purchases, then one small table per level."""
        lines = view.purchases()
        lines = lines.filter(view.within(lines, self._window))
        levels = self._usable(view)
        names = [spec.name for spec in self.specs()]
        if not levels:
            return FeatureBlock(target=scored_table(view, [], names, [*_OWN, TARGET]))
        accounts, buyers = self._accounts(view, lines)
        known = _known(view, levels)
        whole, rows = _whole(accounts, buyers), known
        rates = whole
        for depth, count in enumerate(self.pseudo_counts[: len(levels)], start=1):
            path = levels[:depth]
            rates = _shrunk(known, accounts, buyers, rates, path, float(count))
            mine = dict(zip(names[2 * depth - 2 : 2 * depth], _MEASURES, strict=True))
            found = (_relative(rates, whole) if self.relative else rates).rename(mine)
            if depth == 1:
                rows = rows.join(found, [CUTOFF, *path])
            else:
                wide = rows.left_join(found, [*_PLACE, *path])
                rows = wide.select(*rows.columns, *mine)
        absent = {name: ibis.null("float64") for name in names[2 * len(levels) :]}
        return FeatureBlock(target=rows.mutate(**absent).select(*_OWN, TARGET, *names))

    def _usable(self, view: AsOfView) -> list[str]:
        """The levels down to the first that the source does not declare usable."""
        declared = view.star.manifest.attributes
        usable = []
        for level in self.levels:
            if level not in declared or not declared[level].usable:
                break
            usable.append(level)
        return usable

    def _accounts(self, view: AsOfView, lines: ibis.Table) -> tuple[ibis.Table, ibis.Table]:
        """Accounts with a purchase, and those of them that bought the target with its share."""
        lines = lines.mutate(_money=Money(self.money).of(lines))
        own = view.by_target(lines)
        gain = {"where": lines["_money"] > 0}
        accounts = lines.group_by(_OWN).aggregate(_whole=lines["_money"].sum(**gain))
        part = own.group_by([*_OWN, TARGET]).aggregate(
            _part=own["_money"].sum(where=own["_money"] > 0)
        )
        rows = part.join(accounts, _OWN)
        share = rows["_part"].cast("float64") / rows["_whole"].cast("float64").nullif(0.0)
        parts = exact_parts(share.fill_null(0.0))
        return accounts.select(*_OWN), rows.select(*_OWN, TARGET, _parts=parts)


def _known(view: AsOfView, levels: Sequence[str]) -> ibis.Table:
    """Customers with the attributes as clean text; null joins nothing, nor what stands below it."""
    table = view.customers()
    clean = {level: table[level].cast("string").strip().nullif("") for level in levels}
    return table.select(*_OWN, **clean).filter(lambda t: t[levels[0]].notnull())


def _whole(accounts: ibis.Table, buyers: ibis.Table) -> ibis.Table:
    """Rate and share over all accounts, per cutoff and target that somebody bought."""
    n = accounts.group_by(CUTOFF).aggregate(_n=accounts.count())
    sums = buyers.group_by(_PLACE).aggregate(**_sums(buyers)).join(n, CUTOFF)
    n_all = sums["_n"].cast("float64")
    return sums.select(
        *_PLACE,
        _rate=sums["_buyers"].cast("float64") / n_all,
        _share=sums["_shares"].cast("float64") / float(PARTS) / n_all,
    )


def _relative(rates: ibis.Table, whole: ibis.Table) -> ibis.Table:
    """Values as multiples of those of all accounts."""
    rows = rates.join(whole.rename({f"_all{m}": m for m in _MEASURES}), _PLACE)
    parts = {m: rows[m] / rows[f"_all{m}"].nullif(0.0) for m in _MEASURES}
    return rows.mutate(**parts).select(*rates.columns)


def _sums(buyers: ibis.Table) -> dict[str, ibis.Value]:
    return {"_buyers": buyers.count(), "_shares": buyers["_parts"].sum()}


def _shrunk(
    known: ibis.Table,
    accounts: ibis.Table,
    buyers: ibis.Table,
    parent: ibis.Table,
    path: Sequence[str],
    count: float,
) -> ibis.Table:
    """The values of every group of a level and every target, shrunk to the parent's."""
    groups = known.filter(known[path[-1]].notnull()).select(CUTOFF, *path)
    placed = accounts.join(known, _OWN)
    n = placed.group_by([CUTOFF, *path]).aggregate(_n=placed.count())
    bought = buyers.join(known, _OWN)
    sums = bought.group_by([*_PLACE, *path]).aggregate(**_sums(bought))
    rows = groups.distinct().join(parent, [CUTOFF, *path[:-1]])
    rows = rows.left_join(n, [CUTOFF, *path]).left_join(sums, [*_PLACE, *path])
    size = rows["_n"].cast("float64").fill_null(0.0) + count
    hits = rows["_buyers"].cast("float64").fill_null(0.0)
    shares = rows["_shares"].cast("float64").fill_null(0.0) / float(PARTS)
    return rows.select(
        *_PLACE,
        *path,
        _rate=(hits + count * rows["_rate"]) / size,
        _share=(shares + count * rows["_share"]) / size,
    )
